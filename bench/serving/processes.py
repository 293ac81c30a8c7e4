"""CPU time and memory of a process with everything below it, from /proc."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


_LOOP = "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"


@contextmanager
def awake() -> Iterator[None]:
    """Keep every core busy with a loop that gives way to everything else.

    A virtual core with nothing to do is taken away, and what it costs to get it back a thousand
    times a second is counted as work of the process that is woken. On a site with something to do
    on every core nobody pays that.
    """
    loops = [subprocess.Popen([sys.executable, "-c", _LOOP]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def family(pid: int) -> Iterator[int]:
    """The process and all below it."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def cpu_seconds(*roots: int) -> float:
    """CPU seconds of the families until now, those of ended children too."""
    ticks = 0
    for pid in (each for root in roots for each in family(root)):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICK


def proportional_bytes(*roots: int) -> int:
    """Memory of the families, shared pages counted once (PSS)."""
    total = 0
    for pid in (each for root in roots for each in family(root)):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total
