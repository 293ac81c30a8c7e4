"""Courses and requirements: what each course could fill, and which courses fill a requirement."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from aliquot.catalog.facts import CatalogEntry
from aliquot.catalog.queries import entries
from aliquot.credentials import data, rules
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
from aliquot.credentials.queries.wording import reason
from aliquot.credentials.rules.offers import newcomer, reach_of

_OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Filling:
    """A course that could fill a requirement.

    ``points`` is what the requirement could take of it, ``closes`` what of that is still missing
    (equal where nobody's gap was given). ``is_accepted`` False: the areas fit, but the body takes
    none of the course's approvals, so today it counts nothing.
    """

    course: CatalogEntry
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

    ``course_ids`` are the open courses that count toward it today.
    """

    value: str
    credential: Served
    requirement: str
    title: str
    course_ids: frozenset[int]

    @property
    def label(self) -> str:
        """``MLS(ASCP): Hematology``."""
        return f"{self.credential.letters}: {self.title}"


def courses_filling(
    held: CredentialHeld,
    *,
    as_of: date,
    gaps: Mapping[str, Decimal] | None = None,
    without_codes: Collection[str] = (),
) -> dict[str, list[Filling]]:
    """For each requirement the open courses that could fill it, best first.

    With ``gaps`` (what is missing, by requirement): those that close the whole gap come first,
    shortest first, then those that close most of it. Without: those that fill most. A course whose
    approvals the body does not take comes last. ``without_codes`` names courses to leave out.
    """
    found: dict[str, list[Filling]] = {}
    for course in entries():
        if course.code in without_codes:
            continue
        activity = _activity(course, as_of)
        accepted = reach_of(held, activity, as_of=as_of)
        possible = reach_of(held, replace(activity, approvals=None), as_of=as_of)
        for requirement, points in possible.items():
            if gaps is not None and not gaps.get(requirement):
                continue
            gap = points if gaps is None else gaps[requirement]
            filling = Filling(course, points, min(points, gap), requirement in accepted)
            found.setdefault(requirement, []).append(filling)
    for requirement, fillings in found.items():
        gap = Decimal(0) if gaps is None else gaps[requirement]
        fillings.sort(key=lambda filling: _rank(filling, gap))
    return found


def courses_closing(
    standing: CycleStanding, *, completed: Mapping[str, date]
) -> dict[str, list[Filling]]:
    """For each requirement that lacks points, the courses that the body takes, best first.

    ``completed`` says when a course was completed last, by its code: those completed in this cycle
    are left out, since taken again so soon they earn no new credit.
    """
    verdict = standing.verdict
    window = verdict.window
    found = courses_filling(
        verdict.held,
        as_of=verdict.as_of,
        gaps={line.id: line.missing or Decimal(0) for line in verdict.requirements},
        without_codes={
            code for code, day in completed.items() if window is None or day >= window.starts_on
        },
    )
    return {
        requirement: [row for row in fillings if row.is_accepted]
        for requirement, fillings in found.items()
    }


def public_fillings(pack: Pack, *, today: date) -> dict[str, list[Filling]]:
    """For each requirement of a credential the courses for anybody who must take part."""
    return courses_filling(newcomer(pack, today=today), as_of=today)


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
                    explain=reason(record.not_counted[0].explain) if record.not_counted else "",
                    has_approvals=bool(record.activity.approvals),
                    held_id=standing.held.pk,
                )
            )
    return effects


def requirement_choices(credential: str, *, as_of: date) -> list[RequirementChoice]:
    """Every requirement of a credential, in the order of its rules.

    UnknownCredentialError if there is no such credential.
    """
    pack = data.pack(credential)
    held = newcomer(pack, today=as_of)
    found = courses_filling(held, as_of=as_of)
    verdict = rules.judge_credential(held, activities=(), as_of=as_of)
    return [_choice(pack, line, found.get(line.id, ())) for line in verdict.requirements]


def _activity(course: CatalogEntry, day: date) -> Activity:
    """The course as if it were finished on the day, with the approvals that are valid then."""
    return Activity(
        id=_OFFER,
        completed_on=day,
        kind="contact_hours",
        parts=tuple(Part(subject.hours, (subject.area,)) for subject in course.subjects),
        approvals=frozenset(row.kind for row in course.approvals if row.is_valid_on(day)),
        title=course.title,
    )


def _rank(filling: Filling, gap: Decimal) -> tuple[bool, bool, Decimal, Decimal, str]:
    closes_all = filling.closes >= gap > 0
    best = filling.course.hours if closes_all else -filling.points
    return (
        not filling.is_accepted,
        not closes_all,
        best,
        filling.course.hours,
        filling.course.title,
    )


def _effect(pack: Pack, activity: Activity, as_of: date) -> CourseEffect:
    held = newcomer(pack, today=as_of)
    verdict = rules.judge_credential(held, activities=(activity,), as_of=as_of)
    is_accepted = bool(verdict.allocations)
    explain = reason(verdict.not_counted[0].explain) if verdict.not_counted else ""
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


def _choice(pack: Pack, line: RequirementVerdict, fillings: Iterable[Filling]) -> RequirementChoice:
    return RequirementChoice(
        value=f"{pack.id}:{line.id}",
        credential=served(pack),
        requirement=line.id,
        title=line.title,
        course_ids=frozenset(row.course.course_id for row in fillings if row.is_accepted),
    )
