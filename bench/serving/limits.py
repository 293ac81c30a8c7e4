"""What this machine can do at best: an empty page, a row read, a row changed for good."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.serving import processes
from bench.serving.client import Unit, request, work_off
from bench.serving.site import postmaster, serving_nothing
from bench.serving.works import asked
from tests.ports import free_port

_TPS = re.compile(r"tps = ([0-9.]+)")
_DONE = re.compile(r"transactions actually processed: (\d+)")
SECONDS, ROWS = 4, 10_000
PAGES = 3000


@dataclass(frozen=True)
class Limit:
    """A floor: how many a second, and CPU milliseconds of each."""

    a_second: float
    cpu: float


def empty_page(*, at_once: int) -> Limit:
    """The web server with an application that does nothing."""
    port = free_port()
    sent = request("/")

    def unit(connection: object) -> int:
        return asked(connection, sent).size  # type: ignore[arg-type]

    units: list[Unit] = [unit] * PAGES
    with serving_nothing(port=port) as pid:
        work_off(units[:200], port=port, at_once=at_once)
        before = processes.cpu_seconds(pid)
        load = work_off(units, port=port, at_once=at_once)
        used = processes.cpu_seconds(pid) - before
    return Limit(PAGES / load.seconds, 1000 * used / PAGES)


def rows(url: str, *, at_once: int) -> dict[str, Limit]:
    """``select`` and ``update``: one row by its key, by as many clients."""
    psql(
        url, f"CREATE TABLE bench_limit AS SELECT g AS id, 0 AS n FROM generate_series(1, {ROWS}) g"
    )
    psql(url, "ALTER TABLE bench_limit ADD PRIMARY KEY (id)")
    try:
        return {
            "select": _pgbench(url, "SELECT n FROM bench_limit WHERE id = :id;", at_once),
            "update": _pgbench(url, "UPDATE bench_limit SET n = n + 1 WHERE id = :id;", at_once),
        }
    finally:
        psql(url, "DROP TABLE bench_limit")


def psql(url: str, statement: str) -> str:
    """What the database answers to a statement."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url, "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _pgbench(url: str, statement: str, at_once: int) -> Limit:
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    script = Path(host) / "bench.sql"
    script.write_text(f"\\set id random(1, {ROWS})\n{statement}\n")
    command = [
        "pgbench", "-n", "-h", host, "-U", parts.username or "postgres", "-M", "prepared",
        "-c", str(at_once), "-j", "1", "-T", str(SECONDS), "-f", str(script),
        parts.path.strip("/") or "postgres",
    ]  # fmt: skip
    pid = postmaster(url)
    before = processes.cpu_seconds(pid)
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = processes.cpu_seconds(pid) - before
    done, rate = _DONE.search(told), _TPS.search(told)
    assert done, told
    assert rate, told
    return Limit(float(rate[1]), 1000 * used / int(done[1]))
