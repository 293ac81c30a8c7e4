"""What a page about one credential shows: the verdict laid out for templates. No request here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from aliquot.credentials.facts import Situation
from aliquot.credentials.queries import (
    CycleStanding,
    Filling,
    Origin,
    Record,
    served,
)
from aliquot.credentials.queries.wording import american, reason, taken_areas, verb
from aliquot.flows.credential_overview import Overview, courses_for_gaps
from aliquot.lib.codes import grouped
from aliquot.lib.decimals import shortest
from aliquot.web.credentials import words

SHOWN_COURSES = 3  # of each requirement; the catalog has the rest


@dataclass(frozen=True, slots=True)
class Tube:
    """One requirement as the rack and the table show it."""

    id: str
    name: str
    needed: Decimal | None
    counted: Decimal | None
    missing: Decimal | None
    takes: str
    url: str

    @property
    def met(self) -> bool:
        """Whether nothing is missing; an unknown figure is not met."""
        return self.missing == 0


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an activity's credit: toward what, how much, and why."""

    name: str
    area: str
    amount: Decimal
    because: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity in "Where your points come from"."""

    title: str
    area: str
    provider: str
    completed_on: date | None
    amount: Decimal
    code: str
    url: str
    note: str
    shares: tuple[Share, ...]
    refusals: tuple[Share, ...]
    page: str = ""  # of the activity; an opening balance has none

    @property
    def counted(self) -> Decimal:
        """What of the amount counts."""
        return sum((share.amount for share in self.shares), Decimal(0))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course that fills a gap, and whether it was begun."""

    title: str
    url: str
    hours: Decimal
    closes: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A requirement that lacks points, and the courses that the body takes for it."""

    tube: Tube
    courses: tuple[Suggestion, ...]
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day of the cycle."""

    day: date
    label: str
    state: str  # past, next or ahead


@dataclass(frozen=True, slots=True)
class Line:
    """The cycle as a line of 100: how much has passed, and where the window for filing lies."""

    sentence: str
    passed: str
    opens: str
    width: str
    points: str


@dataclass(frozen=True, slots=True)
class Card:
    """One credential, ready to show."""

    standing: CycleStanding
    headline: words.Headline
    badge: str
    days: str
    tubes: tuple[Tube, ...]
    entries: tuple[Entry, ...]
    ignored: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    milestones: tuple[Milestone, ...]
    line: Line | None
    forecast: words.Headline | None
    warnings: tuple[str, ...]
    url: str
    public_url: str

    @property
    def unit(self) -> str:
        """One of what is counted: point or hour."""
        return self.standing.pack.unit.removesuffix("s")

    @property
    def progress(self) -> str:
        """``26.5 of 36``; empty where the total is not known."""
        needed = self.standing.verdict.needed
        return f"{shortest(self.standing.verdict.counted)} of {shortest(needed)}" if needed else ""

    @property
    def is_over(self) -> bool:
        """Whether the cycle has ended."""
        return self.standing.situation is Situation.OVER

    @property
    def next_step(self) -> Suggestion | None:
        """The first course of the first gap that has one; a course in progress goes first."""
        courses = [course for gap in self.gaps for course in gap.courses]
        begun = [course for course in courses if course.note]
        return next(iter(begun or courses), None)


def card_of(standing: CycleStanding, overview: Overview) -> Card:
    """Lay out one credential."""
    verdict = standing.verdict
    tubes = tuple(_tubes(standing))
    entries = [_entry(record, standing, overview.codes) for record in standing.records]
    days_left = standing.days_left
    return Card(
        standing=standing,
        headline=words.headline(standing),
        badge=words.rules_badge(verdict),
        days="" if days_left is None else words.counted_days(days_left),
        tubes=tubes,
        entries=tuple(entry for entry in reversed(entries) if entry.shares),
        ignored=tuple(entry for entry in reversed(entries) if entry.refusals),
        gaps=_gaps(standing, overview, tubes),
        milestones=_milestones(standing),
        line=_line(standing),
        forecast=words.forecast_words(standing),
        warnings=tuple(_warnings(standing)),
        url=reverse("credentials:detail", args=[standing.held.pk]),
        public_url=reverse("credentials:for_body", args=[served(standing.pack).slug]),
    )


def _tubes(standing: CycleStanding) -> Iterable[Tube]:
    for line in standing.verdict.requirements:
        yield Tube(
            id=line.id,
            name=line.title,
            needed=line.needed,
            counted=line.counted,
            missing=line.missing,
            takes=taken_areas(line.accepts, standing.pack),
            url=f"#need-{line.id}",
        )


def _entry(record: Record, standing: CycleStanding, codes: Mapping[int, str]) -> Entry:
    activity, pack = record.activity, standing.pack
    titles = {line.id: line.title for line in standing.verdict.requirements}
    code = codes.get(record.completion_id or 0, "")
    is_opening = record.origin is Origin.OPENING_BALANCE
    name = activity.id.partition("-")[2] if is_opening else ""
    return Entry(
        title=f"{activity.title}: {titles.get(name, 'another requirement')}"
        if is_opening
        else activity.title,
        area=name or activity.parts[0].areas[0],
        provider=activity.provider,
        completed_on=None if is_opening else activity.completed_on,
        amount=record.amount,
        code=grouped(code) if code else "",
        url=reverse("certificates:detail", args=[code]) if code else "",
        note=words.origin_words(record, pack),
        page="" if is_opening else reverse("ledger:detail", args=[activity.id]),
        shares=tuple(
            Share(titles[row.requirement], row.requirement, row.amount, reason(row.because))
            for row in record.counted
        ),
        refusals=tuple(
            Share("", "", row.amount, words.refusal(record, row.reason, row.explain))
            for row in record.not_counted
        ),
    )


def _gaps(standing: CycleStanding, overview: Overview, tubes: Sequence[Tube]) -> tuple[Gap, ...]:
    if standing.situation is Situation.OVER:
        return ()  # nothing can be earned for it any more
    found = courses_for_gaps(overview, standing)
    listed: set[str] = set()
    gaps = []
    for tube in tubes:
        if not tube.missing:
            continue
        fillings = [row for row in found.get(tube.id, []) if row.course.code not in listed]
        shown = fillings[:SHOWN_COURSES]
        listed |= {row.course.code for row in shown}
        gaps.append(
            Gap(
                tube=tube,
                courses=tuple(_suggestion(row, overview) for row in shown),
                more=len(fillings) - len(shown),
                url=f"{reverse('catalog:list')}?fills={standing.pack.id}:{tube.id}",
            )
        )
    return tuple(gaps)


def _suggestion(filling: Filling, overview: Overview) -> Suggestion:
    course = filling.course
    begun = overview.started.get(course.code)
    if begun:
        url = reverse("learning:resume", args=[begun.enrollment_id])
        note = f"in progress, page {begun.page_number}"
    else:
        url, note = reverse("catalog:course", args=[course.slug]), ""
    return Suggestion(course.title, url, course.hours, filling.closes, note)


def _milestones(standing: CycleStanding) -> tuple[Milestone, ...]:
    verdict = standing.verdict
    if verdict.participation.required is False or verdict.held.expired:
        return ()
    body, deed = verdict.pack.body, verb(verdict.pack)
    days = []
    if verdict.window:
        days.append((verdict.window.starts_on, "Cycle began"))
    if verdict.declaration:
        days.append((verdict.declaration.opens_on, f"{body} lets you {deed} from here"))
        days.append((verdict.declaration.closes_on, f"Last sensible day to {deed}"))
    elif verdict.finish_by and verdict.finish_by != verdict.held.cycle_ends_on:
        days.append((verdict.finish_by, "Last sensible day to finish"))
    days.append((verdict.held.cycle_ends_on, "Cycle ends"))
    ahead = [day for day, _ in days if day >= verdict.as_of]
    following = min(ahead, default=None)
    return tuple(
        Milestone(
            day,
            label,
            "past" if day < verdict.as_of else "next" if day == following else "ahead",
        )
        for day, label in days
    )


def _line(standing: CycleStanding) -> Line | None:
    verdict = standing.verdict
    window, declaration = verdict.window, verdict.declaration
    if window is None or not verdict.needed or not _milestones(standing):
        return None
    whole = (window.ends_on - window.starts_on).days + 1

    def at(day: date) -> Decimal:
        place = Decimal((day - window.starts_on).days * 100) / whole
        return round(max(Decimal(0), min(Decimal(100), place)), 2)

    opens = at(declaration.opens_on) if declaration else Decimal(100)
    closes = at(declaration.closes_on) if declaration else Decimal(100)
    points = round(min(Decimal(100), verdict.counted * 100 / verdict.needed), 2)
    passed = at(verdict.as_of)
    sentence = (
        f"{passed:.0f}% of the time has passed, {points:.0f}% of the {verdict.pack.unit} are in."
    )
    return Line(sentence, str(passed), str(opens), str(closes - opens), str(points))


def _warnings(standing: CycleStanding) -> Iterable[str]:
    """The engine's warnings; those that the page says better itself are left out."""
    titles = {record.activity.id: record.activity.title for record in standing.records}
    for notice in standing.verdict.warnings:
        if notice.code == "participation_unknown":
            continue
        text = american(notice.text)
        if notice.code == "approvals_unknown":
            text = (
                f"{standing.pack.letters} asks who approved an activity, and for some of yours "
                "that is not stated; they are taken to count."
            )
        yield titles.get(text, text)
