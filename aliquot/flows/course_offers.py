"""Which courses a person could still take: the catalog, what is in progress, and from elsewhere.

Read only. What a course costs alone is said by flows/best_offer.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.catalog.facts import ApprovalFacts, CatalogEntry
from aliquot.catalog.models import Approval, SubjectHours
from aliquot.catalog.queries import entries
from aliquot.catalog.queries.courses import approval_facts
from aliquot.credentials import queries
from aliquot.credentials.facts import Activity, CourseOffer, Part
from aliquot.learning import queries as learning
from aliquot.learning import rules as learning_rules
from aliquot.learning.facts import CourseOnShelf, Offer, Right
from aliquot.lib.dates import day_in_zone

HERE, ELSEWHERE = "here-", "elsewhere-"  # before codes and numbers: no activity has such an id

_OWNED, _BEGUN = 1, 2

type Prices = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A course that a plan may choose, and what a page says about it.

    ``slug`` empty: no course of the catalog. ``outside_id``: the learner's own offer. ``right``:
    the entitlement that opens it. ``approved_through``: the last day of the approval that ends
    first; finished later, it may count less.
    """

    offer: CourseOffer
    title: str
    provider: str
    area: str
    slug: str = ""
    begun: CourseOnShelf | None = None
    outside_id: int | None = None
    is_free: bool = False
    right: Right | None = None
    approved_through: date | None = None

    @property
    def id(self) -> str:
        """The course code or the number of an outside offer, each with its prefix."""
        return self.offer.activity.id


@dataclass(frozen=True, slots=True)
class Offering:
    """The candidates, those in progress and owned first, and the courses done too recently."""

    candidates: tuple[Candidate, ...]
    done: tuple[CourseOnShelf, ...]


def offering_for(
    person: User, *, now: datetime, windows: Iterable[date], prices: Prices
) -> Offering:
    """Everything the person could take now. A fixed number of queries.

    ``windows`` are the first days of the periods that count: a course completed in one of them, or
    so recently that it earns no credit again, is left out.
    """
    today = day_in_zone(now, person.time_zone)
    shelf = learning.shelf_of(person)
    done = _done(shelf, today, min(windows, default=None))
    begun = {each.course_code: each for each in shelf if each.completed_on is None}
    left_out = {each.course_code for each in done} - begun.keys()
    rights = learning.rights_of(person)
    found = [
        _from_catalog(entry, today, now, rights, prices)
        for entry in entries()
        if entry.code not in left_out and entry.code not in begun
    ]
    found += _in_progress(begun, today)
    found += _from_elsewhere(person, today)
    found.sort(key=lambda each: (-each.offer.preference, each.id))
    return Offering(tuple(found), tuple(done))


def catalog_offers(day: date) -> list[CourseOffer]:
    """Every open course with the approvals valid on the day, for a page about anybody."""
    return [
        CourseOffer(_activity(entry.code, day, _parts(entry), entry.approvals))
        for entry in entries()
        if entry.subjects
    ]


def _done(
    shelf: Sequence[CourseOnShelf], today: date, earliest: date | None
) -> list[CourseOnShelf]:
    """The newest completion of each course that may not be taken again for this plan."""
    months = learning.credit_interval_months()
    newest: dict[str, CourseOnShelf] = {}
    for each in shelf:
        other = newest.get(each.course_code)
        day = each.completed_on
        if day and (other is None or other.completed_on is None or day > other.completed_on):
            newest[each.course_code] = each
    return [
        each
        for each in newest.values()
        if each.completed_on
        and (
            learning_rules.months_after(each.completed_on, months) > today
            or (earliest is not None and each.completed_on >= earliest)
        )
    ]


def _from_catalog(
    entry: CatalogEntry, today: date, now: datetime, rights: Sequence[Right], prices: Prices
) -> Candidate:
    sold = Offer(entry.course_id, "open", entry.is_free, entry.hours)
    right = None if entry.is_free else learning_rules.best_right(rights, sold, now)
    is_owned = entry.is_free or right is not None
    cents = 0 if is_owned else prices.get(entry.code)
    activity = _activity(entry.code, today, _parts(entry), entry.approvals)
    return Candidate(
        offer=CourseOffer(activity, cents, preference=_OWNED if is_owned else 0),
        title=entry.title,
        provider="",
        area=entry.area,
        slug=entry.slug,
        is_free=entry.is_free,
        right=right,
        approved_through=_approved_through(entry.approvals, today),
    )


def _in_progress(begun: Mapping[str, CourseOnShelf], today: date) -> list[Candidate]:
    """Courses that were started, as the version that is being read earns credit."""
    parts: dict[str, list[Part]] = {code: [] for code in begun}
    numbers = [each.enrollment_id for each in begun.values()]
    rows = SubjectHours.objects.filter(version__enrollments__in=numbers).order_by("position")
    for code, area, hours in rows.values_list("version__course__code", "area", "hours"):
        parts[code].append(Part(hours, (area,)))
    approvals: dict[str, list[ApprovalFacts]] = {code: [] for code in begun}
    given = Approval.objects.filter(course__code__in=begun, withdrawn_at=None)
    for row in given.select_related("accreditor", "course"):
        approvals[row.course.code].append(approval_facts(row))
    return [
        Candidate(
            offer=CourseOffer(
                _activity(code, today, tuple(parts[code]), approvals[code]), 0, preference=_BEGUN
            ),
            title=each.title,
            provider="",
            area=each.area,
            slug=each.course_slug,
            begun=each,
            approved_through=_approved_through(approvals[code], today),
        )
        for code, each in begun.items()
        if parts[code]
    ]


def _from_elsewhere(person: User, today: date) -> list[Candidate]:
    candidates = []
    for row in queries.outside_offers(person):
        said = queries.offered(row)
        approvals = None if said.approvals is None else frozenset(said.approvals)
        activity = Activity(f"{ELSEWHERE}{row.pk}", today, "contact_hours", said.parts, approvals)
        candidates.append(
            Candidate(
                offer=CourseOffer(activity, said.cents),
                title=said.title,
                provider=said.provider_name,
                area=max(said.parts, key=lambda part: part.amount).areas[0],
                outside_id=row.pk,
            )
        )
    return candidates


def _activity(
    code: str, day: date, parts: tuple[Part, ...], approvals: Iterable[ApprovalFacts]
) -> Activity:
    kinds = frozenset(row.kind for row in approvals if row.is_valid_on(day))
    return Activity(f"{HERE}{code}", day, "contact_hours", parts, kinds)


def _parts(entry: CatalogEntry) -> tuple[Part, ...]:
    return tuple(Part(subject.hours, (subject.area,)) for subject in entry.subjects)


def _approved_through(approvals: Iterable[ApprovalFacts], day: date) -> date | None:
    return min((row.valid_through for row in approvals if row.is_valid_on(day)), default=None)


def pack_hours(candidates: Iterable[Candidate]) -> tuple[Decimal, Decimal] | None:
    """Hours that courses would draw from a pack, and hours left in it; None if no pack is used."""
    drawn = [each for each in candidates if each.right and each.right.hours_left is not None]
    if not drawn:
        return None
    left = {each.right.id: each.right.hours_left or Decimal(0) for each in drawn if each.right}
    wanted = sum((each.offer.hours for each in drawn), Decimal(0))
    return wanted, sum(left.values(), Decimal(0))
