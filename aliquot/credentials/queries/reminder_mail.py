"""What a reminder says: the fact and its date first, then what is missing and what fills it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.credentials.facts import Situation, Verdict
from aliquot.credentials.queries.courses import courses_closing
from aliquot.credentials.queries.packs import body_of
from aliquot.credentials.queries.standings import CycleStanding
from aliquot.credentials.rules.amounts import in_words, to_hundredths
from aliquot.learning.queries import shelf_of
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest

_SHOWN_COURSES = 4


@dataclass(frozen=True, slots=True)
class CourseNamed:
    """A course of the catalog that fills something: its title, hours and address."""

    title: str
    hours: str
    slug: str
    fills: str


@dataclass(frozen=True, slots=True)
class ReminderMail:
    """The words of one reminder. ``steps`` are sentences; ``missing`` lines such as
    "Hematology: 0.5 of 2 points".
    """

    subject: str
    fact: str
    steps: tuple[str, ...]
    missing: tuple[str, ...]
    courses: tuple[CourseNamed, ...]
    letters: str
    body: str
    deed: str


def reminder_mail(standing: CycleStanding, *, person: User) -> ReminderMail:
    """The words for a cycle as it stands. ``standing`` has a last sensible day."""
    verdict = standing.verdict
    last = verdict.finish_by or verdict.held.cycle_ends_on
    subject, fact = _said(standing.situation, verdict, last)
    return ReminderMail(
        subject=subject,
        fact=fact,
        steps=tuple(_steps(verdict, last)),
        missing=tuple(_missing(verdict)),
        courses=tuple(_courses(standing, person)),
        letters=verdict.pack.letters,
        body=verdict.pack.body,
        deed=body_of(verdict.pack).files,
    )


def _said(situation: Situation, verdict: Verdict, last: date) -> tuple[str, str]:
    letters, unit, deed = verdict.pack.letters, verdict.pack.unit, body_of(verdict.pack).files
    window, by = verdict.declaration, long_date(last)
    if situation is Situation.SHORT:
        to_go = f"{_amount(verdict.missing, unit)} to go"
        counted, needed = shortest(verdict.counted), _amount(verdict.needed, unit)
        return (
            f"{to_go} for {letters}: {deed if window else 'finish'} by {by}",
            f"{letters}: {counted} of {needed} are in, {to_go}.",
        )
    if situation is Situation.UNKNOWN:
        return (
            f"{letters}: the last sensible day is {by}",
            f"Not every figure for {letters} is confirmed. Ask {verdict.pack.body} what you need.",
        )
    all_in = f"all {_amount(verdict.needed, unit)} are in"
    if not verdict.needed:
        all_in = "no continuing education is needed"
    fact = f"For {letters} {all_in}."
    if window is None:
        return f"{deed.capitalize()} {letters} by {_end(verdict)}: {all_in}", fact
    if situation is Situation.WAITING:
        return f"{deed.capitalize()} {letters} from {long_date(window.opens_on)}: {all_in}", fact
    return f"{deed.capitalize()} {letters} now, by {by}: {all_in}", fact


def _steps(verdict: Verdict, last: date) -> Iterable[str]:
    deed, body, window = body_of(verdict.pack).files, verdict.pack.body, verdict.declaration
    left = _left((last - verdict.as_of).days)
    if verdict.met and window is None:
        yield f"{deed.capitalize()} by {_end(verdict)}, the end of your cycle."
        return
    finish = deed if verdict.met else f"finish and {deed}" if window else "finish"
    yield f"The last sensible day to {finish} is {long_date(last)}, {left}."
    if window:
        opens = long_date(window.opens_on)
        lets = "lets you" if verdict.as_of < window.opens_on else "has let you"
        since = "from" if verdict.as_of < window.opens_on else "since"
        yield f"{body} {lets} {deed} {since} {opens}."
    if last != verdict.held.cycle_ends_on:
        yield f"Your cycle ends on {_end(verdict)}."


def _missing(verdict: Verdict) -> Iterable[str]:
    for line in verdict.requirements:
        if line.missing and line.needed:
            unit = verdict.pack.unit
            yield f"{line.title}: {shortest(line.missing)} of {_amount(line.needed, unit)}"


def _courses(standing: CycleStanding, person: User) -> Iterable[CourseNamed]:
    """The best course for each requirement that lacks points, at most a few."""
    if not standing.verdict.missing:
        return
    completed = {row.course_code: row.completed_on for row in shelf_of(person)}
    found = courses_closing(
        standing, completed={code: day for code, day in completed.items() if day}
    )
    named: set[str] = set()
    for line in standing.verdict.requirements:
        rows = [row for row in found.get(line.id, []) if row.course.code not in named]
        if rows and len(named) < _SHOWN_COURSES:
            course = rows[0].course
            named.add(course.code)
            hours = in_words(to_hundredths(course.hours), "contact hours")
            yield CourseNamed(course.title, hours, course.slug, line.title)


def _end(verdict: Verdict) -> str:
    return long_date(verdict.held.cycle_ends_on)


def _left(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _amount(amount: Decimal | None, unit: str) -> str:
    return in_words(to_hundredths(amount or Decimal(0)), unit)
