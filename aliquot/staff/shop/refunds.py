"""Refunds for staff: the queue, one page of facts each, approving, declining, sending again."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from aliquot.commerce.facts import AtStake
from aliquot.commerce.models import Refund
from aliquot.commerce.queries import RefundCase
from aliquot.flows.refund_order import (
    approve_refund,
    decline_refund,
    open_refund_for_buyer,
    send_failed_again,
)
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.lib import codes
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money, NotAnAmountError
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, Check, FormPage, posted, run_form, show, staff_of
from aliquot.staff.gate import staff_page

SECTION = "staff:refunds"
_KINDS = {
    Refund.State.REQUESTED: "warning",
    Refund.State.FAILED: "danger",
    Refund.State.APPROVED: "brand",
    Refund.State.SUCCEEDED: "success",
}
_ANSWERS = {
    "eligible": "Eligible",
    "discretion": "At your discretion",
    "not_eligible": "Not eligible",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A refund in a list."""

    refund: Refund
    amount: Money
    kind: str
    when: str


@staff_page(access.can_handle_money)
@require_safe
def refunds(request: HttpRequest) -> HttpResponse:
    """Those that wait for somebody, the oldest first; with ``show=done`` all the others."""
    is_open = request.GET.get("show") != "done"
    rows = queries.refund_queue(is_open=is_open)
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    zone = staff_of(request).time_zone
    lines = [
        Line(
            refund=each,
            amount=Money(each.amount, each.currency),
            kind=_KINDS.get(Refund.State(each.state), "neutral"),
            when=words.moment(each.requested_at, zone),
        )
        for each in page
    ]
    if lines:
        people = list({line.refund.order.person for line in lines})
        accounts.record_viewing(people=people, page="refunds", viewer=staff_of(request))
    context = {"page": page, "lines": lines, "is_open": is_open}
    return show(request, "shop/refunds.html", context, section=SECTION)


@staff_page(access.can_handle_money)
@require_safe
def refund(request: HttpRequest, refund_id: int) -> HttpResponse:
    """The facts to decide by: order, payments, use, the rule's answer, what would be revoked."""
    found = _opened(request, refund_id)
    case = queries.refund_case(found.order, now=clock.now())
    zone = staff_of(request).time_zone
    context = {
        "refund": found,
        "amount": Money(found.amount, found.currency),
        "kind": _KINDS.get(Refund.State(found.state), "neutral"),
        "rows": _rows(found, zone),
        "case": case,
        "answer": _ANSWERS[case.assessment.answer.value],
        "lines": case.assessment.lines,
        "uses": [_use(each) for each in case.assessment.lines],
        "stakes": [_stake(each, case) for each in case.at_stake],
        "money": [_movement(entry, zone) for entry in found.order.money.order_by("pk")],
        "then": _then(found),
        "is_waiting": found.state == Refund.State.REQUESTED,
        "is_failed": found.state == Refund.State.FAILED and case.open_refund is None,
        "trail": _trail(found),
    }
    return show(request, "shop/refund.html", context, section=SECTION)


class AmountField(forms.CharField):
    """An amount of money as people type it."""

    def __init__(self, *, most: Money, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **kwargs)
        self.most = most

    def clean(self, value: Any) -> Any:
        """The Money; zero for nothing. Says what is accepted."""
        text = super().clean(value)
        if not text:
            return Money.zero(self.most.currency)
        try:
            amount = Money.typed(text, self.most.currency)
        except NotAnAmountError as error:
            raise forms.ValidationError(error.message) from error
        if amount > self.most:
            raise forms.ValidationError(f"Enter {self.most} at most: that much is left of it.")
        return amount


class ApproveForm(forms.Form):
    """How much of each line, why, and whether the credit goes too."""

    reason = forms.CharField(
        max_length=1000, widget=forms.Textarea, help_text="The buyer reads it."
    )
    takes_credit_back = forms.BooleanField(
        required=False,
        label="Take the credit back too",
        help_text="Of the courses completed with what you refund: certificates are marked "
        "revoked, and the hours no longer count for any credential.",
    )

    def __init__(self, *args: Any, case: RefundCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not case.at_stake:
            del self.fields["takes_credit_back"]
        self.positions = [line.position for line in case.purchase.lines if line.paid]
        lines = {line.position: line for line in case.purchase.lines}
        amounts = {
            f"line_{position}": AmountField(
                label=lines[position].title,
                most=lines[position].paid,
                required=False,
                help_text=f"Up to {lines[position].paid}. Empty: nothing of it, and its access "
                "stays.",
            )
            for position in self.positions
        }
        self.fields = {**amounts, **self.fields}

    def parts(self, answers: Mapping[str, Any]) -> dict[int, Money]:
        """The amounts by the position of the line."""
        return {position: answers[f"line_{position}"] for position in self.positions}

    def clean(self) -> dict[str, Any]:
        """At least one amount."""
        answers = super().clean() or {}
        if not self.errors and not any(self.parts(answers).values()):
            raise forms.ValidationError("Enter an amount above zero for at least one line.")
        return answers


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def refund_approve(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Give all or a part back."""
    found = _waiting(request, refund_id)
    case = queries.refund_case(found.order, now=clock.now())
    wanted = {int(part["line"]): Money(int(part["amount"]), found.currency) for part in found.lines}
    initial = {
        f"line_{position}": str(amount).removeprefix("$") for position, amount in wanted.items()
    }
    form = ApproveForm(posted(request), case=case, initial=initial)

    def check(answers: dict[str, Any]) -> Check:
        parts = form.parts(answers)
        total = Money.total(parts.values(), found.currency)
        stake = [each.title for each in case.at_stake if parts.get(each.line)]
        takes = answers.get("takes_credit_back", False)
        titles = {line.position: line.title for line in case.purchase.lines}
        return Check(
            [
                {"key": "Order", "value": found.order.number},
                {"key": "Buyer", "value": _buyer(found)},
                *(
                    {"key": titles[position], "value": str(amount)}
                    for position, amount in parts.items()
                    if amount
                ),
                {"key": "Paid back", "value": str(total)},
                {"key": "Reason", "value": answers["reason"]},
                {
                    "key": "Credit",
                    "value": "Taken back: " + ", ".join(stake)
                    if takes and stake
                    else "Stays as it is",
                },
            ],
            warning="This cannot be undone. The access of what is refunded ends at once.",
        )

    def do(answers: dict[str, Any]) -> str:
        approve_refund(
            refund=found,
            parts=form.parts(answers),
            reason=answers["reason"],
            takes_credit_back=answers.get("takes_credit_back", False),
            actor_id=staff_of(request).pk,
            now=clock.now(),
        )
        messages.success(request, "The refund is approved; it is sent to the gateway now.")
        return _address(found)

    page = _page(found, title="Approve a refund", submit="Approve refund", danger=True)
    return run_form(request, page=page, form=form, do=do, check=check)


class DeclineForm(forms.Form):
    """Why nothing is given back."""

    reason = forms.CharField(
        max_length=1000, widget=forms.Textarea, help_text="The buyer reads it."
    )


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def refund_decline(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Give nothing back, and say why."""
    found = _waiting(request, refund_id)

    def check(answers: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Order", "value": found.order.number},
                {"key": "Buyer", "value": _buyer(found)},
                {"key": "Asked for", "value": str(Money(found.amount, found.currency))},
                {"key": "Reason", "value": answers["reason"]},
            ],
            warning="The buyer is told by mail, with the reason. Nothing else changes.",
        )

    def do(answers: dict[str, Any]) -> str:
        decline_refund(
            refund=found,
            reason=answers["reason"],
            actor_id=staff_of(request).pk,
            now=clock.now(),
        )
        messages.success(request, "The refund is declined, and the buyer is told.")
        return _address(found)

    page = _page(found, title="Decline a refund", submit="Decline refund", danger=True)
    return run_form(request, page=page, form=DeclineForm(posted(request)), do=do, check=check)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def refund_again(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Send a refund again that failed at the gateway."""
    found = _opened(request, refund_id)
    if found.state != Refund.State.FAILED:
        raise NotFoundError("Only a refund that failed is sent again.")

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Order", "value": found.order.number},
                {"key": "Buyer", "value": _buyer(found)},
                {"key": "Paid back", "value": str(Money(found.amount, found.currency))},
            ],
            warning="See at the gateway first why it failed: it may fail again.",
        )

    def do(_: dict[str, Any]) -> str:
        new = send_failed_again(refund=found, actor_id=staff_of(request).pk, now=clock.now())
        messages.success(request, "The refund is sent again.")
        return _address(new)

    page = _page(found, title="Send a refund again", submit="Send again")
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)


@staff_page(access.can_handle_money)
@require_http_methods(["GET", "POST"])
@idempotent
def order_refund(request: HttpRequest, number: str) -> HttpResponse:
    """Begin the refund of an order that nobody asked for, or that the rule no longer gives."""
    order = queries.order_by_number(number)
    if order is None:
        raise NotFoundError("There is no such order.")
    if request.method != "POST":
        _viewed(request, order.person)
    case = queries.refund_case(order, now=clock.now())

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Order", "value": order.number},
                {"key": "Buyer", "value": f"{order.person}, {order.person.email}"},
                {"key": "Still here of the payment", "value": str(case.left)},
                {"key": "The rule says", "value": " ".join(case.assessment.reasons)},
            ],
            warning="This only opens the refund: you decide about the amount on the next page.",
        )

    def do(_: dict[str, Any]) -> str:
        made = open_refund_for_buyer(order=order, actor_id=staff_of(request).pk, now=clock.now())
        return _address(made)

    page = FormPage(
        title="Begin a refund",
        submit="Begin the refund",
        back=reverse(SECTION),
        section=SECTION,
        trail=[
            {"label": "Refunds", "url": reverse(SECTION)},
            {"label": f"Order {order.number}"},
        ],
    )
    return run_form(request, page=page, form=forms.Form(posted(request)), do=do, check=check)


def _opened(request: HttpRequest, refund_id: int) -> Refund:
    """A refund with its order; reading it is logged at the buyer. Raises NotFoundError."""
    rows = Refund.objects.select_related("order__person", "payment")
    found = rows.filter(pk=refund_id).first()
    if found is None:
        raise NotFoundError("There is no such refund.")
    if request.method != "POST":
        _viewed(request, found.order.person)
    return found


def _viewed(request: HttpRequest, person: User) -> None:
    accounts.record_viewing(people=[person], page="refund", viewer=staff_of(request))


def _waiting(request: HttpRequest, refund_id: int) -> Refund:
    """A refund that nobody has decided yet; a repeated answer finds the decided one too."""
    found = _opened(request, refund_id)
    if found.state != Refund.State.REQUESTED:
        raise NotFoundError("This refund is decided.")
    return found


def _address(found: Refund) -> str:
    return reverse("staff:refund", args=[found.pk])


def _trail(found: Refund, here: str = "") -> list[dict[str, str]]:
    label = f"Order {found.order.number}"
    steps = [{"label": "Refunds", "url": reverse(SECTION)}]
    if not here:
        return [*steps, {"label": label}]
    return [*steps, {"label": label, "url": _address(found)}, {"label": here}]


def _page(found: Refund, *, title: str, submit: str, danger: bool = False) -> FormPage:
    return FormPage(
        title=title,
        submit=submit,
        back=_address(found),
        lead=f"Order {found.order.number}",
        section=SECTION,
        danger=danger,
        trail=_trail(found, title),
    )


def _buyer(found: Refund) -> str:
    return f"{found.order.person}, {found.order.person.email}"


def _rows(found: Refund, zone: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"key": "Buyer", "value": _buyer(found)},
        {"key": "Asked for", "value": words.moment(found.requested_at, zone)},
    ]
    said = found.assessment.get("words")
    if said:
        rows.append({"key": "They wrote", "value": said})
    if found.decided_at is not None:
        by = "the rule" if found.decided_by_id is None else "staff"
        rows.append({"key": "Decided", "value": f"{words.moment(found.decided_at, zone)}, by {by}"})
    if found.reason:
        rows.append({"key": "Reason", "value": found.reason})
    if found.provider_id:
        rows.append({"key": f"At {found.payment.gateway}", "value": found.provider_id})
    if found.settled_at is not None:
        rows.append({"key": "Ended", "value": words.moment(found.settled_at, zone)})
    return rows


def _use(answer: Any) -> dict[str, str]:
    line = answer.line
    use = [f"{line.completions} completed"]
    if line.hours is not None:
        use.append(f"{shortest(line.hours_drawn)} of {shortest(line.hours)} hours drawn")
    if line.is_opened:
        use.append("opened by somebody else")
    return {
        "title": line.title,
        "paid": str(line.paid),
        "use": ", ".join(use),
        "answer": _ANSWERS[answer.answer.value],
        "amount": str(answer.amount),
    }


def _stake(found: AtStake, case: RefundCase) -> dict[str, str]:
    return {
        "title": found.title,
        "code": codes.grouped(found.code) if found.code else "",
        "when": long_date(found.completed_on),
        "hours": shortest(found.hours),
        "whose": "" if found.is_own else "by whoever got the gift",
        "credit": "its credit counts" if found.has_credit else "its credit was taken back before",
    }


def _movement(entry: Any, zone: str) -> dict[str, str]:
    return {
        "kind": entry.get_kind_display(),
        "amount": str(Money(entry.amount, entry.currency)),
        "when": words.moment(entry.occurred_at, zone),
        "object": entry.object_id,
    }


def _then(found: Refund) -> list[str]:
    """What the rule said when it was asked for."""
    kept = found.assessment.get("reasons")
    return list(kept) if kept else []
