"""How long judging everybody takes: 100,000 people × 2 credentials × 30 activities.

Goal: under 120 seconds on 2 cores, and memory that does not grow. ``python -m bench.population``
makes the people (some minutes), judges all of them, then looks once more when nothing is stale.
``--database postgresql`` does it on a private cluster; ``--keep FOLDER`` keeps what was made on
SQLite for the next time.

Seconds on the clock, CPU seconds of all processes, and their memory together after a tenth of the
time and at the end. On a busy machine, CPU seconds / cores tell what a quiet one would take.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres import cluster

COMMAND = Path(sys.executable).parent / "aliquot"


@dataclass
class Run:
    """One command, measured. ``memory``: MiB of all its processes, twice a second."""

    wall: float = 0
    cpu: float = 0
    memory: list[float] = field(default_factory=list)

    def memory_up_to(self, share: float) -> float:
        """The most memory in this share of the time."""
        return max(self.memory[: max(1, round(len(self.memory) * share))], default=0)


def measured(*arguments: str) -> Run:
    """Run ``aliquot`` with the arguments."""
    run, done = Run(), threading.Event()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen([COMMAND, *arguments]) as process:

        def sample() -> None:
            while not done.wait(0.5):
                run.memory.append(sum(map(resident, family(process.pid))))

        sampler = threading.Thread(target=sample)
        sampler.start()
        process.wait()
        done.set()
        sampler.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    run.wall = time.monotonic() - start
    run.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        sys.exit(f"aliquot {' '.join(arguments)} ended with {process.returncode}")
    return run


def family(pid: int) -> Iterator[int]:
    """The process and all below it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident(pid: int) -> float:
    """MiB of memory that a process has of its own."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


@contextmanager
def database(kind: str, keep: Path | None) -> Iterator[None]:
    """A site of its own in the environment of the commands."""
    os.environ["ALIQUOT_PROFILE"] = "demo"
    with tempfile.TemporaryDirectory(prefix="population-") as folder:
        os.environ["ALIQUOT_DATA"] = str(keep or folder)
        if kind == "sqlite":
            os.environ.pop("DATABASE_URL", None)
            yield
            return
        with cluster() as url:
            os.environ["DATABASE_URL"] = url
            yield


def main() -> None:
    """Print one line per step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder of a database that stays; SQLite only")
    options = parser.parse_args()
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(
        f"{options.database}, load {busy:.1f} on {cores} cores"
        + (": not quiet" if busy > 1 else "")
    )
    jobs = ("--jobs", str(options.jobs))
    steps = {
        "generate": ("demo", "generate", "--learners", str(options.learners)),
        "judge all": ("standing", "--all", "--everything", *jobs),
        "judge none": ("standing", "--all", *jobs),
    }
    with database(options.database, options.keep):
        if options.keep and (options.keep / "aliquot.sqlite3").exists():
            del steps["generate"]
        for name, arguments in steps.items():
            run = measured(*arguments)
            early, late = run.memory_up_to(0.1), run.memory_up_to(1)
            print(
                f"{name:<12}{run.wall:8.1f} s on the clock{run.cpu:8.1f} s of CPU"
                f"{early:8.0f} MiB after a tenth{late:8.0f} at the end"
                f"   load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
