"""What a new shop sells. Made once: what the office changed since is never touched."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from aliquot.catalog.models import Course
from aliquot.commerce.models import Product
from aliquot.commerce.services.products import save_product, set_price
from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class Seed:
    """A product with its price in cents, or its table of prices by quantity."""

    code: str
    kind: str
    title: str
    description: str
    prices: dict[int, int]
    hours: str = ""
    courses: tuple[str, ...] = ()


PRODUCTS = (
    Seed(
        "unlimited-year",
        "subscription",
        "Unlimited access for a year",
        "Every course, also those that come, as many as you want.",
        {1: 95_00},
    ),
    Seed(
        "eight-hours",
        "pack",
        "Eight contact hours",
        "You choose the courses. Hours are drawn when you start one.",
        {1: 50_00},
        hours="8",
    ),
    Seed(
        "single-course",
        "course",
        "A single course",
        "One course of your choice, whatever its hours.",
        {1: 20_00},
    ),
)
TERM_DAYS = 365


@transaction.atomic
def seed_products(*, now: datetime, seeds: tuple[Seed, ...] = PRODUCTS) -> list[Product]:
    """Make the products that were never there, with their prices. Gives those that it made."""
    there = set(Product.objects.values_list("code", flat=True))
    made = []
    for position, seed in enumerate(seeds, start=len(there)):
        if seed.code in there:
            continue
        product = save_product(
            code=seed.code,
            kind=seed.kind,
            title=seed.title,
            description=seed.description,
            term_days=TERM_DAYS,
            hours=Decimal(seed.hours) if seed.hours else None,
            courses=_courses(seed.courses),
            position=position,
            now=now,
            actor_id=None,
        )
        for quantity, cents in seed.prices.items():
            set_price(
                product=product,
                amount=Money(cents, "USD"),
                from_quantity=quantity,
                now=now,
                actor_id=None,
            )
        made.append(product)
    return made


def _courses(codes: tuple[str, ...]) -> list[Course]:
    return list(Course.objects.filter(code__in=codes).order_by("code")) if codes else []
