"""A rule set in words: its period, its areas, its sources and how far they are confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass

from aliquot.credentials.facts import Confirmed, Pack, RuleSet, Source
from aliquot.credentials.queries.wording import american

_CONFIRMED = {
    Confirmed.YES: ("confirmed", "success"),
    Confirmed.PARTIAL: ("partly confirmed", "warning"),
    Confirmed.NO: ("not confirmed", "danger"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """A rule set with its sources, as pages list them."""

    rule_set: RuleSet
    period: str
    confirmed: str
    confirmed_kind: str


def rules_of(rule_set: RuleSet) -> Rules:
    """Words for the period and the confirmation of a rule set."""
    confirmed, kind = _CONFIRMED[rule_set.confirmed]
    return Rules(rule_set, _period(rule_set), confirmed, kind)


def confirmation(value: Confirmed) -> tuple[str, str]:
    """How far something is confirmed: words, and the kind of their badge."""
    return _CONFIRMED[value]


def _period(rule_set: RuleSet) -> str:
    first, last = rule_set.renewals_from, rule_set.renewals_to
    if first and last:
        return f"Cycles that end from {american(str(first))} to {american(str(last))}"
    if first:
        return f"Cycles that end on or after {american(str(first))}"
    if last:
        return f"Cycles that end until {american(str(last))}"
    return "All cycles"


def sources_of(pack: Pack, *more: Iterable[Source]) -> list[Source]:
    """Every source of a pack, and of what else a page says, in the order of their ids."""
    lists = [
        *(rule_set.sources for rule_set in pack.rule_sets),
        pack.participation.sources,
        pack.declaration.sources if pack.declaration else (),
        *(cap.sources for cap in pack.caps),
        *more,
    ]
    found = {source.id: source for sources in lists for source in sources}
    return sorted(found.values(), key=lambda source: (len(source.id), source.id))
