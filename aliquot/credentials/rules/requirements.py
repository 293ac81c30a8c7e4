"""Which lines one holder must fill in one cycle: from a rule set to amounts and what fills them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts import Confirmed, CredentialHeld, Pack, Requirement, RuleSet
from aliquot.credentials.rules.amounts import to_decimal, to_hundredths
from aliquot.credentials.rules.cycles import proration_of

REMAINDER = "remainder"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement of one holder. ``need`` None: the figure is unknown, nothing is allocated.

    ``takes`` None: any area. ``accepts`` is what people read. ``approvals`` None: any approval.
    Amounts are hundredths.
    """

    id: str
    title: str
    need: int | None
    accepts: tuple[str, ...] | None
    takes: frozenset[str] | None
    approvals: frozenset[str] | None
    least_part: int = 0

    def takes_any_of(self, areas: Collection[str]) -> bool:
        """Whether credit of one of these areas may fill the line; of no area, none."""
        return bool(areas) if self.takes is None else not self.takes.isdisjoint(areas)


@dataclass(frozen=True, slots=True)
class Demand:
    """All lines of one holder in one cycle, and what is not known about them.

    ``total`` None: some figure is unknown. ``cap_base`` is the total that caps are a fraction of,
    None where that is unknown. ``unknown`` names in words what is not known.
    """

    lines: tuple[Line, ...]
    total: int | None
    cap_base: int | None
    unknown: tuple[str, ...]
    other_minima_unknown: bool = False
    remainder_areas_unknown: bool = False
    is_confirmed: bool = True

    @property
    def needs_nothing(self) -> bool:
        """A total of 0 that is confirmed."""
        return self.total == 0 and self.is_confirmed


NOTHING_KNOWN = Demand(
    lines=(),
    total=None,
    cap_base=None,
    unknown=("the rules for cycles that end this early",),
    other_minima_unknown=True,
    is_confirmed=False,
)


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures that apply once reinstatement, first renewal and waiver are decided."""

    minima: tuple[Requirement, ...] | None
    remainder: Decimal | None
    total: Decimal | None
    remainder_computed: bool = False


def demand_of(held: CredentialHeld, rule_set: RuleSet) -> Demand:
    """The lines that this holder must fill under this rule set."""
    figures = _figures(held, rule_set)
    lines = _lines_of(held, figures.minima or ())
    remainder = _remainder(figures, lines)
    if remainder != 0:
        lines.append(_remainder_line(held, rule_set, remainder))
    unknown = _unknown(rule_set, figures, lines)
    return Demand(
        lines=tuple(lines),
        total=None if unknown else sum(line.need or 0 for line in lines),
        cap_base=None if figures.total is None else to_hundredths(figures.total),
        unknown=unknown,
        other_minima_unknown=figures.minima is None,
        remainder_areas_unknown=remainder != 0 and rule_set.remainder_areas is None,
        is_confirmed=rule_set.confirmed is Confirmed.YES,
    )


def _figures(held: CredentialHeld, rule_set: RuleSet) -> _Figures:
    expired, first, waiver = held.pack.expired_rule, rule_set.first_renewal, rule_set.waiver
    if held.expired and expired is not None and expired.total is not None:
        return _Figures((), expired.total, expired.total)
    if proration := proration_of(held):
        reached = [step for step in proration if step[0] <= (held.licensed_on or date.min)]
        _, total = max(reached, default=min(proration))
        return _Figures((), total, total)
    if held.first_renewal and first is not None:
        lines = _lines_of(held, first.minima)
        return _Figures(first.minima, Decimal(0), to_decimal(sum(line.need or 0 for line in lines)))
    if waiver and held.formerly_nca and waiver.ends_from <= held.cycle_ends_on <= waiver.ends_to:
        return _Figures((), waiver.remainder, rule_set.total)
    return _Figures(
        rule_set.minima, rule_set.remainder, rule_set.total, rule_set.remainder_computed
    )


def _lines_of(held: CredentialHeld, minima: tuple[Requirement, ...]) -> list[Line]:
    lines: list[Line] = []
    for minimum in minima:
        if minimum.if_roles and minimum.if_roles.isdisjoint(held.roles):
            continue
        if not minimum.per_specialty:
            lines.append(_line(held, minimum))
            continue
        lines += [
            _line(
                held,
                replace(
                    minimum,
                    id=specialty,
                    title=held.pack.area_titles.get(specialty, specialty),
                    any_of=(specialty,),
                    takes=_counting_as(specialty, held.pack),
                ),
            )
            for specialty in dict.fromkeys(held.specialties)
        ]
    return lines


def _line(held: CredentialHeld, minimum: Requirement) -> Line:
    own = minimum.approvals_accepted
    return Line(
        id=minimum.id,
        title=minimum.title,
        need=None if minimum.points is None else to_hundredths(minimum.points),
        accepts=minimum.any_of,
        takes=minimum.takes,
        approvals=held.pack.approvals_accepted if own is None else own,
        least_part=to_hundredths(minimum.min_activity or Decimal(0)),
    )


def _remainder(figures: _Figures, minima: list[Line]) -> int | None:
    """What is left for any area: a figure, or the total less the minima; None: unknown."""
    if figures.remainder_computed:
        if figures.total is None or any(line.need is None for line in minima):
            return None
        return max(0, to_hundredths(figures.total) - sum(line.need or 0 for line in minima))
    return None if figures.remainder is None else to_hundredths(figures.remainder)


def _remainder_line(held: CredentialHeld, rule_set: RuleSet, need: int | None) -> Line:
    areas = rule_set.remainder_areas
    return Line(
        id=REMAINDER,
        title="Any area",
        need=need,
        accepts=areas if isinstance(areas, tuple) else None,
        takes=rule_set.remainder_takes,
        approvals=held.pack.approvals_accepted,
    )


def _unknown(rule_set: RuleSet, figures: _Figures, lines: list[Line]) -> tuple[str, ...]:
    unknown = []
    if figures.total is None:
        unknown.append("the total")
    if figures.minima is None:
        unknown.append("the minima")
    unknown += [f"the amount for {line.title}" for line in lines if line.need is None]
    if rule_set.confirmed is Confirmed.NO:
        unknown.append("whether the figures hold at all: no good source confirms them")
    return tuple(unknown)


def _counting_as(area: str, pack: Pack) -> frozenset[str]:
    """The area and every area below it."""
    return frozenset(other for other in pack.area_titles if area in ancestry(other, pack))


def ancestry(area: str, pack: Pack) -> tuple[str, ...]:
    """The area, its parent, and so on up: everything it counts as."""
    parent = pack.area_parents.get(area)
    return (area,) if parent is None else (area, *ancestry(parent, pack))
