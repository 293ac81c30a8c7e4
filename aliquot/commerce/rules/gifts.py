"""When a gift is sent. Prose: docs/rules/entitlements.md."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SENT_AT = time(9)


def goes_at(send_on: date, zone: str) -> datetime:
    """The moment a gift is due: 9 am of its day in its giver's zone."""
    return datetime.combine(send_on, SENT_AT, tzinfo=ZoneInfo(zone))
