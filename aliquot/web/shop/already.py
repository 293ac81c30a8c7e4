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
    """One or two sentences for each thing that is open to the person already."""
    zone = person.time_zone
    return [
        f"{_have(each, zone)} {_would(each, zone)}"
        for each in already_open(person, things, now=now)
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
