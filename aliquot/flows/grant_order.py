"""What a paid order gives: an entitlement for each line, or for each course of a bundle.

docs/rules/entitlements.md. Seats are given out by the laboratory that bought them, gifts when they
are opened: neither gives its buyer anything to learn from.
"""

from datetime import datetime

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.commerce import services
from aliquot.commerce.models import LineGrant, Order, OrderLine
from aliquot.commerce.rules.terms import term_end, term_start
from aliquot.commerce.services.gifts import promise_gift
from aliquot.learning.queries import rights_of
from aliquot.learning.services import grant_entitlement, withdraw_entitlement

_SOURCES = {"pack": "pack"}


def grant_order(order: Order, *, now: datetime) -> list[LineGrant]:
    """Grant every line of a paid order to its buyer; inside the transaction that marks it paid.

    A year first, wherever it stands: a pack of the same order waits for its end.
    """
    if order.upgrades is not None:
        _replace_packs(order.upgrades, now=now)
    grants: list[LineGrant] = []
    lines = order.lines.select_related("course", "product")
    for line in sorted(lines, key=lambda each: each.kind != "subscription"):
        if line.gift_to:
            promise_gift(line=line, now=now)
        elif line.kind != "seats":
            grants += grant_line_to(
                order.person, line, source=_SOURCES.get(line.kind, "order"), now=now
            )
    return grants


def _replace_packs(replaced: Order, *, now: datetime) -> None:
    """The subscription takes the place of the packs whose price was set off."""
    for grant in LineGrant.objects.filter(
        line__order=replaced, line__kind="pack", line__gift_to=""
    ):
        withdraw_entitlement(entitlement=grant.entitlement, actor_id=replaced.person_id, now=now)


def grant_line_to(person: User, line: OrderLine, *, source: str, now: datetime) -> list[LineGrant]:
    """Grant one line to a person: its term begins now, or when access that runs has ended."""
    starts_at = term_start(line.kind, rights_of(person), now=now)
    ends_at = term_end(starts_at, days=line.term_days, zone=person.time_zone)
    grants = []
    for course in _courses(line):
        entitlement = grant_entitlement(
            person=person,
            source=source,
            source_reference=line.order.number,
            course=course,
            starts_at=starts_at,
            ends_at=ends_at,
            hours_limit=line.hours * line.quantity if line.hours is not None else None,
            actor_id=None,
            now=now,
        )
        grants.append(
            services.grant_line(
                line=line,
                course=course if line.kind == "bundle" else None,
                entitlement=entitlement,
                now=now,
            )
        )
    return grants


def _courses(line: OrderLine) -> list[Course | None]:
    """What the entitlements open: None is every course."""
    if line.kind == "bundle":
        return list(Course.objects.filter(code__in=line.course_codes).order_by("code"))
    return [line.course if line.kind == "course" else None]
