"""The one place that asks what time it is. Call it at the edge and pass the answer down."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(tz=UTC)
