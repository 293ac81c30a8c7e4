"""Rows of a large table a page at a time, by primary key: the same memory for any number.

Not ``iterator()``: it needs a cursor on the server, which PgBouncer in transaction mode cannot
keep, and without one the whole answer would come at once.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

PAGE = 500


def by_key[Rows: QuerySet[Any]](rows: Rows, *, page: int = PAGE) -> Iterator[Any]:
    """Every row of the queryset in the order of its primary key; its own order is dropped."""
    last: Any = None
    while True:
        wanted = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        found = list(wanted[:page])
        yield from found
        if len(found) < page:
            return
        last = found[-1].pk
