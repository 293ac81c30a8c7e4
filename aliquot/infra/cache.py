"""A cache per process with exact invalidation: keys carry generation numbers.

Whoever changes something that is shown from the cache raises a generation in the transaction of
the deed: the new number is seen by others exactly when the change is. Numbers are read once a
request (in one query, only if something asks), so one request never sees half of a change. They
follow the clock, so that a number never comes back after a rollback or a restored backup.

The cache is never the system of record; anything in it may be gone at any time.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from django.core.cache import caches
from django.db.models import F, Value
from django.db.models.functions import Greatest

from aliquot.infra import clock
from aliquot.infra.database import planning_once
from aliquot.infra.models import Generation

DEFAULT_SECONDS = 3600
_NOTHING = object()


@dataclass
class _View:
    """What one request or job has read: the numbers, and the names it raised itself."""

    numbers: dict[str, int] | None = None
    raised: set[str] = field(default_factory=set)


_view: ContextVar[_View | None] = ContextVar("cache_view", default=None)


@contextmanager
def one_view() -> Iterator[None]:
    """One request or job: generation numbers are read at most once inside."""
    token = _view.set(_View())
    try:
        yield
    finally:
        _view.reset(token)


def remember[T](
    name_parts: Sequence[object],
    generation_names: Sequence[str],
    compute: Callable[[], T],
    *,
    seconds: int = DEFAULT_SECONDS,
) -> T:
    """The value of ``compute()``, kept for this key until one of the generations is raised.

    ``name_parts`` name the thing and everything it depends on besides the generations, such as
    the day, the language, the query. The value must bear pickling. Inside a request that raised
    one of the generations itself, nothing is kept: it may yet be rolled back.
    """
    view = _view.get()
    if view is not None and view.raised.intersection(generation_names):
        return compute()
    key = key_for(name_parts, generation_names)
    found = caches["local"].get(key, _NOTHING)
    if found is not _NOTHING:
        return cast("T", found)
    value = compute()
    caches["local"].set(key, value, seconds)
    return value


def raise_generation(name: str) -> None:
    """Make all that is kept under ``name`` stale for everyone once this transaction commits."""
    Generation.objects.bulk_create([Generation(name=name, number=0)], ignore_conflicts=True)
    Generation.objects.filter(name=name).update(
        number=Greatest(F("number") + 1, Value(_microseconds(clock.now())))
    )
    view = _view.get()
    if view is not None:
        view.raised.add(name)
        view.numbers = None


def key_for(name_parts: Sequence[object], generation_names: Sequence[str]) -> str:
    """The cache key: a hash, because keys of the backends are short and plain."""
    known = _numbers()
    numbers = [(name, known.get(name, 0)) for name in sorted(generation_names)]
    return hashlib.sha256(repr((list(name_parts), numbers)).encode()).hexdigest()


def _numbers() -> dict[str, int]:
    """All generations: there are a handful, so one query reads them."""
    view = _view.get()
    if view is not None and view.numbers is not None:
        return view.numbers
    with planning_once() as cursor:  # on every request of all, so without the query layer
        cursor.execute("SELECT name, number FROM infra_generation")
        numbers = dict(cursor.fetchall())
    if view is not None:
        view.numbers = numbers
    return numbers


def _microseconds(moment: datetime) -> int:
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
