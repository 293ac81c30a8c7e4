"""Codes that lower a price: the list with their uses, making one, withdrawing one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.commerce import services
from aliquot.commerce.models import Product, Voucher
from aliquot.commerce.queries.office import all_vouchers
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money, NotAnAmountError
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, Check, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page
from aliquot.staff.shop.products import moment_field

SECTION = "staff:vouchers"


class VoucherForm(forms.Form):
    """A code and what it takes off: a percentage or an amount, not both."""

    code = forms.CharField(
        max_length=40, help_text="5 to 40 letters, digits and hyphens, such as WELCOME-10."
    )
    percent_off = forms.DecimalField(
        label="Percent off",
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    amount_off = forms.CharField(
        label="Or dollars off", required=False, max_length=20, help_text="Such as 10 or 9.50."
    )
    product = forms.ModelChoiceField(
        Product.objects.order_by("position", "pk"),
        to_field_name="code",
        required=False,
        empty_label="Anything",
    )
    valid_from = moment_field("Holds from", "UTC. Empty: from now on.", required=False)
    valid_until = moment_field("Holds until", "UTC. Empty: without end.", required=False)
    limit = forms.IntegerField(
        label="Uses in all", required=False, min_value=1, help_text="Empty: without a limit."
    )
    limit_per_person = forms.IntegerField(
        label="Uses of one person",
        required=False,
        min_value=1,
        help_text="Empty: without a limit.",
    )
    note = forms.CharField(required=False, max_length=200, help_text="For staff only.")

    def clean_amount_off(self) -> Money | None:
        """An amount of money, or none."""
        text = self.cleaned_data["amount_off"]
        if not text:
            return None
        try:
            return Money.typed(text)
        except NotAnAmountError as error:
            raise forms.ValidationError(error.message) from error


@staff_page(access.can_handle_money)
@require_safe
def vouchers(request: HttpRequest) -> HttpResponse:
    """Every code, the newest first, with how often it was taken."""
    page = Paginator(all_vouchers(), PAGE_LENGTH).get_page(request.GET.get("page"))
    rows = [{"voucher": each, "off": off_words(each), "used": each.used} for each in page]  # type: ignore[attr-defined]
    return show(request, "shop/vouchers.html", {"rows": rows, "page": page}, section=SECTION)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def voucher_add(request: HttpRequest) -> HttpResponse:
    """Make a code."""

    def do(answers: dict[str, Any]) -> str:
        now = clock.now()
        values = {**answers, "valid_from": answers["valid_from"] or now}
        made = services.create_voucher(now=now, actor_id=staff_of(request).pk, **values)
        messages.success(request, f"The code {made.code} can be used.")
        return reverse(SECTION)

    page = FormPage(
        title="Make a code",
        submit="Make code",
        back=reverse(SECTION),
        section=SECTION,
        trail=[{"label": "Codes", "url": reverse(SECTION)}, {"label": "Make a code"}],
    )
    form = VoucherForm(posted(request), initial={"limit_per_person": 1})
    return run_form(request, page=page, form=form, do=do)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def voucher_withdraw(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """Let a code be used no more; orders placed with it keep their price."""
    found = all_vouchers().filter(pk=voucher_id).first()
    if found is None:
        raise NotFoundError("There is no such code.")

    def check(_: dict[str, Any]) -> Check:
        zone = staff_of(request).time_zone
        rows = [
            {"key": "Code", "value": found.code},
            {"key": "Takes off", "value": off_words(found)},
            {"key": "Made", "value": words.moment(found.created_at, zone)},
        ]
        return Check(rows, warning="It cannot be put back. Orders placed with it keep their price.")

    def do(_: dict[str, Any]) -> str:
        services.withdraw_voucher(voucher=found, actor_id=staff_of(request).pk, now=clock.now())
        messages.success(request, f"The code {found.code} is withdrawn.")
        return reverse(SECTION)

    page = FormPage(
        title="Withdraw a code",
        submit="Withdraw code",
        back=reverse(SECTION),
        section=SECTION,
        danger=True,
        trail=[{"label": "Codes", "url": reverse(SECTION)}, {"label": "Withdraw a code"}],
    )
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)


def off_words(voucher: Voucher) -> str:
    """What a code takes off: ``10% off anything``."""
    what = voucher.product.title if voucher.product else "anything"
    if voucher.percent_off is not None:
        return f"{shortest(voucher.percent_off)}% off {what}"
    return f"{Money(voucher.amount_off or 0, voucher.currency)} off {what}"
