"""What must hold between the figures of one rule pack, once each of them could be read."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from aliquot.credentials.errors import Fault
from aliquot.credentials.facts import Pack, Requirement, RuleSet

type Path = tuple[str | int, ...]


def inconsistencies(pack: Pack) -> list[Fault]:
    """Every contradiction within the pack."""
    return [*_about_credential(pack), *_about_order(pack), *_about_rule_sets(pack)]


def _about_credential(pack: Pack) -> Iterator[Fault]:
    if pack.cycle_years == 0:
        yield Fault(("cycle", "years"), "0: accepted: 1 or more, or null where it is not known")
    rule = pack.declaration
    if rule and rule.opens_days_before_end <= rule.closes_days_before_end:
        yield Fault(("declaration",), "accepted: it opens before it closes")
    if pack.expired_rule and not pack.expired_rule.months:
        yield Fault(("expired_rule", "months"), "0: accepted: 1 or more")
    for index, allowance in enumerate(pack.allowances):
        if allowance.completed_from > allowance.completed_to:
            yield Fault(("allowances", index), "accepted: completed_from before completed_to")
    kinds = [kind for cap in pack.caps for kind in cap.kinds]
    kinds += [allowance.kind for allowance in pack.allowances]
    if len(set(kinds)) != len(kinds):
        yield Fault(("caps",), "accepted: each kind under one cap or allowance")
    if any(newer.released < older.released for newer, older in pairwise(pack.changes)):
        yield Fault(("changes",), "accepted: newest first")


def _about_order(pack: Pack) -> Iterator[Fault]:
    if not pack.rule_sets:
        yield Fault(("rule_sets",), "accepted: at least one")
    for newer, older in pairwise(pack.rule_sets):
        if newer.renewals_from is None or older.renewals_to is None:
            what = "only the newest is open to the future, only the oldest to the past"
            yield Fault(("rule_sets",), what)
        elif older.renewals_to >= newer.renewals_from:
            yield Fault(("rule_sets",), "accepted: newest first, without overlap")


def _about_rule_sets(pack: Pack) -> Iterator[Fault]:
    for index, rule_set in enumerate(pack.rule_sets):
        path: Path = ("rule_sets", index)
        first, last = rule_set.renewals_from, rule_set.renewals_to
        if first and last and first > last:
            yield Fault(path, "accepted: renewals_from before renewals_to")
        waiver = rule_set.waiver
        if waiver and waiver.ends_from > waiver.ends_to:
            what = "accepted: ends_from before ends_to"
            yield Fault((*path, "minima_waived_for_former_nca"), what)
        if not _adds_up(rule_set):
            yield Fault(path, "minima and remainder do not add up to the total")
        if rule_set.remainder_areas == () and rule_set.remainder:
            yield Fault((*path, "remainder_areas"), "[]: accepted: areas that can fill it, or any")
        yield from _about_minima(pack, rule_set.minima or (), (*path, "minima"))
        if rule_set.first_renewal:
            minima = rule_set.first_renewal.minima
            yield from _about_minima(pack, minima, (*path, "first_renewal", "minima"))
            if minima and rule_set.first_renewal.proration:
                what = "accepted: either minima or proration"
                yield Fault((*path, "first_renewal"), what)


def _about_minima(pack: Pack, minima: Sequence[Requirement], path: Path) -> Iterator[Fault]:
    ids = [minimum.id for minimum in minima]
    if len(set(ids)) != len(ids) or "remainder" in ids:
        yield Fault(path, "accepted: each id once, and none called remainder")
    for index, minimum in enumerate(minima):
        if minimum.any_of and pack.excluded.issuperset(minimum.any_of):
            what = "accepted: an area that is not among the excluded"
            yield Fault((*path, index, "any_of"), what)


def _adds_up(rule_set: RuleSet) -> bool:
    """Known figures must add up; a line per specialty or role makes the remainder computed."""
    if rule_set.total is None or rule_set.remainder is None or rule_set.minima is None:
        return True
    points = [minimum.points for minimum in rule_set.minima]
    known = [value for value in points if value is not None]
    return len(known) != len(points) or sum(known) + rule_set.remainder == rule_set.total
