"""How long a plan takes: 200 courses × 10 credentials, by hours and by price (goal: under 1 s).

Prints the median and the slowest of several catalogs and transcripts, whether each was proven, and
how busy the machine is.
"""

import os
import random
import time
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from aliquot.catalog import data as catalog
from aliquot.credentials.data import pack
from aliquot.credentials.facts import Activity, CourseOffer, CredentialHeld, Part, Transcript
from aliquot.flows.plan_courses import plan_courses

AS_OF = date(2026, 11, 23)
CERTIFIED = date(2011, 5, 14)
HELD = (
    ("ascp_mls", date(2027, 6, 30)),
    ("ascp_mlt", date(2028, 3, 31)),
    ("ascp_sh", date(2027, 12, 31)),
    ("ascp_ht", date(2029, 5, 31)),
    ("amt_mt", date(2027, 12, 31)),
    ("lic_fl", date(2028, 8, 31)),
    ("lic_ca", date(2027, 9, 30)),
    ("lic_nd", date(2028, 6, 30)),
    ("lic_la", date(2026, 12, 31)),
    ("lic_wv", date(2027, 6, 30)),
)
APPROVALS = (frozenset({"pace"}), frozenset({"pace", "florida_board"}), frozenset({"cmle"}))


def problem(seed: int) -> tuple[Transcript, list[CourseOffer]]:
    """Ten credentials with a dozen activities, and two hundred courses of half an hour to three."""
    chance = random.Random(seed)
    areas = list(catalog.areas())
    known = catalog.approvals()
    approvals = [kinds & known.keys() or frozenset({"pace"}) for kinds in APPROVALS]

    def activity(name: str, day: date) -> Activity:
        count = 1 if chance.random() < 0.8 else 2
        parts = tuple(
            Part(
                Decimal(chance.randint(2, 8)) / 4,
                tuple(chance.sample(areas, 1 if chance.random() < 0.8 else 2)),
            )
            for _ in range(count)
        )
        return Activity(name, day, "contact_hours", parts, frozenset(chance.choice(approvals)))

    held = tuple(
        CredentialHeld(pack(name), end, CERTIFIED, specialties=("hematology", "chemistry"))
        for name, end in HELD
    )
    done = tuple(
        activity(f"a{index}", AS_OF - timedelta(days=chance.randrange(500))) for index in range(12)
    )
    offers = [
        CourseOffer(activity(f"c{index:03}", AS_OF), 500 * chance.randint(1, 8))
        for index in range(200)
    ]
    return Transcript(AS_OF, held, done), offers


def main() -> None:
    """Print one line per objective and margin."""
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(f"load {busy:.1f} on {cores} cores" + (": not quiet" if busy > 1 else ": quiet"))
    plan_courses(*problem(0))  # loads the solver
    for by, margin in (("hours", 0), ("hours", 200), ("price", 0), ("price", 200)):
        times, proven = [], 0
        for seed in range(1, 8):
            transcript, offers = problem(seed)
            start = time.perf_counter()
            plan = plan_courses(transcript, offers, by=by, margin=margin)
            times.append(time.perf_counter() - start)
            proven += plan.is_proven
        print(
            f"10 credentials x 200 courses by {by:5}, margin {margin // 100}: "
            f"median {median(times):5.2f} s, slowest {max(times):5.2f} s, {proven} of 7 proven"
        )


if __name__ == "__main__":
    main()
