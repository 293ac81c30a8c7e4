"""What must be true between rooms: deeds and rows, causes and mails, sums that are told twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.commerce.models import Document, Order
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.infra.pruning import SENT_MAIL
from aliquot.infra.streams import PAGE, by_key
from aliquot.learning.models import Completion
from aliquot.ledger.models import Activity
from aliquot.lib.invariants import Check

KEPT = SENT_MAIL - timedelta(days=2)  # mails of later causes were not pruned yet
APART = timedelta(minutes=10)  # between a cause and its mail, written in one transaction
SPAN = timedelta(hours=1)  # causes looked at together: bounds the mails held in memory
FINISHED, ISSUED = "course.finished", "certificate.issued"
SETTLED, PAID = "payment.settled", "order.paid"


def comparing_checks(*, now: datetime) -> tuple[Check, ...]:
    """I9, I10 and I12 as far as they join rooms."""
    causes = _causes(now)
    return (
        Check("I9", "causes of mail", causes.count, lambda: _causes_without_mail(causes)),
        Check("I10", "completions", Completion.objects.count, _deeds_without_row),
        Check("I12", "completions with credit", _with_credit().count, _other_credit),
    )


def _causes(now: datetime) -> QuerySet[AuditEntry]:
    """Deeds that owe a mail, as far back as mails are kept; what was invented owes none."""
    causes = AuditEntry.objects.filter(action__in=[FINISHED, SETTLED], recorded_at__gte=now - KEPT)
    if settings.IS_DEMO:
        invented = User.objects.filter(password="!")  # noqa: S106 (demo/generator)
        causes = causes.exclude(action=FINISHED, actor_id__in=invented.values("pk"))
    return causes


def _causes_without_mail(causes: QuerySet[AuditEntry]) -> Iterator[str]:
    """Walks causes and mails side by side, both in the order in which they were written."""
    mails = by_key(OutboxMail.objects.only("text", "created_at"))
    near: list[OutboxMail] = []
    upcoming = next(mails, None)
    page: list[AuditEntry] = []
    for cause in by_key(causes):
        if page and (len(page) == PAGE or cause.recorded_at > page[0].recorded_at + SPAN):
            near, upcoming = _advanced(near, upcoming, mails, page)
            yield from _unanswered(page, near)
            page = []
        page.append(cause)
    near, _ = _advanced(near, upcoming, mails, page)
    yield from _unanswered(page, near)


def _advanced(
    near: list[OutboxMail],
    upcoming: OutboxMail | None,
    mails: Iterator[OutboxMail],
    page: list[AuditEntry],
) -> tuple[list[OutboxMail], OutboxMail | None]:
    """The mails written about when the causes of a page were, and the next one after them."""
    if not page:
        return near, upcoming
    moments = [each.recorded_at for each in page]
    first, last = min(moments) - APART, max(moments) + APART
    near = [mail for mail in near if mail.created_at >= first]
    while upcoming is not None and upcoming.created_at <= last:
        if upcoming.created_at >= first:
            near.append(upcoming)
        upcoming = next(mails, None)
    return near, upcoming


def _unanswered(page: list[AuditEntry], near: list[OutboxMail]) -> Iterator[str]:
    text = "\n".join(mail.text for mail in near)
    for words, mark in [*_certificates_of(page), *_receipts_of(page)]:
        if mark not in text:
            yield f"{words} was mailed to nobody."


def _certificates_of(page: list[AuditEntry]) -> Iterator[tuple[str, str]]:
    ids = [int(each.object_id) for each in page if each.action == FINISHED and _did(each, ISSUED)]
    rows = Certificate.objects.filter(completion__in=ids, replaces=None)
    for code, completion in rows.values_list("code", "completion_id").order_by("pk"):
        yield f"The certificate of completion {completion}", f"/certificates/{code}/"


def _receipts_of(page: list[AuditEntry]) -> Iterator[tuple[str, str]]:
    ids = [int(each.object_id) for each in page if each.action == SETTLED and _did(each, PAID)]
    rows = Document.objects.filter(order__in=ids, kind=Document.Kind.RECEIPT)
    for number in rows.values_list("number", flat=True).order_by("pk"):
        yield f"Receipt {number}", f"receipt {number} "


def _did(entry: AuditEntry, action: str) -> bool:
    """Whether the story had this step: a payment is settled again whenever money moves, but the
    receipt goes out once.
    """
    return any(step["action"] == action for step in entry.details.get("steps", []))


def _deeds_without_row() -> Iterator[str]:
    """A deed is written down once, and what is written down is there."""
    twice = (
        AuditEntry.objects.filter(action=FINISHED)
        .values("object_id")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    for each in twice.order_by("object_id"):
        yield f"Completion {each['object_id']} was finished {each['times']} times."
    for action, model in ((FINISHED, Completion), (SETTLED, Order)):
        yield from _rows_that_are_gone(action, model)
    if settings.IS_DEMO:  # invented people did nothing
        return
    for page in _pages(Completion.objects.filter(corrects=None).only("pk")):
        told = AuditEntry.objects.filter(
            object_type="learning.completion", object_id__in=[str(each.pk) for each in page]
        )
        known = set(told.filter(action=FINISHED).values_list("object_id", flat=True))
        for row in page:
            if str(row.pk) not in known:
                yield f"Completion {row.pk} has no audit entry of its finish."


def _rows_that_are_gone(action: str, model: type[Completion] | type[Order]) -> Iterator[str]:
    for page in _pages(AuditEntry.objects.filter(action=action).only("object_id")):
        wanted = {int(each.object_id) for each in page}
        there = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for gone in sorted(wanted - there):
            yield f"The audit trail has {action} of {model._meta.verbose_name} {gone}: it is gone."


def _pages[Row](rows: QuerySet[Row]) -> Iterator[list[Row]]:  # type: ignore[type-var]
    page: list[Row] = []
    for row in by_key(rows):
        page.append(row)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _with_credit() -> QuerySet[Activity]:
    return Activity.objects.filter(origin=Activity.Origin.COMPLETION)


def _other_credit() -> Iterator[str]:
    """The ledger entered what the completion awarded, and the certificate printed."""
    entered = _with_credit().annotate(
        entered=Sum("entries__amount", filter=Q(entries__reverses=None))
    )
    for each in by_key(entered.exclude(entered=F("completion__contact_hours"))):
        yield (
            f"Completion {each.completion_id} awarded other hours than its activity {each.pk} "
            f"entered ({each.entered})."
        )
