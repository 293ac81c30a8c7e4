"""Dates: the cycle, the window for work, who must take part, when to file. docs/rules/cycles.md."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aliquot.credentials.errors import Problem
from aliquot.credentials.facts import (
    CredentialHeld,
    CycleEnd,
    DeclarationWindow,
    EvidenceWindow,
    ParticipationVerdict,
    RuleSet,
    Window,
)

_DAY = timedelta(days=1)
_VOLUNTARY_MONTHS = 36  # voluntary participation looks back three years, whatever the credential


@dataclass(frozen=True, slots=True)
class Dates:
    """Everything that the calendar decides about one cycle. ``window`` None: length unknown."""

    participation: ParticipationVerdict
    window: Window | None
    declaration: DeclarationWindow | None
    finish_by: date | None


def dates_of(held: CredentialHeld, *, as_of: date) -> Dates:
    """Participation, window, declaration and the last sensible day."""
    participation = participation_of(held)
    window = window_of(held, as_of=as_of, required=participation.required)
    declaration = _declaration(held, required=participation.required)
    return Dates(
        participation=participation,
        window=window,
        declaration=declaration,
        finish_by=_finish_by(held, window, declaration, required=participation.required),
    )


def rule_set_for(held: CredentialHeld) -> RuleSet | None:
    """The rules in force when the cycle ends; None before the oldest that is known."""
    for rule_set in held.pack.rule_sets:
        starts = rule_set.renewals_from or date.min
        if starts <= held.cycle_ends_on <= (rule_set.renewals_to or date.max):
            return rule_set
    return None


def participation_of(held: CredentialHeld) -> ParticipationVerdict:
    """Must the holder take part? Decided by dates of certification; a license always binds."""
    rule = held.pack.participation
    if held.pack.kind == "license":
        return ParticipationVerdict(True, "a license always binds")
    if rule.mandatory_from is None:
        return ParticipationVerdict(True, "participation is always required for this credential")
    certified = held.first_certified_on
    if held.formerly_nca and rule.former_nca_before is not None:
        limit = rule.former_nca_before
        if certified is None or certified >= limit:
            return ParticipationVerdict(
                True, f"formerly NCA, and not certified by {held.pack.body} before {limit}"
            )
    starts, scope = rule.mandatory_from, ""
    if held.international and rule.mandatory_from_international is not None:
        starts, scope = rule.mandatory_from_international, " (international)"
    if certified is None:
        return ParticipationVerdict(
            None, f"required if certified on or after {starts}{scope}; the date is not given"
        )
    if certified >= starts:
        because = f"certified on {certified}, on or after {starts}{scope}"
        return ParticipationVerdict(True, because)
    because = f"certified on {certified}, before {starts}{scope}: participation is voluntary"
    return ParticipationVerdict(False, because)


def cycle_of(held: CredentialHeld) -> Window | None:
    """The cycle itself: N years up to its end, both days counted. None: length unknown."""
    if held.pack.cycle_years is None:
        return None
    return _months_up_to(held.cycle_ends_on, months=12 * held.pack.cycle_years)


def window_of(held: CredentialHeld, *, as_of: date, required: bool | None) -> Window | None:
    """The days in which work must be completed to count."""
    if held.expired and held.pack.expired_rule is not None:
        return _months_up_to(as_of, months=held.pack.expired_rule.months)
    if required is False:
        return _months_up_to(as_of, months=_VOLUNTARY_MONTHS)
    if held.pack.evidence_window is EvidenceWindow.TWO_CALENDAR_YEARS_BEFORE:
        renewal_year = held.cycle_ends_on.year
        return Window(date(renewal_year - 2, 1, 1), date(renewal_year - 1, 12, 31))
    return cycle_of(held)


def proration_of(held: CredentialHeld) -> list[tuple[date, Decimal]]:
    """First license dates and the totals they bring, for a prorated first renewal; else empty."""
    rule_set = rule_set_for(held)
    if not held.first_renewal or rule_set is None or rule_set.first_renewal is None:
        return []
    return [
        (date(held.cycle_ends_on.year - step.years_before_end, step.month, step.day), step.total)
        for step in rule_set.first_renewal.proration
    ]


def problems_with(held: CredentialHeld) -> list[Problem]:
    """What the holder says that a body's fixed dates rule out; paths start at the credential."""
    problems = []
    end = held.pack.cycle_end
    if end is not None and not ends_there(held.cycle_ends_on, end):
        problems.append(
            Problem(
                ("cycle_ends_on",),
                f"{held.cycle_ends_on} is no end of a cycle of {held.pack.id}",
                _end_in_words(end),
            )
        )
    elif proration_of(held):
        cycle = cycle_of(held)
        if held.licensed_on is None:
            problems.append(
                Problem(("licensed_on",), "is missing", "the license date, for a first renewal")
            )
        elif cycle and not cycle.starts_on <= held.licensed_on <= cycle.ends_on:
            problems.append(
                Problem(
                    ("licensed_on",),
                    f"{held.licensed_on} is outside the cycle",
                    f"a day from {cycle.starts_on} to {cycle.ends_on}",
                )
            )
    return problems


def is_inside(day: date, held: CredentialHeld, window: Window | None) -> bool:
    """Whether work of that day may count; an unknown length leaves only the end."""
    if window is None:
        return day <= held.cycle_ends_on
    return window.starts_on <= day <= window.ends_on


def _declaration(held: CredentialHeld, *, required: bool | None) -> DeclarationWindow | None:
    rule = held.pack.declaration
    if rule is None or held.expired or required is False:
        return None
    return DeclarationWindow(
        opens_on=held.cycle_ends_on - timedelta(days=rule.opens_days_before_end),
        closes_on=held.cycle_ends_on - timedelta(days=rule.closes_days_before_end),
    )


def _finish_by(
    held: CredentialHeld,
    window: Window | None,
    declaration: DeclarationWindow | None,
    *,
    required: bool | None,
) -> date | None:
    if held.expired or required is False:
        return None
    if declaration is not None:
        return declaration.closes_on
    if held.pack.finish_days_before_end is not None:
        return held.cycle_ends_on - timedelta(days=held.pack.finish_days_before_end)
    return window.ends_on if window else None


def _months_up_to(last: date, *, months: int) -> Window:
    """The months that end with ``last``; a start on February 29 that is missing is March 1."""
    after = last + _DAY
    count = after.year * 12 + after.month - 1 - months
    year, month = divmod(count, 12)
    try:
        return Window(date(year, month + 1, after.day), last)
    except ValueError:  # the month is too short for that day
        count += 1
        return Window(date(count // 12, count % 12 + 1, 1), last)


def ends_there(day: date, end: CycleEnd) -> bool:
    """Whether a body that fixes the ends of its cycles can end one on this day."""
    if end.month is not None and (day.month, day.day) != (end.month, end.day):
        return False
    return end.years == "any" or day.year % 2 == (0 if end.years == "even" else 1)


def _end_in_words(end: CycleEnd) -> str:
    years = {"any": "any year", "even": "an even year", "odd": "an odd year"}[end.years]
    if end.month is None:
        return f"a day of {years}"
    return f"{date(2000, end.month, end.day or 1):%B} {end.day} of {years}"
