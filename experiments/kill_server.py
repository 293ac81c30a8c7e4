"""kill -9 the server under mixed load: nothing that was acknowledged is lost.

``python -m experiments.kill_server --database sqlite --kills 30``. Control: a server that
acknowledges before it commits.
"""

import argparse
import random
import threading

from experiments import load, report
from experiments.site import connect_django, site

LEARNERS = 8


def main() -> int:
    """Run the experiment and its control on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--control-kills", type=int, default=5)
    parser.add_argument("--courses", type=int, default=12, help="to finish, for each learner")
    options = parser.parse_args()
    rows = []
    with site(options.database, learners=LEARNERS, courses=options.courses) as place:
        connect_django(place.environment)
        early = {"DJANGO_SETTINGS_MODULE": "experiments.early_settings"}
        rows.append(trial(place, "the product", options.kills, {}))
        place.start()  # what the last kill interrupted is settled by a start and a check
        place.kill()
        rows[0]["broken invariants"] = broken()
        rows.append(
            trial(place, "control: acknowledge before commit", options.control_kills, early)
        )
        rows[1]["broken invariants"] = "not looked at"
    report.write(
        f"kill-server-{options.database}",
        f"kill -9 of the server under mixed load, {options.database}",
        f"{LEARNERS} learners save places and answers, log activities and finish courses at once "
        "over HTTP; what was acknowledged is logged outside. At a random moment the whole process "
        "group is killed and started again; everything acknowledged so far is then looked up.",
        rows,
    )
    return int(bool(rows[0]["acknowledged, then lost"]) or not rows[1]["acknowledged, then lost"])


def trial(place: object, name: str, kills: int, settings: dict[str, str]) -> dict[str, object]:
    """So many kills; how many acknowledged writes were lost."""
    log = load.Acknowledged(place.folder / f"acknowledged-{len(settings)}.log")
    gone: set[str] = set()
    for _ in range(kills):
        place.start(**settings)
        stop = threading.Event()
        crowd = [load.Learner(place, number, log, stop) for number in range(LEARNERS)]
        for learner in crowd:
            learner.start()
        stop.wait(random.uniform(1.5, 3.5))
        place.kill()
        stop.set()
        for learner in crowd:
            learner.join()
        gone |= set(load.lost(log.rows))
    kinds = {kind for kind, _ in log.rows}
    return {
        "": name,
        "kills": kills,
        "acknowledged": f"{len(log.rows):,}",
        "of them": ", ".join(
            f"{sum(1 for kind, _ in log.rows if kind == each)} {each}" for each in sorted(kinds)
        ),
        "cut off unanswered": log.unanswered,
        "acknowledged, then lost": len(gone),
    }


def broken() -> int:
    """How many of the twelve invariants are broken."""
    from aliquot.flows.check_invariants import examined
    from aliquot.infra import clock

    found = {each.name: list(each.broken) for each in examined(now=clock.now())}
    print({name: sentences for name, sentences in found.items() if sentences})
    return sum(bool(sentences) for sentences in found.values())


if __name__ == "__main__":
    raise SystemExit(main())
