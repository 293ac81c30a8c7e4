"""``aliquot grant``: give a person the right to open courses, until the shop can.

Exit codes: 0 granted, 2 refused with one sentence and nothing written.
"""

import argparse
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from aliquot.cli.accounts import person_with
from aliquot.lib import dates, decimals

DONE = 0
SOURCES = ("grant", "order", "pack", "seat", "gift")


def run(argv: Sequence[str]) -> int:
    """The command; ``argv`` is the rest of the line."""
    options = _parser().parse_args(argv)

    from aliquot.catalog.queries import course_by_code
    from aliquot.infra import clock
    from aliquot.learning.services import grant_entitlement
    from aliquot.lib.errors import NotFoundError

    person = person_with(options.email)
    course = course_by_code(options.course) if options.course else None
    if options.course and course is None:
        raise NotFoundError(f"There is no course {options.course}.")
    now = clock.now()
    grant_entitlement(
        person=person,
        source=options.source,
        source_reference=options.reference,
        course=course,
        starts_at=now,
        ends_at=_end_of(options.until, person.time_zone),
        hours_limit=options.hours,
        actor_id=None,
        now=now,
    )
    what = options.course or "every course"
    through = f" through {dates.long_date(options.until)}" if options.until else ""
    upto = f", up to {decimals.shortest(options.hours)} contact hours" if options.hours else ""
    print(f"{person.email} may open {what}{through}{upto}.")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aliquot grant",
        description="Give a person the right to open courses. Every grant is in the audit trail.",
    )
    parser.add_argument("email", metavar="EMAIL", help="the address the person signs in with")
    parser.add_argument("--course", metavar="CODE", default="", help="one course; else all")
    parser.add_argument(
        "--until",
        metavar="DATE",
        type=_day,
        help="the last day, YYYY-MM-DD, in the person's time zone; else without end",
    )
    parser.add_argument(
        "--hours", metavar="N", type=_hours, help="up to so many contact hours; else no limit"
    )
    parser.add_argument("--source", choices=SOURCES, default="grant", help="default: grant")
    parser.add_argument(
        "--reference", metavar="TEXT", default="", help="an order number or the like"
    )
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; accepted: YYYY-MM-DD") from None


def _hours(text: str) -> Decimal:
    try:
        hours = Decimal(text)
    except InvalidOperation:
        hours = Decimal(0)
    if not hours.is_finite() or hours <= 0:
        raise argparse.ArgumentTypeError(f"{text!r}; accepted: a number above zero, such as 8")
    return hours


def _end_of(day: date | None, zone: str) -> datetime | None:
    """The midnight that ends a day on the person's own wall clock."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
