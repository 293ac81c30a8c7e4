"""What rules and window decide about a cycle before anybody's activities are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aliquot.credentials.facts import CredentialHeld, RuleSet, Window
from aliquot.credentials.rules.amounts import to_hundredths
from aliquot.credentials.rules.cycles import rule_set_for
from aliquot.credentials.rules.eligibility import Screening
from aliquot.credentials.rules.requirements import NOTHING_KNOWN, Demand, demand_of


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits that several activities share: the position of the limit of a kind, and the limits."""

    group_of: Mapping[str, int]
    limits: tuple[int, ...]

    def limit_of(self, kind: str) -> int | None:
        """The limit that a kind falls under, in hundredths; None if there is none."""
        group = self.group_of.get(kind)
        return None if group is None else self.limits[group]


@dataclass(frozen=True, slots=True)
class Ground:
    """Rule set, lines, limits and screening."""

    rule_set: RuleSet | None
    demand: Demand
    screening: Screening
    caps: Caps


def ground_of(held: CredentialHeld, window: Window | None) -> Ground:
    """The ground that one cycle is judged on."""
    return _ground(held, rule_set_for(held), is_length_known=window is not None)


class Grounds:
    """Grounds kept for cycles that have the same one: for a run over many people.

    At most ``most`` are kept; when they are used up it starts anew, so memory stays flat.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: dict[object, tuple[CredentialHeld, Ground]] = {}

    def of(self, held: CredentialHeld, window: Window | None) -> Ground:
        """What ``ground_of`` answers."""
        rule_set = rule_set_for(held)
        key = (
            id(held.pack),  # the pack stays alive, and its id taken, while it is kept here
            id(rule_set),
            window is None,
            held.expired,
            held.specialties if _asks(rule_set, "per_specialty") else (),
            held.roles if _asks(rule_set, "if_roles") else (),
            # The day matters only to a waiver and to a prorated first renewal.
            held.cycle_ends_on if held.formerly_nca or held.first_renewal else None,
            held.formerly_nca,
            held.licensed_on if held.first_renewal else None,
            held.first_renewal,
        )
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            ground = _ground(held, rule_set, is_length_known=window is not None)
            found = self._kept[key] = (held, ground)
        return found[1]


def _asks(rule_set: RuleSet | None, about: str) -> bool:
    """Whether some minimum of the rule set is for certain holders only."""
    if rule_set is None:
        return False
    first = rule_set.first_renewal.minima if rule_set.first_renewal else ()
    return any(getattr(minimum, about) for minimum in (*(rule_set.minima or ()), *first))


def _ground(held: CredentialHeld, rule_set: RuleSet | None, *, is_length_known: bool) -> Ground:
    demand = demand_of(held, rule_set) if rule_set else NOTHING_KNOWN
    if not is_length_known:
        demand = replace(demand, total=None, unknown=(*demand.unknown, "the length of the cycle"))
    return Ground(
        rule_set=rule_set,
        demand=demand,
        screening=Screening(held.pack, demand),
        caps=_caps(held, demand),
    )


def _caps(held: CredentialHeld, demand: Demand) -> Caps:
    """Caps that are a fraction of an unknown total do not bind."""
    group_of: dict[str, int] = {}
    limits: list[int] = []
    if demand.cap_base is not None:
        for cap in held.pack.caps:
            group_of |= dict.fromkeys(cap.kinds, len(limits))
            limits.append(int(demand.cap_base * cap.fraction_of_total))
    for allowance in held.pack.allowances:
        group_of[allowance.kind] = len(limits)
        limits.append(to_hundredths(allowance.at_most))
    return Caps(group_of, tuple(limits))
