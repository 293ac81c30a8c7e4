"""Comparing a day of our books with a gateway's. Pure."""

from collections.abc import Sequence

from aliquot.commerce.facts import DaySums, Entered, Movement
from aliquot.lib.money import Money


def day_sums(ours: Sequence[Entered], theirs: Sequence[Movement], currency: str) -> DaySums:
    """What came in and what went out, on both sides, in one currency."""
    mine = [each.movement for each in ours]
    return DaySums(
        ours_in=_sum(mine, currency, is_in=True),
        ours_out=_sum(mine, currency, is_in=False),
        theirs_in=_sum(theirs, currency, is_in=True),
        theirs_out=_sum(theirs, currency, is_in=False),
    )


def differences(
    ours: Sequence[Entered], theirs: Sequence[Movement], *, known: Sequence[Entered]
) -> tuple[str, ...]:
    """Sentences about what one side has and the other has not, or has in another amount.

    ``ours`` and ``theirs`` are of one day, ``known`` our entries of any day for what is in
    ``theirs``: a payment that we entered under another day is no difference.
    """
    entered = {_key(each.movement): each for each in (*known, *ours)}
    found = []
    for each in theirs:
        mine = entered.get(_key(each))
        if mine is None:
            found.append(f"The gateway has a {_named(each)}, our books do not.")
        elif mine.movement.amount != each.amount:
            found.append(
                f"The gateway has a {_named(each)}, our books {mine.movement.amount} "
                f"for order {mine.order}."
            )
    there = {_key(each) for each in theirs}
    found += [
        f"Our books have a {_named(each.movement)} for order {each.order}, the gateway does not."
        for each in ours
        if _key(each.movement) not in there
    ]
    return tuple(sorted(found))


def _key(movement: Movement) -> tuple[str, str]:
    return movement.kind, movement.object_id


def _named(movement: Movement) -> str:
    return f"{movement.kind} of {movement.amount} ({movement.object_id})"


def _sum(movements: Sequence[Movement], currency: str, *, is_in: bool) -> Money:
    cents = [each.amount.cents for each in movements if each.amount.currency == currency]
    return Money(sum(each for each in cents if (each > 0) is is_in), currency)
