"""What is special about a credential's rules, in sentences: windows, first renewals, refusals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aliquot.credentials.data.bodies import PROOF_FACTS, ProofWants
from aliquot.credentials.facts import Confirmed, EvidenceWindow, Pack, Source
from aliquot.credentials.queries import Served, body_of, open_end_of
from aliquot.credentials.queries.wording import in_units
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class Special:
    """One sentence, the sources it rests on, and how far it is confirmed."""

    text: str
    sources: tuple[Source, ...]
    confirmed: Confirmed


def headline(credential: Served) -> str:
    """The first sentence of a credential's page; unknown and unconfirmed figures say so."""
    if credential.total is None:
        return f"{credential.letters}: how many {credential.unit} it needs is not known"
    if not credential.total and credential.confirmed is Confirmed.YES:
        return f"{credential.letters} asks for no continuing education"
    if not credential.total:
        return f"{credential.letters}: no continuing education found, not confirmed"
    years = credential.cycle_years
    every = "" if years is None else " every year" if years == 1 else f" every {years} years"
    total = in_units(credential.total, credential.unit)
    if credential.confirmed is Confirmed.NO:
        return f"{credential.letters}: {total}{every}, not confirmed"
    doubt = "" if credential.confirmed is Confirmed.YES else ", partly confirmed"
    return f"{credential.letters} needs {total}{every}{doubt}"


def specials_of(pack: Pack, *, today: date) -> list[Special]:
    """Everything special: what the pack's figures say, then what is known of the body."""
    newest = pack.rule_sets[0]
    said = [
        Special(text, newest.sources, newest.confirmed)
        for text in [
            *_windows(pack, today),
            *_first_renewal(pack, today),
            *_refusals(pack),
            *_keeping(pack),
        ]
    ]
    body = [
        Special(rule.text, rule.sources, rule.confirmed) for rule in body_of(pack).peculiarities
    ]
    return [*said, *body]


def proof_words(wants: ProofWants) -> Sequence[str]:
    """What must be readable on a proof, in words."""
    return [PROOF_FACTS[fact] for fact in wants.wants]


def _windows(pack: Pack, today: date) -> Iterable[str]:
    if pack.evidence_window is EvidenceWindow.TWO_CALENDAR_YEARS_BEFORE:
        year = today.year + 1
        yield (
            "Work counts by calendar years: for a license that is renewed in "
            f"{year}, it must be completed from January 1, {year - 2} to December 31, {year - 1}."
        )
    end = pack.cycle_end
    if end is not None:
        day = "" if end.month is None or end.day is None else _day(end.month, end.day)
        years = {"even": " of an even year", "odd": " of an odd year"}.get(end.years, "")
        if day:
            yield f"Every cycle ends on {day}{years}."
        elif years:
            yield f"Every cycle ends in{years.removeprefix(' of')}."
    if pack.finish_days_before_end:
        yield (
            f"Finish {pack.finish_days_before_end} days before the end: so long a provider may "
            "take to report."
        )
    expired = pack.expired_rule
    if expired is not None:
        span = (
            f"{expired.months} months" if expired.months < 24 else f"{expired.months // 12} years"
        )
        total = f" {in_units(expired.total, pack.unit)}" if expired.total else " what"
        counts = "are asked for, completed" if expired.total else "counts was completed"
        yield f"Once it has expired,{total} {counts} within the last {span}."


def _first_renewal(pack: Pack, today: date) -> Iterable[str]:
    first = pack.rule_sets[0].first_renewal
    if first is None:
        return
    if first.proration:
        end = open_end_of(pack, today)
        steps = []
        for step in first.proration:
            starts = long_date(date(end.year - step.years_before_end, step.month, step.day))
            need = in_units(step.total, pack.unit) if step.total else f"no {pack.unit}"
            steps.append(f"licensed from {starts}, {need}")
        yield f"First renewal, in the cycle that ends on {long_date(end)}: {'; '.join(steps)}."
    elif first.minima:
        lines = ", ".join(
            f"{shortest(line.points)} for {line.title}" if line.points else line.title
            for line in first.minima
        )
        yield f"At the first renewal only these {pack.unit} are asked for: {lines}."
    else:
        yield f"At the first renewal no {pack.unit} are asked for."


def _refusals(pack: Pack) -> Iterable[str]:
    if pack.excluded:
        areas = ", ".join(
            pack.area_titles[area] for area in pack.area_titles if area in pack.excluded
        )
        yield f"Refused, whatever the course: {areas}."
    if pack.carry_over == 0:
        yield f"Nothing carries over: {pack.unit} too many in one cycle are lost for the next."


def _keeping(pack: Pack) -> Iterable[str]:
    if pack.duty_from_renewal:
        yield f"The duty began with renewals on {long_date(pack.duty_from_renewal)}."
    if pack.annual_fee:
        yield "There is an annual fee as well."
    if pack.reexam_after_lapsed_years:
        years = pack.reexam_after_lapsed_years
        yield f"After {years} lapsed years only an examination brings it back."
    if pack.credential_valid_years:
        yield f"The credential itself lives {pack.credential_valid_years} years."
    if pack.retain_years:
        yield f"Keep your proofs for {pack.retain_years} years."
    if pack.note:
        yield pack.note


def _day(month: int, day: int) -> str:
    return f"{date(2000, month, day):%B} {day}"
