"""What must be true of the shop whatever happened: in our books, at the gateway, in the mails."""

from collections import Counter
from collections.abc import Container, Mapping

from django.db.models import QuerySet

from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import status_of
from aliquot.commerce import queries
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    Order,
    Payment,
    Refund,
)
from aliquot.infra.models import OutboxMail
from aliquot.learning.models import Completion
from aliquot.ledger.models import CreditEntry
from aliquot.lib.money import Money

type Disputed = Mapping[str, Money]


def refundable() -> QuerySet[Order]:
    """Paid orders."""
    return Order.objects.filter(state="paid")


def _given_back(charge: FakeCharge) -> int:
    return sum(each["amount"] for each in charge.refunds)


def _held(charge: FakeCharge, disputed: Disputed) -> int:
    """What is left of a captured charge at the gateway."""
    taken = disputed.get(charge.provider_id)
    return charge.amount - _given_back(charge) - (taken.cents if taken else 0)


def gateway_is_sound(disputed: Disputed, twice: Container[str]) -> None:
    """Nothing is given back beyond what was captured, and nothing twice; one charge an order."""
    captured: Counter[str] = Counter()
    for charge in FakeCharge.objects.all():
        assert _held(charge, disputed) >= 0
        keys = [each["key"] for each in charge.refunds]
        assert len(keys) == len(set(keys))
        captured[charge.order_number] += charge.state == "captured"
    for number, charges in captured.items():
        assert charges <= (2 if number in twice else 1)


def books_agree(disputed: Disputed) -> None:
    """I2 and I8: the room's own check; what we gave back is what was decided; one grant a line."""
    assert list(queries.broken_invariants()) == []
    for order in Order.objects.all():
        own = MoneyEntry.objects.filter(order=order, kind="refund").exclude(payment__state="double")
        sent = Refund.objects.filter(order=order, state="succeeded", entry__isnull=False)
        assert -sum(each.amount for each in own) == sum(each.amount for each in sent)
        names = set(order.payments.values_list("provider_id", flat=True))
        assert queries.money_of(order).paid.cents >= 0 or names & disputed.keys()
        grants = LineGrant.objects.filter(line__order=order).count()
        assert grants == (order.lines.count() if order.state == "paid" else 0)


def nothing_is_left_to_do(disputed: Disputed) -> None:
    """After all jobs ran: our books hold what the gateway holds, and no second payment."""
    assert not Refund.objects.filter(state="approved").exists()
    charges = {charge.provider_id: charge for charge in FakeCharge.objects.filter(state="captured")}
    payments = Payment.objects.filter(state__in=["captured", "double"])
    assert {each.provider_id for each in payments} == charges.keys()
    for payment in payments:
        held = _held(charges[payment.provider_id], disputed)
        assert sum(each.amount for each in payment.money.all()) == held
        assert payment.state == "captured" or held == 0
    paid = Counter(each.order_id for each in payments if each.state == "captured")
    assert set(paid.values()) <= {1}
    assert set(paid) == set(refundable().exclude(total=0).values_list("pk", flat=True))


def completions_stay(before: Mapping[int, str]) -> dict[int, str]:
    """I3: a completion is never changed or deleted."""
    now = dict(Completion.objects.values_list("pk", "record_hash"))
    assert before.items() <= now.items()
    return now


def people_were_told_what_is_stored() -> None:
    """I12: papers, mails and certificates say what the books say."""
    for refund in Refund.objects.filter(state="succeeded"):
        note = Document.objects.get(refund=refund)
        assert note.total == -refund.amount
        assert OutboxMail.objects.filter(subject__contains=note.number).count() == 1
    notes = Document.objects.filter(kind="credit_note").count()
    assert notes == Refund.objects.filter(state="succeeded").count()
    doubles = Payment.objects.filter(state="double").count()
    assert (
        OutboxMail.objects.filter(subject__endswith="back", subject__contains="twice; we").count()
        == doubles
    )
    revoked = {
        pk
        for refund in Refund.objects.filter(state__in=["approved", "succeeded", "failed"])
        for pk in refund.revokes
    }
    for certificate in Certificate.objects.all():
        is_revoked = certificate.completion_id in revoked
        assert (status_of(certificate) == "revoked") is is_revoked
        rows = CreditEntry.objects.filter(activity__completion=certificate.completion_id)
        assert (sum(each.amount for each in rows) > 0) is not is_revoked
