"""Sentences about a credential's status. Every number is the engine's; here they become words."""

from collections.abc import Callable
from dataclasses import dataclass

from aliquot.credentials.facts import Confirmed, Pack, Reason, Situation, Verdict
from aliquot.credentials.queries import (
    CycleStanding,
    Declared,
    Origin,
    Record,
    Summary,
    body_of,
)
from aliquot.credentials.queries.wording import PAST, american, in_units, reason, verb
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class Headline:
    """What a page says first: the fact with its date, and what follows from it."""

    title: str
    lead: str
    advice: str = ""
    kind: str = "info"  # of the advice: info, success, warning, danger
    cycle: str = ""  # the lead without the credential's letters, where they stand beside it


def asks_for(pack: Pack) -> str:
    """What a credential asks for, in a sentence; an unconfirmed figure is never stated as fact."""
    newest, years = pack.rule_sets[0], pack.cycle_years
    if newest.total is None:
        return f"We do not know how many {pack.unit} {pack.letters} asks for."
    if newest.total == 0 and newest.confirmed is Confirmed.YES:
        dues = ", only yearly dues" if pack.annual_fee else ""
        return f"{body_of(pack).name} asks for no continuing education{dues}."
    if newest.total == 0:
        return "We found no continuing education asked for, but that is not confirmed."
    span = "" if years is None else " a year" if years == 1 else f" every {years} years"
    doubt = {
        Confirmed.YES: "",
        Confirmed.PARTIAL: ", as far as we know",
        Confirmed.NO: ", but that is not confirmed",
    }[newest.confirmed]
    return f"{pack.letters} asks for {in_units(newest.total, pack.unit)}{span}{doubt}."


def counted_days(days: int) -> str:
    """``today``, ``1 day left``, ``189 days left``."""
    if days == 0:
        return "today is the last day"
    return f"{days:,} day{'' if days == 1 else 's'} left"


def headline(standing: CycleStanding) -> Headline:
    """The date first: what is missing, and the last sensible day; once declared, that it is."""
    if standing.declared is not None:
        return Headline(
            title=declared_words(standing.declared, standing.pack),
            lead=_lead(standing.verdict),
            cycle=_cycle(standing.verdict),
            advice=f"{standing.pack.body} decides. When its account shows a new end date, start "
            "your next cycle.",
            kind="success",
        )
    title, advice, kind = _SENTENCES[standing.situation](standing.verdict)
    return Headline(
        title=title,
        lead=_lead(standing.verdict),
        advice=advice,
        kind=kind,
        cycle=_cycle(standing.verdict),
    )


def title_of(summary: Summary) -> str:
    """The title of ``headline``, for one line among others."""
    if summary.declared is not None:
        return declared_words(summary.declared, summary.pack)
    return _SENTENCES[summary.situation](summary)[0]


def forecast_words(standing: CycleStanding) -> Headline | None:
    """What the pace so far promises, in two sentences; None where it says nothing."""
    found, unit = standing.forecast, standing.pack.unit
    if found is None:
        return None
    if found.reached_on is not None:
        return Headline(
            title=f"On track: at your pace all {in_units(found.needed, unit)} are in by "
            f"{long_date(found.reached_on)}.",
            lead="A pace promises nothing, and it is about the total only.",
            kind="success",
        )
    return Headline(
        title=f"At your pace you will have {shortest(found.will_have)} of "
        f"{in_units(found.needed, unit)} by {long_date(found.by)}: {shortest(found.short)} short.",
        lead=f"{in_units(found.enough, unit)} a month {'is' if found.enough == 1 else 'are'} "
        f"enough; so far it was {shortest(found.pace)}.",
        kind="warning",
    )


def declared_words(declared: Declared, pack: Pack) -> str:
    """``Declared on April 5, 2027, confirmation A 123``."""
    number = declared.confirmation_number
    confirmed = f", confirmation {number}" if number else ""
    return f"{PAST[verb(pack)].capitalize()} on {long_date(declared.declared_on)}{confirmed}"


def taking_part(verdict: Verdict) -> str:
    """Whether the holder must take part, and why."""
    required = verdict.participation.required
    because = american(verdict.participation.because)
    if required is None:
        return f"whether you must take part is not known: {because}"
    if required:
        return f"participation required: {because}"
    return because


def origin_words(record: Record, pack: Pack) -> str:
    """Who says so: a certificate of this site, the holder, or the body's page."""
    if record.origin is Origin.OPENING_BALANCE:
        return "opening balance, no proof here"
    return "you entered this" if record.origin is Origin.ELSEWHERE else ""


def refusal(record: Record, row_reason: Reason, explain: str) -> str:
    """Why an amount does not count; of an opening balance nobody knows the subject."""
    if record.origin is Origin.OPENING_BALANCE and row_reason is Reason.NOT_ACCEPTED:
        return "Any area is full, and these points can fill no named area"
    return reason(explain).removesuffix(".")


def _lead(verdict: Verdict) -> str:
    return f"{verdict.pack.letters} · {_cycle(verdict)}"


def _cycle(verdict: Verdict) -> str:
    window, parts = verdict.window, []
    if verdict.held.expired and verdict.pack.expired_rule:
        parts.append(f"expired, cycle ended {long_date(verdict.held.cycle_ends_on)}")
    elif verdict.participation.required is False:
        if window:
            parts.append(f"{long_date(window.starts_on)} to {long_date(window.ends_on)}")
    elif window and window.ends_on == verdict.held.cycle_ends_on:
        parts.append(f"cycle {long_date(window.starts_on)} to {long_date(window.ends_on)}")
    else:
        parts.append(f"cycle ends {long_date(verdict.held.cycle_ends_on)}")
    return " · ".join([*parts, taking_part(verdict)])


type _Said = tuple[str, str, str]
type _Figures = Verdict | Summary


def _to_go(verdict: _Figures) -> str:
    return f"{in_units(verdict.missing, verdict.pack.unit)} to go"


def _all_in(verdict: _Figures) -> str:
    return f"All {in_units(verdict.needed, verdict.pack.unit)} are in"


def _short(verdict: _Figures) -> _Said:
    last = verdict.finish_by
    if last is None:
        return _to_go(verdict), "", "info"
    deed = f" and {verb(verdict.pack)}" if verdict.declaration else ""
    return f"{_to_go(verdict)}. Finish{deed} by {long_date(last)}", "", "info"


def _late(verdict: _Figures) -> _Said:
    end, body, deed = long_date(verdict.held.cycle_ends_on), verdict.pack.body, verb(verdict.pack)
    last = long_date(verdict.finish_by) if verdict.finish_by else ""
    if verdict.met:
        advice = (
            f"{last} was the last sensible day: what is sent later may not be processed before "
            f"the cycle ends. {deed.capitalize()} today, and ask {body} whether it arrives in time."
        )
        return (
            f"{_all_in(verdict)}. {deed.capitalize()} today: the cycle ends {end}",
            advice,
            "danger",
        )
    advice = (
        f"{last} was the last sensible day. Finish now, {deed} at once, and ask {body} whether it "
        "arrives in time."
    )
    return f"{_to_go(verdict)} before {end}", advice, "danger"


def _waiting(verdict: _Figures) -> _Said:
    window, deed = verdict.declaration, verb(verdict.pack)
    if window is None:
        return _ready(verdict)
    dates = f"{long_date(window.opens_on)}, to {long_date(window.closes_on)}"
    title = f"{_all_in(verdict)}. {deed.capitalize()} from {dates}"
    return title, "Keep every certificate: anything declared may be audited.", "success"


def _ready(verdict: _Figures) -> _Said:
    last = verdict.finish_by or verdict.held.cycle_ends_on
    deed = verb(verdict.pack)
    advice = f"Sign in at {body_of(verdict.pack).account} and {deed}: nothing here does it for you."
    return f"{_all_in(verdict)}. {deed.capitalize()} by {long_date(last)}", advice, "success"


def _over(verdict: _Figures) -> _Said:
    end, body = long_date(verdict.held.cycle_ends_on), verdict.pack.body
    if verdict.met is None:
        advice = f"Some figures for this cycle are not known: check with {body}."
        return f"This cycle ended on {end}", advice, "warning"
    if verdict.met:
        return (
            f"This cycle ended on {end} with all {in_units(verdict.needed, verdict.pack.unit)}",
            f"If {body} has renewed it, start your next cycle with the new end date.",
            "success",
        )
    missing = in_units(verdict.missing, verdict.pack.unit)
    advice = (
        f"If {body} has renewed it all the same, start your next cycle. If not, mark it as expired "
        "to see what getting it back takes."
    )
    return f"This cycle ended on {end}, {missing} short", advice, "danger"


def _expired(verdict: _Figures) -> _Said:
    letters, advice = verdict.pack.letters, body_of(verdict.pack).expired
    if verdict.met:
        return f"Enough points to ask for {letters} back", advice, "success"
    return f"{_to_go(verdict)} to get {letters} back", advice, "warning"


def _voluntary(verdict: _Figures) -> _Said:
    unit = verdict.pack.unit
    advice = body_of(verdict.pack).voluntary
    if verdict.met:
        return (
            f"Voluntary: all {in_units(verdict.needed, unit)} in the last three years",
            advice,
            "success",
        )
    counted, needed = shortest(verdict.counted), in_units(verdict.needed, unit)
    return f"Voluntary: {counted} of {needed} in the last three years", advice, "info"


def _unknown(verdict: _Figures) -> _Said:
    counted = in_units(verdict.counted, verdict.pack.unit)
    advice = f"Some figures for this cycle are not known: check with {verdict.pack.body}."
    if verdict.counted == 1:
        return f"{counted} counts. What is needed is not known", advice, "warning"
    return f"{counted} count. What is needed is not known", advice, "warning"


_SENTENCES: dict[Situation, Callable[[_Figures], _Said]] = {
    Situation.SHORT: _short,
    Situation.LATE: _late,
    Situation.WAITING: _waiting,
    Situation.READY: _ready,
    Situation.OVER: _over,
    Situation.EXPIRED: _expired,
    Situation.VOLUNTARY: _voluntary,
    Situation.UNKNOWN: _unknown,
}


def rules_badge(verdict: Verdict) -> str:
    """Which rules a page shows: ``ASCP rules for renewals from 2023``."""
    rule_set = verdict.rule_set
    if rule_set is None or rule_set.renewals_from is None:
        return f"{verdict.pack.body} rules"
    years = f"{rule_set.renewals_from.year}"
    if rule_set.renewals_to is not None:
        return f"{verdict.pack.body} rules for renewals {years} to {rule_set.renewals_to.year}"
    return f"{verdict.pack.body} rules for renewals from {years}"
