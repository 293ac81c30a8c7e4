"""What a person needs, what is sold, and the cheapest way to have all of it."""

from dataclasses import dataclass
from decimal import Decimal

from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class Needed:
    """A course that a person wants to open, by its code, and the contact hours it would draw."""

    code: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """A product with its price for this person. ``kind`` as of products, without seats.

    ``hours`` of a pack; ``courses``: the codes that a bundle, or a course with a price of its own,
    opens; empty on a single course: any. ``term_days``: how long it is open, None where not asked.
    """

    product: str
    kind: str
    title: str
    price: Money
    hours: Decimal | None = None
    courses: frozenset[str] = frozenset()
    term_days: int | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """So many of one option in a basket."""

    option: Option
    count: int


@dataclass(frozen=True, slots=True)
class Basket:
    """One way to have everything that is needed, without tax."""

    things: tuple[Bought, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Advice:
    """The cheapest basket, and the cheapest of each other kind beside it, cheapest first."""

    best: Basket
    others: tuple[Basket, ...]
