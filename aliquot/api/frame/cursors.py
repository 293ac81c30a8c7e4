"""Lists in pieces. A cursor names the last thing shown, so inserts shift nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.db.models import Model, QuerySet
from ninja import Query
from pydantic import Field

from aliquot.api.frame.problems import InvalidFieldError
from aliquot.api.frame.shapes import LARGEST_ID, Shape

DEFAULT, MOST = 25, 100

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Start = Annotated[
    str, Query(max_length=200, description="The `next` of the piece before; empty: the first.")
]


class Listed[Item](Shape):
    """One piece of a list."""

    items: list[Item]
    next: Annotated[
        str | None, Field(description="Send it as `cursor` for the next piece; null: the end.")
    ]


def paged[Row: Model](rows: QuerySet[Row], cursor: str, limit: int) -> tuple[list[Row], str | None]:
    """The rows after the cursor, the newest first by id, and the next cursor."""
    rows = rows.order_by("-pk")
    if cursor:
        last = _read(cursor)
        if not isinstance(last, int) or isinstance(last, bool) or not 0 < last <= LARGEST_ID:
            raise _no_cursor()
        rows = rows.filter(pk__lt=last)
    found = list(rows[: limit + 1])
    piece = found[:limit]
    return piece, _written(piece[-1].pk) if len(found) > limit else None


def after[Item](
    items: Sequence[Item], cursor: str, limit: int, *, key: Callable[[Item], str]
) -> tuple[Sequence[Item], str | None]:
    """The same for a list in memory: what follows the item that the cursor names.

    If that item is gone, its former place counts.
    """
    begin = 0
    if cursor:
        read = _read(cursor)
        if not (isinstance(read, list) and [type(each) for each in read] == [str, int]):
            raise _no_cursor()
        name, place = read
        found = next((at for at, item in enumerate(items) if key(item) == name), None)
        begin = max(0, place) if found is None else found + 1
    piece = items[begin : begin + limit]
    if begin + limit >= len(items):
        return piece, None
    return piece, _written([key(piece[-1]), begin + limit - 1])


def _written(last: Any) -> str:
    text = json.dumps(last, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> Any:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _no_cursor() from None


def _no_cursor() -> InvalidFieldError:
    return InvalidFieldError("cursor", "This is no cursor of this list; send `next` as it came.")
