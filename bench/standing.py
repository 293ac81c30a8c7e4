"""How long a verdict takes: 3 credentials × 60 activities (goal: 5 ms), and 10,000 activities.

Then the figures alone, as a run over many people wants them: 1 credential × 30 activities (goal:
half a millisecond), with what cycles have in common remembered. Prints how busy the machine is.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from aliquot.catalog import data as catalog
from aliquot.credentials.data import pack
from aliquot.credentials.facts import Activity, CredentialHeld, Part, Pin, Transcript
from aliquot.credentials.rules import Grounds, figures, judge

AS_OF = date(2026, 11, 23)


def transcript(*, activities: int, seed: int = 1) -> Transcript:
    """Credentials of three cycles, and activities of one or two areas in quarters of a point."""
    chance = random.Random(seed)
    areas = list(catalog.areas())
    credentials = tuple(
        CredentialHeld(pack(name), end, first_certified_on=date(2011, 5, 14))
        for name, end in (
            ("ascp_mls", date(2027, 6, 30)),
            ("ascp_mlt", date(2027, 8, 31)),
            ("ascp_mls", date(2027, 12, 31)),
        )
    )
    days = [AS_OF - timedelta(days=chance.randrange(600)) for _ in range(activities)]
    kinds = ["contact_hours"] * 8 + ["in_service", "ceu"]
    return Transcript(
        AS_OF,
        credentials,
        tuple(
            Activity(
                id=f"a{index}",
                completed_on=day,
                kind=chance.choice(kinds),
                parts=(
                    Part(
                        Decimal(chance.randint(1, 6)) / 4,
                        tuple(chance.sample(areas, chance.randint(1, 2))),
                    ),
                ),
                approvals=frozenset({"pace"}),
            )
            for index, day in enumerate(days)
        ),
    )


def milliseconds(run: Callable[[], object], *, times: int) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def main() -> None:
    """Print one line per size."""
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(f"load {busy:.1f} on {cores} cores" + (": not quiet" if busy > 1 else ": quiet"))
    for activities, times in ((60, 30), (1_000, 5), (10_000, 3)):
        whole = transcript(activities=activities)
        took = milliseconds(lambda whole=whole: judge(whole), times=times)
        print(f"3 credentials x {activities:>6} activities: {took:8.1f} ms")
    whole = transcript(activities=60)
    for row in judge(replace(whole, credentials=whole.credentials[:1])):
        pins = tuple(
            Pin("ascp_mls", share.activity, share.requirement, share.amount)
            for share in row.allocations
        )
    pinned = replace(whole, credentials=whole.credentials[:1], pins=pins)
    took = milliseconds(lambda: judge(pinned), times=5)
    print(f"1 credential  x     60 activities, {len(pins)} pins: {took:8.1f} ms")
    whole, grounds = transcript(activities=30), Grounds()
    took = milliseconds(
        lambda: figures(
            whole.credentials[0], activities=whole.activities, as_of=AS_OF, grounds=grounds
        ),
        times=200,
    )
    print(f"1 credential  x     30 activities, figures only: {took:8.2f} ms")


if __name__ == "__main__":
    main()
