"""The requirements of a rule set as pages and programs list them, those for any area last."""

from dataclasses import dataclass
from decimal import Decimal

from aliquot.credentials.facts import Pack, RuleSet
from aliquot.credentials.queries.wording import asks_of, taken_areas, taken_by_the_rest


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One requirement. ``needed`` None: not known, or with ``is_rest`` what the others leave.

    ``accepts`` are the ids of the areas; None: any area. ``fills`` says it in words. ``asks`` is
    what the line asks beyond its areas, or empty.
    """

    id: str
    title: str
    needed: Decimal | None
    accepts: tuple[str, ...] | None
    fills: str
    asks: str = ""
    is_rest: bool = False


def asked_lines(pack: Pack, rule_set: RuleSet) -> list[AskedLine]:
    """Every line of a rule set; without those for any area where nothing is left for them."""
    lines = [
        AskedLine(
            id=minimum.id,
            title=minimum.title,
            needed=minimum.points,
            accepts=minimum.any_of,
            fills=taken_areas(minimum.any_of, pack),
            asks=asks_of(minimum, pack),
        )
        for minimum in rule_set.minima or ()
    ]
    if rule_set.remainder != 0:
        areas = rule_set.remainder_areas
        lines.append(
            AskedLine(
                id="remainder",
                title="Any area",
                needed=rule_set.remainder,
                accepts=areas if isinstance(areas, tuple) else None,
                fills=taken_by_the_rest(rule_set, pack),
                is_rest=rule_set.remainder_computed,
            )
        )
    return lines
