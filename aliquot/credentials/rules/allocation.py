"""The exact best allocation of credit to requirements: a flow problem in whole numbers.

Promises, with worked numbers, are in docs/rules/allocation.md. Credit flows from items (parts of
activities) to requirements. Items that may do exactly the same are one node, so the network stays
small however many activities there are. Three steps, each keeping what the one before settled:

1. hold the pins;
2. fill the requirements in order, each as far as possible. A path may reroute earlier choices but
   never lowers an earlier requirement, so the total is the greatest possible (the amounts that
   requirements can reach together form a polymatroid: greedy is exact);
3. with these totals fixed, go requirement by requirement through the items in order, and raise
   what is taken from each as far as exchanges around a cycle allow, then freeze it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aliquot.credentials.rules.flow import Network


@dataclass(frozen=True, slots=True)
class Item:
    """Credit that may go to any of the requirements ``takes`` (positions, ascending).

    ``owner`` is the activity, ``group`` the position of the cap it falls under. Amounts here are
    hundredths of a point.
    """

    owner: int
    amount: int
    takes: tuple[int, ...]
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """At least ``amount`` of activity ``owner`` stays in ``requirement``."""

    owner: int
    requirement: int
    amount: int


@dataclass(slots=True)
class Outcome:
    """``taken[item, requirement]``, what each requirement got, and what went through each cap."""

    taken: dict[tuple[int, int], int] = field(default_factory=dict)
    filled: list[int] = field(default_factory=list)
    through: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Alike:
    """Items that may do the same: one node, with an arc to each requirement that they may fill."""

    node: int
    supply_arc: int
    arcs: dict[int, int]


class Allocator:
    """One allocation problem; call ``hold`` for each pin, then ``fill``, then ``settle``.

    ``items`` stand in the order of ties: completed first, then first in the file, then first part.
    """

    def __init__(
        self,
        needs: Sequence[int],
        items: Sequence[Item],
        caps: Sequence[int] = (),
        pins: Sequence[Held] = (),
    ) -> None:
        self._needs = list(needs)
        self._items = items
        self._network = Network()
        self._source = self._network.add_node()
        self._plenty = sum(item.amount for item in items) + 1
        self._requirements = [self._network.add_node() for _ in needs]
        self._caps: list[tuple[int, int]] = [self._add_cap(cap) for cap in caps]
        self._pinned = {(pin.owner, pin.requirement): self._add_pin(pin) for pin in pins}
        self._pinned_owners = {pin.owner for pin in pins}
        self._alike: dict[tuple[tuple[int, ...], int | None, int | None], _Alike] = {}
        self._alike_of = [self._join(item) for item in items]
        self._filled = [0] * len(needs)

    @property
    def filled(self) -> list[int]:
        """What each requirement has got so far."""
        return list(self._filled)

    def hold(self, pin: Held) -> bool:
        """Hold a pin, together with those held before; False, and nothing held, if impossible."""
        room = self._needs[pin.requirement] - self._filled[pin.requirement]
        if pin.amount > room:
            return False
        node, _ = self._pinned[pin.owner, pin.requirement]
        before = self._network.room.copy()
        if self._network.push(self._source, node, at_most=pin.amount) < pin.amount:
            self._network.room = before
            return False
        self._filled[pin.requirement] += pin.amount
        return True

    def fill(self) -> list[int]:
        """Fill the requirements in order; what each has got then."""
        for requirement, node in enumerate(self._requirements):
            room = self._needs[requirement] - self._filled[requirement]
            self._filled[requirement] += self._network.push(self._source, node, at_most=room)
        return self._filled

    def settle(self) -> Outcome:
        """Decide the ties and read off who gives how much to whom."""
        outcome = Outcome(filled=self.filled)
        left = [item.amount for item in self._items]
        for requirement in range(len(self._needs)):
            self._settle_requirement(requirement, left, outcome.taken)
        outcome.through = [self._network.carried(arc) for _, arc in self._caps]
        return outcome

    def _settle_requirement(
        self, requirement: int, left: list[int], taken: dict[tuple[int, int], int]
    ) -> None:
        to_take = self._filled[requirement]
        exhausted: set[int] = set()
        for index, alike in enumerate(self._alike_of):
            if not to_take:
                break
            arc = alike.arcs.get(requirement)
            if arc is None or not left[index] or arc in exhausted:
                continue
            wanted = min(left[index], to_take)
            self._raise(arc, alike.node, wanted)
            amount = min(wanted, self._network.carried(arc))
            if amount < wanted:
                exhausted.add(arc)
            if amount:
                self._network.room[arc + 1] -= amount  # frozen: no later path takes it back
                left[index] -= amount
                to_take -= amount
                taken[index, requirement] = amount
        self._close(requirement)

    def _raise(self, arc: int, node: int, wanted: int) -> None:
        """Let the arc carry ``wanted`` beyond what is frozen, if exchanges around it allow."""
        network = self._network
        carried = network.carried(arc)
        if carried >= wanted:
            return
        network.room[arc + 1] = 0  # the way round must not be the way back
        target = network.head(arc)
        pushed = network.push(target, node, at_most=min(wanted - carried, network.room[arc]))
        network.room[arc] -= pushed
        network.room[arc + 1] = carried + pushed

    def _close(self, requirement: int) -> None:
        """Nothing flows to or from a settled requirement any more."""
        arcs = [
            alike.arcs[requirement] for alike in self._alike.values() if requirement in alike.arcs
        ]
        arcs += [arc for (_, pinned), (_, arc) in self._pinned.items() if pinned == requirement]
        for arc in arcs:
            self._network.room[arc] = self._network.room[arc + 1] = 0

    def _add_cap(self, cap: int) -> tuple[int, int]:
        node = self._network.add_node()
        return node, self._network.add_arc(self._source, node, room=cap)

    def _add_pin(self, pin: Held) -> tuple[int, int]:
        """A node between an activity and a requirement; what ``hold`` sends there stays there."""
        node = self._network.add_node()
        arc = self._network.add_arc(node, self._requirements[pin.requirement], room=self._plenty)
        return node, arc

    def _join(self, item: Item) -> _Alike:
        """The node of the item, with the item's amount added to what it can supply."""
        owner = item.owner if item.owner in self._pinned_owners else None
        key = (item.takes, item.group, owner)
        alike = self._alike.get(key)
        if alike is None:
            alike = self._alike[key] = self._add_alike(item)
        self._network.room[alike.supply_arc] += item.amount
        return alike

    def _add_alike(self, item: Item) -> _Alike:
        node = self._network.add_node()
        feeder = self._source if item.group is None else self._caps[item.group][0]
        supply_arc = self._network.add_arc(feeder, node, room=0)
        arcs = {}
        for requirement in item.takes:
            pinned = self._pinned.get((item.owner, requirement))
            target = pinned[0] if pinned else self._requirements[requirement]
            arcs[requirement] = self._network.add_arc(node, target, room=self._plenty)
        return _Alike(node=node, supply_arc=supply_arc, arcs=arcs)
