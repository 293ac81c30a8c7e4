"""Courses and requirements: what each course could fill, and which courses fill a requirement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from aliquot.catalog.models import Approval, Course
from aliquot.credentials import rules
from aliquot.credentials.facts import (
    Activity,
    CredentialHeld,
    Pack,
    Part,
    RequirementVerdict,
    Verdict,
)
from aliquot.credentials.queries.packs import Served, packs, served
from aliquot.credentials.queries.standings import CycleStanding
from aliquot.credentials.rules.offers import newcomer, reach_of

_OFFER = "offer"


@dataclass(frozen=True, slots=True)
class CourseOffer:
    """A course that anybody may start now, with the kinds of approval that are valid today."""

    course_id: int
    code: str
    slug: str
    title: str
    level: str
    hours: Decimal
    parts: tuple[Part, ...]
    approvals: frozenset[str]

    @property
    def area(self) -> str:
        """The subject area with the most hours, the first of equals."""
        return max(self.parts, key=lambda part: part.amount).areas[0] if self.parts else ""


@dataclass(frozen=True, slots=True)
class Filling:
    """A course that could fill a requirement.

    ``points`` is what the requirement could take of it, ``closes`` what of that is still missing
    (equal where nobody's gap was given). ``is_accepted`` False: the areas fit, but the body takes
    none of the course's approvals, so today it counts nothing.
    """

    offer: CourseOffer
    points: Decimal
    closes: Decimal
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Points toward one requirement."""

    requirement: str
    title: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CourseEffect:
    """What one course does for one credential: where its points go.

    ``is_accepted`` False: ``counts`` say where they would go if the body took its approvals, and
    ``explain`` why it does not. ``left_over`` counts toward nothing, whatever the reason.
    ``held_id`` is set when this is about the credential somebody holds.
    """

    credential: Served
    counts: tuple[Count, ...]
    is_accepted: bool
    left_over: Decimal
    explain: str
    has_approvals: bool
    held_id: int | None = None


@dataclass(frozen=True, slots=True)
class RequirementChoice:
    """A requirement to choose courses by; ``value`` such as ``ascp_mls:hematology``.

    ``areas`` None: any area. ``approvals`` None: whatever the approval, or none at all.
    """

    value: str
    credential: Served
    requirement: str
    title: str
    areas: frozenset[str] | None
    approvals: frozenset[str] | None

    @property
    def label(self) -> str:
        """``MLS(ASCP): Hematology``."""
        return f"{self.credential.letters}: {self.title}"

    def is_filled_by(self, areas: Iterable[str], approvals: Collection[str]) -> bool:
        """Whether a course of these subject areas, with these approvals, fills it."""
        if self.approvals is not None and self.approvals.isdisjoint(approvals):
            return False
        return self.areas is None or not self.areas.isdisjoint(areas)


def offers_on(day: date) -> tuple[CourseOffer, ...]:
    """Every course that is open in the catalog, by title. Three queries."""
    approvals = Approval.objects.filter(
        valid_from__lte=day, valid_through__gte=day, withdrawn_at=None
    ).select_related("accreditor")
    rows = (
        Course.objects.filter(availability=Course.Availability.OPEN, current_version__isnull=False)
        .select_related("current_version")
        .prefetch_related(
            "current_version__subjects",
            Prefetch("approvals", queryset=approvals, to_attr="valid_approvals"),
        )
        .order_by("current_version__title", "pk")
    )
    return tuple(_offer(row) for row in rows)


def courses_filling(
    held: CredentialHeld,
    *,
    offers: Sequence[CourseOffer],
    as_of: date,
    gaps: Mapping[str, Decimal] | None = None,
) -> dict[str, list[Filling]]:
    """For each requirement the courses that could fill it, best first.

    With ``gaps`` (what is missing, by requirement): those that close the whole gap come first,
    shortest first, then those that close most of it. Without: those that fill most. A course whose
    approvals the body does not take comes last.
    """
    found: dict[str, list[Filling]] = {}
    for offer in offers:
        activity = _activity(offer, as_of)
        accepted = reach_of(held, activity, as_of=as_of)
        possible = reach_of(held, replace(activity, approvals=None), as_of=as_of)
        for requirement, points in possible.items():
            if gaps is not None and not gaps.get(requirement):
                continue
            gap = points if gaps is None else gaps[requirement]
            filling = Filling(offer, points, min(points, gap), requirement in accepted)
            found.setdefault(requirement, []).append(filling)
    for requirement, fillings in found.items():
        gap = Decimal(0) if gaps is None else gaps[requirement]
        fillings.sort(key=lambda filling: _rank(filling, gap))
    return found


def requirements_filled_by(
    parts: Iterable[tuple[str, Decimal]], *, approvals: Collection[str], as_of: date
) -> list[CourseEffect]:
    """What a course of these subject areas and contact hours does for each credential.

    Judged as for a holder who must take part and has nothing yet.
    """
    activity = Activity(
        id=_OFFER,
        completed_on=as_of,
        kind="contact_hours",
        parts=tuple(Part(amount, (area,)) for area, amount in parts),
        approvals=frozenset(approvals),
    )
    return [_effect(pack, activity, as_of) for pack in packs()]


def course_effects(standings: Iterable[CycleStanding], *, completion_id: int) -> list[CourseEffect]:
    """Where the credit of one completion counts, for each credential the person holds."""
    effects = []
    for standing in standings:
        for record in standing.records:
            if record.completion_id != completion_id:
                continue
            left_over = sum((row.amount for row in record.not_counted), Decimal(0))
            effects.append(
                CourseEffect(
                    credential=served(standing.pack),
                    counts=_counts(standing.verdict, record.activity.id),
                    is_accepted=bool(record.counted),
                    left_over=left_over,
                    explain=record.not_counted[0].explain if record.not_counted else "",
                    has_approvals=bool(record.activity.approvals),
                    held_id=standing.held.pk,
                )
            )
    return effects


def requirement_choices(*, as_of: date) -> list[RequirementChoice]:
    """Every requirement of every credential, in the order of the packs and of their rules."""
    choices = []
    for pack in packs():
        lines = rules.judge_credential(newcomer(pack, today=as_of), activities=(), as_of=as_of)
        choices += [_choice(pack, line) for line in lines.requirements]
    return choices


def requirement_choice(value: str, *, as_of: date) -> RequirementChoice | None:
    """The requirement that an address names, such as ``ascp_mls:hematology``, or None."""
    return next(
        (choice for choice in requirement_choices(as_of=as_of) if choice.value == value), None
    )


def _offer(course: Course) -> CourseOffer:
    version = course.current_version
    assert version is not None  # noqa: S101 (the query asks for it)
    return CourseOffer(
        course_id=course.pk,
        code=course.code,
        slug=course.slug,
        title=version.title,
        level=version.get_level_display(),
        hours=version.contact_hours,
        parts=tuple(Part(row.hours, (row.area,)) for row in version.subjects.all()),
        approvals=frozenset(
            approval.accreditor.approval_kind
            for approval in course.valid_approvals  # type: ignore[attr-defined]
        ),
    )


def _activity(offer: CourseOffer, day: date) -> Activity:
    return Activity(
        id=_OFFER,
        completed_on=day,
        kind="contact_hours",
        parts=offer.parts,
        approvals=offer.approvals,
        title=offer.title,
    )


def _rank(filling: Filling, gap: Decimal) -> tuple[bool, bool, Decimal, Decimal, str]:
    closes_all = filling.closes >= gap > 0
    best = filling.offer.hours if closes_all else -filling.points
    return (not filling.is_accepted, not closes_all, best, filling.offer.hours, filling.offer.title)


def _effect(pack: Pack, activity: Activity, as_of: date) -> CourseEffect:
    held = newcomer(pack, today=as_of)
    verdict = rules.judge_credential(held, activities=(activity,), as_of=as_of)
    is_accepted = bool(verdict.allocations)
    explain = verdict.not_counted[0].explain if verdict.not_counted else ""
    left_over = sum((row.amount for row in verdict.not_counted), Decimal(0))
    if not is_accepted:
        unasked = replace(activity, approvals=None)
        verdict = rules.judge_credential(held, activities=(unasked,), as_of=as_of)
    return CourseEffect(
        credential=served(pack),
        counts=_counts(verdict, activity.id),
        is_accepted=is_accepted,
        left_over=left_over,
        explain=explain,
        has_approvals=bool(activity.approvals),
    )


def _counts(verdict: Verdict, activity_id: str) -> tuple[Count, ...]:
    titles = {line.id: line.title for line in verdict.requirements}
    return tuple(
        Count(row.requirement, titles[row.requirement], row.amount)
        for row in verdict.allocations
        if row.activity == activity_id
    )


def _choice(pack: Pack, line: RequirementVerdict) -> RequirementChoice:
    areas = None
    if line.accepts is not None:
        areas = frozenset(
            area
            for area in pack.area_titles
            if any(_counts_as(area, accepted, pack) for accepted in line.accepts)
        )
    return RequirementChoice(
        value=f"{pack.id}:{line.id}",
        credential=served(pack),
        requirement=line.id,
        title=line.title,
        areas=areas,
        approvals=pack.approvals_accepted,
    )


def _counts_as(area: str | None, accepted: str, pack: Pack) -> bool:
    while area is not None and area != accepted:
        area = pack.area_parents.get(area)
    return area == accepted
