"""The cheapest way to have access to some courses. Prose and worked numbers: docs/rules/offers.md.

A course draws all its hours from one pack, so packs are filled, not only summed up: two packs of
8 hours do not hold three courses of 5. Whole hundredths of hours and cents; no floats.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from aliquot.commerce.facts import Advice, Basket, Bought, Needed, Option
from aliquot.lib.money import Money

_PATIENCE = 5_000  # tries at fitting; then "does not fit": dearer perhaps, never too few hours
_MOST_BUNDLES = 4


def cheapest(
    needed: Sequence[Needed], options: Sequence[Option], *, packs_left: Sequence[Decimal] = ()
) -> Advice | None:
    """The cheapest way to open all that is needed; None where nothing sold does, or is needed.

    ``packs_left``: the hours left in packs that the person has. Of equal prices the one that
    gives more: everything before hours, hours before single courses. Where they hold all of it, the
    basket is empty.
    """
    if not needed:
        return None
    hours = [_hundredths(each.hours) for each in needed]
    if options and fits(hours, [_hundredths(each) for each in packs_left]):
        return Advice(Basket((), Money.zero(options[0].price.currency)), ())
    baskets = [
        found
        for kinds in (
            {"subscription"},
            {"pack"},
            {"course"},
            {"bundle"},
            {"pack", "course", "bundle"},
        )
        for found in _baskets(needed, [each for each in options if each.kind in kinds], packs_left)
    ]
    ranked = sorted({_key(each): each for each in baskets}.items())
    if not ranked:
        return None
    best = ranked[0][1]
    others: dict[frozenset[str], Basket] = {}
    for _, basket in ranked[1:]:
        kinds_in = frozenset(thing.option.kind for thing in basket.things)
        if len(kinds_in) == 1 and kinds_in != {thing.option.kind for thing in best.things}:
            others.setdefault(kinds_in, basket)
    return Advice(best, tuple(others.values()))


def _key(basket: Basket) -> tuple[int, int, Decimal, int, tuple[tuple[str, int], ...]]:
    """Price; then what gives more; then fewer things; then by name, so that it never wavers."""
    kinds = {thing.option.kind for thing in basket.things}
    hours = sum(
        ((thing.option.hours or Decimal(0)) * thing.count for thing in basket.things), Decimal(0)
    )
    return (
        basket.total.cents,
        0 if "subscription" in kinds else 1,
        -hours,
        sum(thing.count for thing in basket.things),
        tuple((thing.option.product, thing.count) for thing in basket.things),
    )


def _baskets(
    needed: Sequence[Needed], options: Sequence[Option], packs_left: Sequence[Decimal]
) -> list[Basket]:
    """The cheapest basket of these options, or none; for a subscription one for each."""
    currency = next((each.price.currency for each in options), "")
    whole = [each for each in options if each.kind == "subscription"]
    if whole:
        return [Basket((Bought(each, 1),), each.price) for each in whole]
    if not currency:
        return []
    search = _Search(
        packs=tuple(each for each in options if each.kind == "pack" and each.hours),
        singles=tuple(each for each in options if each.kind == "course"),
        left=tuple(_hundredths(each) for each in packs_left),
    )
    bundles = [each for each in options if each.kind == "bundle"][:_MOST_BUNDLES]
    found = []
    for size in range(len(bundles) + 1):
        for taken in combinations(bundles, size):
            opened = frozenset[str]().union(*(each.courses for each in taken))
            rest = [each for each in needed if each.code not in opened]
            things = search.best(rest)
            if things is not None and (taken or things):
                full = (*(Bought(each, 1) for each in taken), *things)
                found.append(Basket(full, _total(full, currency)))
    return [min(found, key=_key)] if found else []


def _total(things: Iterable[Bought], currency: str) -> Money:
    return Money.total((each.option.price * each.count for each in things), currency)


@dataclass(slots=True)
class _Search:
    """Packs and single courses for a list of courses."""

    packs: tuple[Option, ...]
    singles: tuple[Option, ...]
    left: tuple[int, ...]

    def best(self, needed: Sequence[Needed]) -> tuple[Bought, ...] | None:
        """The cheapest; nothing at all where what the person has is enough; None: impossible."""
        best: tuple[tuple[int, Decimal], tuple[Bought, ...]] | None = None
        for alone, rest in self._splits(needed):
            spent = sum(each.price.cents for each in alone)
            if best is not None and spent > best[0][0]:
                continue
            packs = self._fill(rest, most=None if best is None else best[0][0] - spent)
            if packs is None:
                continue
            things = (*packs, *_counted(alone))
            cost = spent + sum(each.option.price.cents * each.count for each in packs)
            hours = sum(
                (each.count * (each.option.hours or Decimal(0)) for each in packs), Decimal(0)
            )
            if best is None or (cost, -hours) < best[0]:
                best = ((cost, -hours), things)
        return None if best is None else best[1]

    def _splits(self, needed: Sequence[Needed]) -> Iterator[tuple[list[Option], list[int]]]:
        """Which courses are bought alone, the others' hours.

        Of courses with equal hours those cheapest alone go first: no other choice is better.
        """
        groups: dict[int, list[Option | None]] = {}
        for each in needed:
            groups.setdefault(_hundredths(each.hours), []).append(self._single(each.code))
        for options in groups.values():
            options.sort(key=lambda one: (one is None, one.price.cents if one else 0))
        if len({one.price for options in groups.values() for one in options if one}) <= 1:
            yield from self._largest_first(groups)
            return
        ranges = [range(sum(one is not None for one in each) + 1) for each in groups.values()]
        for counts in product(*ranges):
            pairs = list(zip(groups.items(), counts, strict=True))
            alone = [one for (_, each), count in pairs for one in each[:count] if one]
            rest = [hours for (hours, each), count in pairs for _ in each[count:]]
            yield alone, rest

    @staticmethod
    def _largest_first(
        groups: dict[int, list[Option | None]],
    ) -> Iterator[tuple[list[Option], list[int]]]:
        """With one price for all, the largest are bought alone: what is left fits most easily."""
        flat = [(hours, one) for hours in sorted(groups, reverse=True) for one in groups[hours]]
        sold = [place for place, (_, one) in enumerate(flat) if one is not None]
        for count in range(len(sold) + 1):
            chosen = set(sold[:count])
            alone = [one for place, (_, one) in enumerate(flat) if place in chosen and one]
            yield alone, [hours for place, (hours, _) in enumerate(flat) if place not in chosen]

    def _single(self, code: str) -> Option | None:
        fit = [each for each in self.singles if not each.courses or code in each.courses]
        return min(fit, key=lambda each: (not each.courses, each.price.cents), default=None)

    def _fill(self, hours: list[int], *, most: int | None) -> tuple[Bought, ...] | None:
        """The cheapest packs that hold courses of these hours, for at most so many cents."""
        enough = len(hours)
        ranges = [range(enough + 1) for _ in self.packs]
        tries = sorted(
            (sum(n * each.price.cents for n, each in zip(counts, self.packs, strict=True)), counts)
            for counts in product(*ranges[:2])
            for counts in [(*counts, *(0 for _ in self.packs[2:]))]
        )
        for cost, counts in tries:
            if most is not None and cost > most:
                return None
            bins = [*self.left]
            for count, each in zip(counts, self.packs, strict=True):
                bins += [_hundredths(each.hours or Decimal(0))] * count
            if fits(hours, bins):
                pairs = zip(self.packs, counts, strict=True)
                return tuple(Bought(each, count) for each, count in pairs if count)
        return None


def fits(hours: Sequence[int], bins: Sequence[int]) -> bool:
    """Whether courses of these hours can be drawn from packs with these hours, each from one."""
    if sum(hours) > sum(bins):
        return False
    tries = [_PATIENCE]

    def place(rest: Sequence[int], room: tuple[int, ...]) -> bool:
        if not rest:
            return True
        tries[0] -= 1
        if tries[0] < 0:
            return False
        seen: set[int] = set()
        for index, left in sorted(enumerate(room), key=lambda each: each[1]):
            if left < rest[0] or left in seen:
                continue
            seen.add(left)
            if place(rest[1:], (*room[:index], left - rest[0], *room[index + 1 :])):
                return True
        return False

    return place(sorted(hours, reverse=True), tuple(bins))


def _counted(options: Sequence[Option]) -> tuple[Bought, ...]:
    counts: dict[str, list[Option]] = {}
    for each in options:
        counts.setdefault(each.product, []).append(each)
    return tuple(Bought(same[0], len(same)) for same in counts.values())


def _hundredths(hours: Decimal) -> int:
    return int(hours * 100)
