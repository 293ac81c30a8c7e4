"""What folding a gateway's word into an order takes and gives."""

from dataclasses import dataclass
from datetime import datetime

from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class Owed:
    """An order as the fold sees it. ``is_paid``: by this or another payment already."""

    number: str
    total: Money
    is_live: bool
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved: kind of a money entry, amount with its sign, the gateway's name for it."""

    kind: str
    amount: Money
    object_id: str
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class Folded:
    """What follows from a gateway's word. ``mismatch``: nothing follows, and why, in a sentence.

    ``state`` is that of the payment; ``is_new_capture``: the order becomes paid by it now;
    ``is_double``: it was paid before, so this money goes back.
    """

    state: str
    movements: tuple[Movement, ...] = ()
    is_new_capture: bool = False
    is_double: bool = False
    mismatch: str = ""


@dataclass(frozen=True, slots=True)
class DaySums:
    """What a day moved in our books and in a gateway's: in above zero, out below."""

    ours_in: Money
    ours_out: Money
    theirs_in: Money
    theirs_out: Money


@dataclass(frozen=True, slots=True)
class Entered:
    """A movement as our books have it, with the order it belongs to."""

    movement: Movement
    order: str
