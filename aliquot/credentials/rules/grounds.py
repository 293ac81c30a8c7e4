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
    """Rule set, lines, limits and screening. ``known``: positions of lines that can be filled."""

    rule_set: RuleSet | None
    demand: Demand
    screening: Screening
    known: tuple[int, ...]
    caps: Caps


def ground_of(held: CredentialHeld, window: Window | None) -> Ground:
    """The ground that one cycle is judged on."""
    rule_set = rule_set_for(held)
    demand = demand_of(held, rule_set) if rule_set else NOTHING_KNOWN
    if window is None:
        demand = replace(demand, total=None, unknown=(*demand.unknown, "the length of the cycle"))
    return Ground(
        rule_set=rule_set,
        demand=demand,
        screening=Screening(held, demand, window),
        known=tuple(i for i, line in enumerate(demand.lines) if line.need is not None),
        caps=_caps(held, demand),
    )


class Grounds:
    """Grounds kept for cycles that have the same one: for a run over many people.

    At most ``most`` are kept; when they are used up it starts anew, so memory stays flat.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: dict[object, tuple[CredentialHeld, Ground]] = {}

    def of(self, held: CredentialHeld, window: Window | None) -> Ground:
        """What ``ground_of`` answers."""
        key = (
            id(held.pack),  # the pack stays alive, and its id taken, while it is kept here
            held.cycle_ends_on,
            held.formerly_nca,
            held.expired,
            held.first_renewal,
            held.licensed_on,
            held.specialties,
            held.roles,
            window,
        )
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            found = self._kept[key] = (held, ground_of(held, window))
        return found[1]


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
