"""What decides whether a course may be started: entitlements, the offer, what was done before."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.catalog.queries import current_provider, held_outline
from aliquot.learning import rules
from aliquot.learning.facts import History, Offer, Right
from aliquot.learning.models import Completion, Enrollment, Entitlement

DEFAULT_INTERVAL_MONTHS = 12


def credit_interval_months() -> int:
    """Months that must pass before a course earns credit again; the provider sets it."""
    provider = current_provider()
    return DEFAULT_INTERVAL_MONTHS if provider is None else provider.credit_interval_months


def credit_again_from(completion: Completion) -> date:
    """The day from which the course of a completion earns credit again."""
    return rules.months_after(completion.completed_on, credit_interval_months())


def rights_of(person: User) -> list[Right]:
    """Every entitlement of a person, past and present, with the hours drawn from each."""
    rows = Entitlement.objects.filter(person=person).annotate(
        drawn=Coalesce(
            Sum("enrollments__hours_drawn", filter=Q(enrollments__returned_at=None)), Decimal(0)
        )
    )
    return [
        Right(
            id=row.pk,
            source=row.source,
            course_id=row.course_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            withdrawn_at=row.withdrawn_at,
            hours_limit=row.hours_limit,
            hours_drawn=row.drawn,
        )
        for row in rows.order_by("pk")
    ]


def entitlements_of(person: User) -> list[tuple[Entitlement, Right]]:
    """Every entitlement of a person with its right, the one that ends first on top."""
    rows = Entitlement.objects.filter(person=person).select_related("course__current_version")
    by_id = {row.pk: row for row in rows}
    pairs = [(by_id[right.id], right) for right in rights_of(person) if right.id in by_id]
    return sorted(pairs, key=lambda pair: (pair[1].starts_at, pair[0].pk))


def ending_rights(*, now: datetime, until: datetime) -> QuerySet[Entitlement]:
    """Entitlements that run and end by ``until``, whose holders were not told yet."""
    return (
        Entitlement.objects.filter(
            withdrawn_at=None, end_noticed_at=None, starts_at__lte=now, ends_at__gt=now
        )
        .filter(ends_at__lte=until)
        .select_related("person", "course__current_version")
        .order_by("pk")
    )


def offer_of(course: Course) -> Offer:
    """What the catalog says of a course, fit for rules."""
    successor, title = course.successor, ""
    if successor is not None and successor.current_version_id is not None:
        title = held_outline(successor.current_version_id).title
    current = course.current_version_id
    return Offer(
        course_id=course.pk,
        availability=course.availability,
        is_free=course.is_free,
        hours=None if current is None else held_outline(current).hours,
        successor=title,
    )


def live_completions() -> QuerySet[Completion]:
    """Completions that no later row corrects.

    Not by a join: PostgreSQL takes it to find next to nothing, and plans a list of many badly.
    """
    return Completion.objects.filter(~Exists(Completion.objects.filter(corrects=OuterRef("pk"))))


def completions_of(person: User) -> QuerySet[Completion]:
    """The live completions of a person with course and version, without their frozen records."""
    return (
        live_completions()
        .filter(person=person)
        .select_related("version", "enrollment__course")
        .defer("record")
    )


def completions_between(
    first: date | None, last: date | None, *, course: str = ""
) -> QuerySet[Completion]:
    """Everybody's live completions of some days, of one course by its code or of all."""
    found = live_completions().select_related("version", "enrollment__course", "person")
    if first is not None:
        found = found.filter(completed_on__gte=first)
    if last is not None:
        found = found.filter(completed_on__lte=last)
    if course:
        found = found.filter(enrollment__course__code=course)
    return found.defer("record")


def history_of(person: User, course: Course) -> History:
    """The open enrollment of a person in a course, and when it was last completed."""
    open_id = (
        Enrollment.objects.filter(person=person, course=course, completed_at=None, returned_at=None)
        .values_list("pk", flat=True)
        .first()
    )
    last = (
        live_completions()
        .filter(person=person, enrollment__course=course)
        .order_by("-completed_on", "-pk")
        .values("completed_on", "enrollment_id")
        .first()
    )
    return History(
        open_enrollment_id=open_id,
        last_completed_on=last["completed_on"] if last else None,
        last_enrollment_id=last["enrollment_id"] if last else None,
    )
