"""What somebody is about to buy for themselves and can open already. Read only; nothing is refused.

docs/rules/entitlements.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce.models import Product
from aliquot.commerce.rules.terms import FOREVER, term_end, term_start, unlimited_until
from aliquot.learning.facts import Right
from aliquot.learning.queries import rights_of


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """Access that is there: ``until`` its end (None: it has none).

    ``then``: until when what is bought would run; None: it would add nothing.
    """

    product: Product
    course: Course | None
    until: datetime | None
    then: datetime | None


def already_open(
    person: User, things: Iterable[tuple[Product, Course | None]], *, now: datetime
) -> list[AlreadyOpen]:
    """Of things that a person would buy now for themselves, those that are open to them already."""
    wanted = [each for each in things if each[0].kind != Product.Kind.SEATS]
    rights = rights_of(person) if wanted else []
    found = []
    for product, course in wanted:
        until = _open_until(product, course, rights, now)
        if until is None:
            continue
        starts_at = term_start(product.kind, rights, now=now)
        then = term_end(starts_at, days=product.term_days, zone=person.time_zone)
        is_endless = until == FOREVER
        adds = not is_endless and then > until
        found.append(
            AlreadyOpen(product, course, None if is_endless else until, then if adds else None)
        )
    return found


def _open_until(
    product: Product, course: Course | None, rights: Iterable[Right], now: datetime
) -> datetime | None:
    """When access to all of it ends that is there now; None: there is none."""
    everything = unlimited_until(rights, now=now)
    if product.kind != Product.Kind.COURSE or course is None:
        return everything
    own = [
        right.ends_at or FOREVER
        for right in rights
        if right.course_id == course.pk
        and right.withdrawn_at is None
        and right.starts_at <= now < (right.ends_at or FOREVER)
    ]
    return max([*own, *([everything] if everything else [])], default=None)
