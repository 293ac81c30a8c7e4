"""What every measurement does: ready the database, prepare people, run a work, count its CPU."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.serving import limits, processes
from bench.serving.client import Load, Unit, work_off
from bench.serving.site import Site
from bench.serving.works import Work

RESULTS = Path(__file__).parents[1] / "results"
AT_ONCE = 4  # connections


def warm_up(work: Work, site: Site, units: Iterator[Unit]) -> None:
    """The first units of a work, which do not count."""
    work_off(islice(units, work.first), port=site.port, at_once=AT_ONCE)


def one_run(work: Work, site: Site, units: Iterator[Unit]) -> tuple[Load, float]:
    """Work off these units; the CPU milliseconds of one, in all processes of the site."""
    before = processes.cpu_seconds(*site.roots)
    load = work_off(units, port=site.port, at_once=AT_ONCE)
    used = processes.cpu_seconds(*site.roots) - before
    if load.wrong or not load.times:
        sys.exit(f"{work.title}: {len(load.wrong)} went wrong, such as {load.wrong[:1]}")
    return load, 1000 * used / len(load.times)


def let_it_settle(url: str) -> None:
    """Do now what PostgreSQL would do in the minutes after a large load, beside the work."""
    for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
        limits.psql(url, statement)


def prepare(settings: dict[str, str], folder: Path, quick: int) -> dict[str, Any]:
    """Sessions and enrollments for the work to come, made by a process of the site."""
    target = folder / "prepared.json"
    command = [sys.executable, "-m", "bench.serving.prepare", str(target), str(quick)]
    demo = {**settings, "ALIQUOT_PROFILE": "demo"}  # same cookie names: they follow the address
    subprocess.run(command, env=demo, check=True)
    prepared: dict[str, Any] = json.loads(target.read_text())
    return prepared


def found_inside(
    module: str, settings: dict[str, str], folder: Path, prepared: dict[str, Any]
) -> dict[str, Any]:
    """What a module of the benchmark finds in one process of the site, given what was prepared."""
    wanted, target = folder / "wanted.json", folder / "found.json"
    wanted.write_text(json.dumps(prepared))
    command = [sys.executable, "-m", f"bench.serving.{module}", str(wanted), str(target)]
    subprocess.run(command, env=settings, check=True)
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def rows_in(url: str) -> int:
    """About how many rows the database holds."""
    told = limits.psql(url, "SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r'")
    return int(told or 0)
