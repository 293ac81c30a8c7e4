"""``python -m bench.serving.explaining PREPARED TARGET``: the plans of what is read, as JSON.

Runs with the settings of the site, in one process. Every statement is explained when it is asked
for the first time in a work, with its own values and in its own transaction; what explaining a
change changes is rolled back.
"""

import itertools
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from bench.serving import reads  # noqa: E402
from bench.serving.counting import Inside, warm_units  # noqa: E402
from bench.serving.plans import Read, read_of  # noqa: E402

_PLANNED = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b")
_PLACE = re.compile("%s")
_LIST = re.compile(r"\(%s(, %s)+\)")  # however many are asked for, it is one statement
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
_count = itertools.count()
JOB_SECONDS = 20.0  # a job or a check that reads everything is left after so long


class EnoughError(BaseException):
    """The time of a job is over; no job is to handle this."""


class Catcher:
    """Stands around every statement of the connection."""

    def __init__(self, seconds: float) -> None:
        self.reads: dict[str, Read] = {}
        self._until = time.monotonic() + seconds
        self._is_busy = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Explain a statement that is new here, then let it be executed."""
        if self._is_busy or not _PLANNED.match(sql):
            return execute(sql, params, many, context)
        if time.monotonic() > self._until:
            raise EnoughError
        key = _LIST.sub("(%s, …)", sql)
        if not many and key not in self.reads:
            self._is_busy = True
            try:
                self.reads[key] = _explained(sql, params, is_kept=_is_kept(context))
            finally:
                self._is_busy = False
        return execute(sql, params, many, context)


def caught(work: Callable[[], object], seconds: float = 3600) -> dict[str, Any]:
    """What a work read: each distinct statement in its order, and why it ended early."""
    catcher, ended = Catcher(seconds), ""
    with connection.execute_wrapper(catcher):
        try:
            work()
        except EnoughError:
            ended = f"left after {seconds:.0f} s"
        except Exception as error:  # noqa: BLE001 (whatever it was, it is reported)
            ended = f"{type(error).__name__}: {error}"[:200]
    rows = [{"sql": sql, **asdict(read)} for sql, read in catcher.reads.items()]
    return {"statements": rows, "ended": ended}


def rolled_back(work: Callable[[], object]) -> Callable[[], object]:
    """The work in a transaction that leaves nothing behind."""

    def inside() -> None:
        with transaction.atomic():
            try:
                work()
            finally:
                transaction.set_rollback(True)

    return inside


def _is_kept(context: Any) -> bool:
    """Whether the product lets PostgreSQL keep the plan (``infra/database.py``)."""
    return type(context["cursor"].cursor).__name__ == "Preparing"


def _explained(sql: str, params: Any, *, is_kept: bool) -> Read:
    """As it runs: a kept plan is made without knowing the values."""
    if not is_kept:
        return _asked(_EXPLAIN + sql, params)
    numbers, name = itertools.count(1), f"explained_{next(_count)}"
    text = _PLACE.sub(lambda _: f"${next(numbers)}", sql).replace("%%", "%")
    places = f"({', '.join(['%s'] * len(params))})" if params else ""
    return _asked(f"{_EXPLAIN}EXECUTE {name}{places}", params, kept=f"PREPARE {name} AS {text}")


def _asked(explain: str, params: Any, kept: str = "") -> Read:
    with transaction.atomic(), connection.cursor() as cursor:
        if kept:
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            cursor.execute(kept)
        try:
            cursor.execute(explain, params)
            [[[told]]] = cursor.fetchall()
        finally:
            transaction.set_rollback(True)
    return read_of(told, _sizes())


def _sizes(known: dict[str, int] = {}) -> dict[str, int]:  # noqa: B006 (asked once)
    if not known:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind IN ('r', 'p')"
            )
            known.update(cursor.fetchall())
    return known


def main(prepared: Path, target: Path) -> None:
    """Explain the measured works, then the other reads."""
    known, inside = json.loads(prepared.read_text()), Inside()
    found: dict[str, Any] = {}
    for work, unit in warm_units(known, inside):
        found[work.title] = caught(lambda unit=unit: unit(inside))
    for title, page in reads.pages(inside, known):
        found[title] = caught(page)
    for title, job in reads.jobs():
        begun = time.monotonic()
        found[title] = caught(rolled_back(job), JOB_SECONDS)
        print(f"{title}: {time.monotonic() - begun:.1f} s {found[title]['ended']}", flush=True)
    target.write_text(json.dumps({"sizes": _sizes(), "works": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
