"""Measures and reports; see the package."""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.serving import limits, processes, report
from bench.serving.runs import (
    AT_ONCE,
    RESULTS,
    found_inside,
    let_it_settle,
    one_run,
    prepare,
    rows_in,
    warm_up,
)
from bench.serving.site import Site, database, environment, generate, run, serving
from bench.serving.works import WORKS, Work
from tests.ports import free_port

RUNS = 3


def main() -> None:
    """One measurement from nothing to its report."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, database(options.database) as url:
        settings = environment(Path(options.keep or folder), url)
        seconds = 0.0
        if not options.made:
            seconds = generate(settings, learners=options.learners, courses=options.courses)
            print(f"generated in {seconds:.0f} s", flush=True)
            let_it_settle(url)
        run("setup", settings=settings)
        prepared = prepare(settings, Path(folder), options.quick)
        found: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "learners": options.learners,
            "courses": options.courses,
            "generated_in": round(seconds, 1),
            "cores": os.cpu_count(),
            "at_once": AT_ONCE,
            "runs": RUNS,
            "load_before": os.getloadavg()[0],
            "awake": options.awake,
        }
        found["statements"] = found_inside("counting", settings, Path(folder), prepared)
        found["limits"] = _limits(url)
        with (
            processes.awake() if options.awake else nullcontext(),
            serving(settings, port=options.port or free_port()) as site,
        ):
            works = [
                replace(work, units=max(5, work.units // options.quick))
                for work in WORKS
                if not options.only or work.key in options.only
            ]
            found["works"] = _measured(site, prepared, works)
            found["rows"] = rows_in(url)
        if options.standing:
            found["standing"] = _standing(settings, url)
        found["load_after"] = os.getloadavg()[0]
    target = RESULTS / f"{options.learners}"
    if not options.only:
        report.write(found, target)
    print(report.table(found))


def _limits(url: str) -> dict[str, Any]:
    floors = {"page": limits.empty_page(at_once=AT_ONCE), **limits.rows(url, at_once=AT_ONCE)}
    return {name: asdict(floor) for name, floor in floors.items()}


def _measured(site: Site, prepared: dict[str, Any], works: Sequence[Work]) -> dict[str, Any]:
    found = {}
    for work in works:
        found[work.key] = _work(site, prepared, work)
        print(f"{work.title:32}{found[work.key]['cpu']:8.2f} ms of CPU", flush=True)
    return found


def _work(site: Site, prepared: dict[str, Any], work: Work) -> dict[str, Any]:
    """Medians over the runs of one kind of work; the first units only warm up."""
    units = work.make(prepared)
    runs = []
    warm_up(work, site, units)
    for _ in range(RUNS):
        load, milliseconds = one_run(work, site, islice(units, work.units))
        times = sorted(load.times)
        runs.append(
            {
                "cpu": milliseconds,
                "a_second": len(times) * work.requests / load.seconds,
                "median": 1000 * statistics.median(times),
                "p99": 1000 * times[min(len(times) - 1, round(len(times) * 0.99))],
                "bytes": load.sizes / len(times),
            }
        )
    medians = {name: statistics.median(each[name] for each in runs) for name in runs[0]}
    memory = processes.proportional_bytes(*site.roots)
    return {**medians, "runs": [each["cpu"] for each in runs], "memory": memory}


def _standing(settings: dict[str, str], url: str) -> dict[str, float]:
    """``aliquot standing --all`` over everybody: CPU of the command and of PostgreSQL."""
    from bench.serving.site import postmaster

    cycles = int(limits.psql(url, "SELECT count(*) FROM credentials_cycle WHERE closed_at IS NULL"))
    pid, begun, own = postmaster(url), time.monotonic(), sum(os.times()[2:4])
    before = processes.cpu_seconds(pid)
    run("standing", "--all", "--everything", settings=settings)
    used = processes.cpu_seconds(pid) - before + sum(os.times()[2:4]) - own
    return {
        "cycles": cycles, "seconds": time.monotonic() - begun, "cpu": 1000 * used / max(1, cycles)
    }  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--learners", type=int, default=1_000)
    parser.add_argument("--courses", type=int, default=1_000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", default="", help="URL of a cluster; else one is made")
    parser.add_argument("--keep", default="", help="the data folder of that database")
    parser.add_argument("--made", action="store_true", help="the database is filled already")
    parser.add_argument(
        "--standing",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="judge everybody at the end",
    )
    parser.add_argument(
        "--quick", type=int, default=1, metavar="N", help="one Nth of the units of each work"
    )
    parser.add_argument(
        "--awake",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the cores from sleeping between requests",
    )
    parser.add_argument("--only", nargs="*", default=[], help="keys of works; no report")
    return parser.parse_args()


if __name__ == "__main__":
    main()
