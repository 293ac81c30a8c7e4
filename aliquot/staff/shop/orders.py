"""Orders for staff: finding one, everything about it on one page, and what may be done to it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.accounts import services as accounts
from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.models import Document, Order, OrderLine
from aliquot.commerce.queries import office
from aliquot.flows.give_up_order import give_up_order
from aliquot.flows.pay_order import settle_payment
from aliquot.flows.record_payment import open_invoice_of, record_payment
from aliquot.flows.resend_receipt import resend_receipt
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached, paper_of
from aliquot.infra.idempotency import idempotent
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money, NotAnAmountError
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, Check, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page

SECTION = "staff:orders"
type Deed = Callable[[dict[str, Any]], str]
LONGEST_QUERY = 200
STATES = {
    "placed": ("Waiting for payment", "warning"),
    "paid": ("Paid", "success"),
    "part_back": ("Partly paid back", "neutral"),
    "back": ("Paid back", "neutral"),
    "canceled": ("Canceled", "neutral"),
    "lapsed": ("Lapsed", "neutral"),
}


class RecordForm(forms.Form):
    """Money that arrived for an invoice."""

    amount = forms.CharField(
        label="Amount that arrived, in dollars", max_length=20, help_text="Such as 95 or 95.50."
    )
    reference = forms.CharField(
        label="Number of the check or transfer", max_length=120, help_text="As the bank shows it."
    )

    def clean_amount(self) -> Money:
        """An amount of money."""
        try:
            return Money.typed(self.cleaned_data["amount"])
        except NotAnAmountError as error:
            raise forms.ValidationError(error.message) from error


@staff_page(access.can_see_orders)
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Orders, the newest first; ``q``: the beginning of a number, an address, a payment's name;
    ``unpaid``: only those that wait for their money.
    """
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    is_unpaid = "unpaid" in request.GET
    matching = office.orders_matching(query, unpaid=is_unpaid)
    page = Paginator(matching, PAGE_LENGTH).get_page(request.GET.get("page"))
    zone = staff_of(request).time_zone
    _viewed(request, [each.person for each in page], "orders")
    states = queries.money_states(list(page))
    rows = [
        {
            "order": each,
            "total": Money(each.total, each.currency),
            "when": words.moment(each.placed_at, zone),
            "state": STATES[states[each.pk]],
            "way": words.way_to_pay(each.gateway),
        }
        for each in page
    ]
    context = {"query": query, "is_unpaid": is_unpaid, "page": page, "rows": rows}
    return show(request, "shop/orders.html", context, section=SECTION)


@staff_page(access.can_see_orders)
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: lines, money, payments, and everything that happened, in one list."""
    found = _order_of(number)
    _viewed(request, [found.person], "order")
    money = queries.money_of(found)
    context = {
        "order": found,
        "state": STATES[queries.money_states([found])[found.pk]],
        "total": Money(found.total, found.currency),
        "tax": Money(found.tax, found.currency),
        "discount": Money(found.discount, found.currency),
        "money": money,
        "lines": [_line(each, found.currency) for each in found.lines.all()],
        "payments": [
            {
                "payment": each,
                "amount": Money(each.amount, each.currency),
                "way": words.way_to_pay(each.gateway),
            }
            for each in found.payments.order_by("-pk")
        ],
        "documents": list(found.documents.order_by("pk")),
        "facts": _facts(found),
        "is_offline": found.gateway == "offline",
        "has_receipt": found.documents.filter(kind=Document.Kind.RECEIPT).exists(),
        "has_invoice": open_invoice_of(found) is not None,
        "events": _events(found, staff_of(request).time_zone),
    }
    return show(request, "shop/order.html", context, section=SECTION)


@staff_page(access.can_see_orders)
@require_safe
def order_paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """A receipt, invoice or credit note as PDF, as the buyer has it; the read is logged."""
    found = _order_of(number)
    document = queries.documents_of(found).filter(number=paper).first()
    if document is None:
        raise NotFoundError("This order has no such paper.")
    _viewed(request, [found.person], "order")
    content = queries.document_pdf(document, paper=paper_of(request))
    return attached(content, "application/pdf", queries.document_name(document))


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "line": line,
        "net": Money(line.net, currency),
        "tax": Money(line.tax, currency),
        "discount": Money(line.discount, currency) if line.discount else None,
    }


def _facts(found: Order) -> list[dict[str, Any]]:
    buyer = found.buyer
    parts = (buyer.get(name) for name in ("region", "postal_code", "country"))
    place = ", ".join(part for part in parts if part)
    rows = [
        ("Buyer", buyer.get("name")),
        ("E-mail", buyer.get("email")),
        ("Organization", buyer.get("organization")),
        ("Address", buyer.get("address")),
        ("Place of sale", place),
        ("Purchase order", found.purchase_order_number),
        ("Way to pay", words.way_to_pay(found.gateway)),
        ("Money", "real" if found.is_live else "test, no money moves"),
        ("Terms agreed to", f"version {found.terms_version}"),
        ("Sets off", found.upgrades.number if found.upgrades else ""),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _events(found: Order, zone: str) -> list[dict[str, str]]:
    """Money, events of gateways, mails and deeds, the newest first."""
    told = sorted(_happened(found), key=lambda each: each[0], reverse=True)
    return [
        {"when": words.moment(when, zone), "title": title, "text": text}
        for when, title, text in told
    ]


def _happened(found: Order) -> Iterator[tuple[datetime, str, str]]:
    for entry in found.money.select_related("payment"):
        amount = Money(entry.amount, entry.currency)
        yield (
            entry.occurred_at,
            f"{entry.get_kind_display().capitalize()}: {amount}",
            f"{words.way_to_pay(entry.payment.gateway)} {entry.object_id}",
        )
    for event in office.events_of(found):
        outcome = f" {event.outcome}" if event.outcome else ""
        yield (
            event.received_at,
            f"Event of {event.gateway}: {event.kind}",
            f"{event.get_state_display().capitalize()}.{outcome}",
        )
    for mail in office.mails_of(found):
        state = "sent" if mail.sent_at else "given up" if mail.given_up_at else "waiting"
        yield mail.created_at, f"Mail: {mail.subject}", f"To {', '.join(mail.recipients)}, {state}."
    deeds = list(office.deeds_on(found))
    actors = User.objects.in_bulk({each.actor_id for each in deeds if each.actor_id})
    for deed in deeds:
        who = actors.get(deed.actor_id, "the system") if deed.actor_id else "the system"
        details = words.details_words(deed.details)
        said = f"{details}. " if details else ""
        yield deed.recorded_at, words.action_words(deed.action), f"{said}By {who}."


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def order_record(request: HttpRequest, number: str) -> HttpResponse:
    """Write down that the money of an invoice arrived: the order becomes paid, access begins."""
    found = _order_of(number)
    if request.method != "POST":
        _viewed(request, [found.person], "order")

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                *_about(found),
                {"key": "Amount that arrived", "value": str(answers["amount"])},
                {"key": "Check or transfer", "value": answers["reference"]},
            ],
            warning="Access begins at once, and the buyer gets the receipt.",
        )

    def do(answers: dict[str, Any]) -> str:
        record_payment(found, actor_id=staff_of(request).pk, now=clock.now(), **answers)
        messages.success(request, "The payment is recorded.")
        return _address(found)

    page = _page(found, title="Record a payment", submit="Record payment", due=True)
    return run_form(request, page=page, form=RecordForm(posted(request)), do=do, check=check)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def order_settle(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the gateways once more how the payments stand, and enter what is news."""
    found = _order_of(number)

    def do(_: dict[str, Any]) -> str:
        for payment in found.payments.order_by("pk"):
            settle_payment(payment, now=clock.now())
        messages.success(request, "The gateway was asked; what was news is entered.")
        return _address(found)

    page = _page(found, title="Look at the gateway again", submit="Ask the gateway")
    return _confirmed(request, found, page, "Nothing is charged. It may be repeated.", do)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def order_end(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an unpaid order; one that turns out to be paid stays paid."""
    found = _order_of(number)

    def do(_: dict[str, Any]) -> str:
        ended = give_up_order(
            found, state=Order.State.CANCELED, actor_id=staff_of(request).pk, now=clock.now()
        )
        if ended.state == Order.State.CANCELED:
            messages.success(request, "The order is canceled. Nothing was charged.")
        else:
            messages.warning(request, f"The order stays: it is {ended.get_state_display()}.")
        return _address(found)

    page = _page(found, title="Cancel the order", submit="Cancel order", danger=True)
    warning = "The buyer can no longer pay this order. A code it had taken is free again."
    return _confirmed(request, found, page, warning, do)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def order_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Send the receipt to the buyer again, as it was issued."""
    found = _order_of(number)

    def do(_: dict[str, Any]) -> str:
        receipt = resend_receipt(found, actor_id=staff_of(request).pk)
        messages.success(request, f"Receipt {receipt.number} is on its way to the buyer.")
        return _address(found)

    page = _page(found, title="Send the receipt again", submit="Send receipt")
    return _confirmed(request, found, page, "", do)


def _confirmed(
    request: HttpRequest, found: Order, page: FormPage, warning: str, do: Deed
) -> HttpResponse:
    """A deed that asks nothing, only to be confirmed; its page shows a person's order."""
    if request.method != "POST":
        _viewed(request, [found.person], "order")
    form = forms.Form(posted(request))
    return run_form(
        request, page=page, form=form, do=do, check=lambda _: Check(_about(found), warning=warning)
    )


def _about(found: Order) -> list[dict[str, Any]]:
    return [
        {"key": "Order", "value": f"{found.number}, {found.get_state_display()}"},
        {"key": "Buyer", "value": found.buyer["email"]},
        {"key": "Total", "value": str(Money(found.total, found.currency))},
    ]


def _page(
    found: Order, *, title: str, submit: str, danger: bool = False, due: bool = False
) -> FormPage:
    total = f": {Money(found.total, found.currency)} are due" if due else ""
    return FormPage(
        title=title,
        submit=submit,
        back=_address(found),
        lead=f"Order {found.number}{total}",
        section=SECTION,
        danger=danger,
        trail=[
            {"label": "Orders", "url": reverse(SECTION)},
            {"label": found.number, "url": _address(found)},
            {"label": title},
        ],
    )


def _address(found: Order) -> str:
    return reverse("staff:order", args=[found.number])


def _order_of(number: str) -> Order:
    found = queries.order_by_number(number)
    if found is None:
        raise NotFoundError("There is no such order.")
    return found


def _viewed(request: HttpRequest, people: list[User], page: str) -> None:
    """Every read of somebody's order is logged like other reads."""
    accounts.record_viewing(people=people, page=page, viewer=staff_of(request))
