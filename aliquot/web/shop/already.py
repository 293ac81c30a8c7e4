"""Saying what somebody is about to buy although they have it: a sentence for each, no refusal."""

from collections.abc import Iterable
from datetime import datetime

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.models import Product
from aliquot.flows.already_open import AlreadyOpen, already_open
from aliquot.lib.dates import last_day, long_date


def already_words(
    person: User, things: Iterable[tuple[Product, Course | None]], *, now: datetime
) -> list[str]:
    """One or two sentences for each thing that is open already, or by another one of them."""
    zone, things = person.time_zone, list(things)
    found = already_open(person, things, now=now)
    return [f"{_have(each, zone)} {_would(each, zone)}" for each in found] or _twice(things)


def _twice(things: Iterable[tuple[Product, Course | None]]) -> list[str]:
    """A year that is bought at once with what it opens anyway."""
    kinds = {product.kind for product, _ in things}
    rest = kinds - {Product.Kind.SUBSCRIPTION, Product.Kind.SEATS}
    if not rest or Product.Kind.SUBSCRIPTION not in kinds:
        return []
    only_hours = rest == {Product.Kind.PACK}
    return [
        "Unlimited access opens every course by itself. "
        + ("The hours would wait until it ends." if only_hours else "You may not need the rest.")
    ]


def _have(found: AlreadyOpen, zone: str) -> str:
    ends = "without end" if found.until is None else _through(found.until, zone)
    if found.product.kind == Product.Kind.COURSE and found.course is not None:
        version = found.course.current_version
        title = version.title if version else found.course.code
        return f"You can already open “{title}” {ends}."
    return f"You already have unlimited access {ends}."


def _would(found: AlreadyOpen, zone: str) -> str:
    if found.then is None:
        return "This would add nothing."
    until = _through(found.then, zone)
    if found.product.kind == Product.Kind.SUBSCRIPTION:
        return f"This would extend it {until}."
    if found.product.kind == Product.Kind.PACK:
        return f"These hours would wait until it ends, and could then be used {until}."
    return f"Bought now, it would stay open {until}."


def _through(ends_at: datetime, zone: str) -> str:
    return f"through {long_date(last_day(ends_at, zone))}"
