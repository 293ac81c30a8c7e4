"""kill -9 PostgreSQL under mixed load, while the site stays up: nothing acknowledged is lost.

Control: ``synchronous_commit=off``, which acknowledges a commit before it is written out.
"""

import argparse
import random
import threading
import time
from contextlib import suppress
from typing import Any

from experiments import load, report
from experiments.site import PATIENCE_SECONDS, Site, connect_django, kill_postgresql, site

LEARNERS = 8


def main() -> int:
    """Run the experiment and its control."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--control-kills", type=int, default=20)
    parser.add_argument("--courses", type=int, default=12, help="to finish, for each learner")
    options = parser.parse_args()
    rows = []
    with site("postgresql", learners=LEARNERS, courses=options.courses) as place:
        connect_django(place.environment)
        for name, kills, settings in (
            ("the product", options.kills, {}),
            (
                "control: synchronous_commit=off",
                options.control_kills,
                {"PGOPTIONS": "-c synchronous_commit=off"},
            ),
        ):
            place.start(**settings)
            rows.append(trial(place, name, kills))
            place.kill()
    report.write(
        "kill-postgresql",
        "kill -9 of PostgreSQL under mixed load",
        f"{LEARNERS} learners act over HTTP as in kill-server. At a random moment the postmaster "
        "and all its processes are killed and started again on the same files (fsync on); the "
        "site stays up. Everything acknowledged so far is then looked up. The longest outage is "
        "from a kill to the first acknowledgement after it.",
        rows,
    )
    return int(bool(rows[0]["acknowledged, then lost"]) or not rows[1]["acknowledged, then lost"])


def trial(place: Site, name: str, kills: int) -> dict[str, Any]:
    """So many kills under one running site."""
    log = load.Acknowledged(place.folder / f"acknowledged-{kills}.log")
    stop = threading.Event()
    crowd = [load.Learner(place, number, log, stop) for number in range(LEARNERS)]
    for learner in crowd:
        learner.start()
    gone: set[str] = set()
    longest = 0.0
    for _ in range(kills):
        time.sleep(random.uniform(1.0, 2.5))
        began = time.monotonic()
        kill_postgresql(place.url)
        seen, before = list(log.rows), len(log.rows)
        gone |= set(sure(seen))
        while len(log.rows) == before and time.monotonic() - began < PATIENCE_SECONDS:
            time.sleep(0.05)
        longest = max(longest, time.monotonic() - began)
    stop.set()
    for learner in crowd:
        learner.join()
    return {
        "": name,
        "kills": kills,
        "acknowledged": f"{len(log.rows):,}",
        "refused or unanswered meanwhile": log.refused + log.unanswered,
        "longest outage": f"{longest:.1f} s",
        "acknowledged, then lost": len(gone),
    }


def sure(rows: list[tuple[str, Any]]) -> list[str]:
    """What is lost; the load goes on, so only what was acknowledged is compared, not totals."""
    from django.db import OperationalError

    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(OperationalError):
            return load.lost(rows, with_totals=False)
        time.sleep(0.2)
    raise RuntimeError("PostgreSQL did not come back.")


if __name__ == "__main__":
    raise SystemExit(main())
