"""What is sold: every product, its prices with their history, and the seller's rules."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.catalog.models import Course
from aliquot.commerce import services
from aliquot.commerce.models import Product, ShopSettings
from aliquot.commerce.queries import on_sale, shop_settings
from aliquot.commerce.queries.office import all_products
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money, NotAnAmountError
from aliquot.staff import words
from aliquot.staff.frame import Check, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page

SECTION = "staff:products"
ADDING = "add"
_RULES = tuple(field.name for field in ShopSettings._meta.fields if field.name != "id")
_LABELS = {
    "refund_days": "Days to ask for a refund",
    "refund_completions_below": "Completed courses from which you decide",
    "refund_reviews_below": "Exam reviews from which you decide",
    "refund_unused_hours": "Pay back the unused hours of a pack",
    "refund_revokes_credit": "A refund takes back credit and certificates",
    "renewal_notice_days": "Days of notice before a renewal",
    "expiry_notice_days": "Days of notice before access ends",
    "give_back_minutes": "Minutes to give a started course back",
    "checkout_minutes": "Minutes until an unpaid order lapses",
    "terms_version": "Version of the terms",
    "seller_name": "Seller on receipts (empty: the provider)",
    "seller_address": "Seller's address on receipts",
    "seller_tax_number": "Seller's tax number",
    "payment_instructions": "How to pay an invoice: payable to whom, which bank account",
}


def moment_field(label: str, help_text: str, *, required: bool) -> forms.DateTimeField:
    """A moment, in UTC as its help says."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ProductForm(forms.Form):
    """Something to buy. Orders keep what they bought, whatever is changed here."""

    code = forms.SlugField(
        label="Short name",
        max_length=40,
        help_text="Letters, digits and hyphens; it cannot be changed later.",
    )
    kind = forms.ChoiceField(
        label="What it is", choices=[(key, name.capitalize()) for key, name in Product.Kind.choices]
    )
    title = forms.CharField(max_length=120)
    description = forms.CharField(required=False, max_length=1000, widget=forms.Textarea)
    term_days = forms.IntegerField(label="Days of access", min_value=1, max_value=36500)
    hours = forms.DecimalField(
        label="Contact hours (of a pack)",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=7,
        decimal_places=2,
    )
    courses = forms.ModelMultipleChoiceField(
        Course.objects.select_related("current_version").order_by("code"),
        label="Courses (of a bundle, or one for a course with a price of its own)",
        to_field_name="code",
        required=False,
    )
    tax_code = forms.CharField(label="Tax code", max_length=40, required=False)
    position = forms.IntegerField(label="Place in the list", min_value=0, max_value=999)
    active_from = moment_field("Sold from", "UTC. Empty: from now on.", required=False)
    active_until = moment_field("Sold until", "UTC. Empty: without end.", required=False)

    def __init__(self, *args: Any, present: Product | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if present is not None:
            del self.fields["code"]
        field: forms.ModelMultipleChoiceField[Course] = self.fields["courses"]  # type: ignore[assignment]
        field.label_from_instance = _course_words  # type: ignore[assignment]

    def clean_code(self) -> str:
        """A name that no product has yet: adding must never change another one."""
        code = str(self.cleaned_data["code"])
        if code == ADDING:  # its page would be the form for a new product
            raise forms.ValidationError("The back office uses this word itself: choose another.")
        if Product.objects.filter(code=code).exists():
            raise forms.ValidationError("Another product has this short name.")
        return code

    def clean(self) -> dict[str, Any]:
        """The days in order; hours of packs only; courses where they belong."""
        answers: dict[str, Any] = super().clean() or {}
        kind, first, last = (answers.get(key) for key in ("kind", "active_from", "active_until"))
        if first and last and last <= first:
            self.add_error("active_until", "Choose a moment after the one it is sold from.")
        if (kind == Product.Kind.PACK) != bool(answers.get("hours")) and "hours" in answers:
            self.add_error("hours", "A pack has hours; nothing else has.")
        count = len(answers.get("courses") or ())
        if kind == Product.Kind.BUNDLE and not count:
            self.add_error("courses", "Choose the courses of the bundle.")
        if kind == Product.Kind.COURSE and count > 1:
            self.add_error("courses", "Choose one course, or none: any course at this price.")
        if kind in {"subscription", "pack", "seats"} and count:
            self.add_error("courses", "Only a bundle or a single course names courses.")
        return answers


def _course_words(course: Course) -> str:
    """``HEM-101 Interpreting the Peripheral Blood Smear``."""
    version = course.current_version
    return f"{course.code} {version.title}" if version else course.code


class PriceForm(forms.Form):
    """The price of one from a moment on."""

    amount = forms.CharField(
        label="Price of one in dollars", max_length=20, help_text="Before tax, such as 95 or 95.50."
    )
    from_quantity = forms.IntegerField(
        label="From how many on",
        min_value=1,
        initial=1,
        help_text="1, except for seats, which cost less in numbers.",
    )
    starts_at = moment_field("Holds from", "UTC. Empty: from now on. Never before.", required=False)

    def clean_amount(self) -> Money:
        """An amount of money."""
        try:
            return Money.typed(self.cleaned_data["amount"])
        except NotAnAmountError as error:
            raise forms.ValidationError(error.message) from error


class SettingsForm(forms.Form):
    """The seller's rules; the defaults are published limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(forms.fields_for_model(ShopSettings, fields=_RULES, labels=_LABELS))


@staff_page(access.can_see_orders)
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Every product with its price of now."""
    prices = {each.product.pk: each.unit for each in on_sale(clock.now())}
    rows = [{"product": each, "price": prices.get(each.pk)} for each in all_products()]
    return show(request, "shop/products.html", {"rows": rows}, section=SECTION)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def product_add(request: HttpRequest) -> HttpResponse:
    """Enter a product; it is sold once it has a price."""
    return _save(request, present=None)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def product(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is offered from now on; its prices with their history beside."""
    return _save(request, present=_product_of(code))


def _save(request: HttpRequest, *, present: Product | None) -> HttpResponse:
    def do(answers: dict[str, Any]) -> str:
        values = dict(answers)
        chosen = list(values.pop("courses"))
        is_single = values["kind"] == Product.Kind.COURSE
        saved = services.save_product(
            code=present.code if present else values.pop("code"),
            course=chosen[0] if is_single and chosen else None,
            courses=[] if is_single else chosen,
            now=clock.now(),
            actor_id=staff_of(request).pk,
            **values,
        )
        messages.success(request, f"{saved.title} is saved.")
        return reverse("staff:product", args=[saved.code])

    title = present.title if present else "Enter a product"
    page = FormPage(
        title=title,
        submit="Save product",
        back=reverse(SECTION),
        section=SECTION,
        trail=[{"label": "Products", "url": reverse(SECTION)}, {"label": title}],
        extra={"product": present, "prices": _history(request, present)},
        template="shop/product.html",
    )
    form = ProductForm(
        posted(request), present=present, initial=_initial(present) if present else {"position": 0}
    )
    return run_form(request, page=page, form=form, do=do)


def _initial(present: Product) -> dict[str, Any]:
    names = ("kind", "title", "description", "term_days", "hours", "tax_code", "position")
    courses = [present.course] if present.course else list(present.courses.order_by("code"))
    return {name: getattr(present, name) for name in names} | {
        "courses": [each.code for each in courses],
        "active_from": present.active_from,
        "active_until": present.active_until,
    }


def _history(request: HttpRequest, present: Product | None) -> list[dict[str, Any]]:
    """Every price that was set, the newest first; the number from which each holds."""
    if present is None:
        return []
    zone = staff_of(request).time_zone
    now = clock.now()
    return [
        {
            "amount": Money(each.amount, each.currency),
            "from_quantity": each.from_quantity,
            "when": words.moment(each.starts_at, zone),
            "is_to_come": each.starts_at > now,
        }
        for each in present.prices.order_by("-starts_at", "-pk")
    ]


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def price_set(request: HttpRequest, code: str) -> HttpResponse:
    """Set a price from a moment on. Orders placed before keep theirs."""
    found = _product_of(code)
    back = reverse("staff:product", args=[code])
    zone = staff_of(request).time_zone

    def check(answers: dict[str, Any]) -> Check:
        starts_at = answers["starts_at"]
        return Check(
            [
                {"key": "Product", "value": found.title},
                {"key": "Price of one", "value": str(answers["amount"])},
                {"key": "From how many on", "value": answers["from_quantity"]},
                {
                    "key": "Holds from",
                    "value": words.moment(starts_at, zone) if starts_at else "now",
                },
            ],
            warning="A price is never changed, only followed by a newer one. No order changes.",
        )

    def do(answers: dict[str, Any]) -> str:
        services.set_price(product=found, now=clock.now(), actor_id=staff_of(request).pk, **answers)
        messages.success(request, f"The price of {found.title} is set.")
        return back

    page = FormPage(
        title="Set a price",
        submit="Set price",
        back=back,
        lead=found.title,
        section=SECTION,
        trail=[
            {"label": "Products", "url": reverse(SECTION)},
            {"label": found.title, "url": back},
            {"label": "Set a price"},
        ],
    )
    return run_form(request, page=page, form=PriceForm(posted(request)), do=do, check=check)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def settings(request: HttpRequest) -> HttpResponse:
    """The seller's rules: refunds, notices, who sells. Orders keep the terms they agreed to."""

    def do(answers: dict[str, Any]) -> str:
        services.save_shop_settings(actor_id=staff_of(request).pk, **answers)
        messages.success(request, "The rules of the shop are saved.")
        return reverse(SECTION)

    present = shop_settings()
    form = SettingsForm(posted(request), initial={name: getattr(present, name) for name in _RULES})
    page = FormPage(
        title="Rules of the shop",
        submit="Save rules",
        back=reverse(SECTION),
        lead="The refund meter, the pricing page and the terms say what is set here.",
        section=SECTION,
        trail=[{"label": "Products", "url": reverse(SECTION)}, {"label": "Rules of the shop"}],
    )
    return run_form(request, page=page, form=form, do=do)


def _product_of(code: str) -> Product:
    found = Product.objects.select_related("course").filter(code=code).first()
    if found is None:
        raise NotFoundError("There is no such product.")
    return found
