"""Runs over everybody: verdicts judged and stored, and rule changes told."""

import argparse
import os
import sys
from datetime import datetime
from functools import partial

from aliquot.cli import processes
from aliquot.credentials import services
from aliquot.credentials.queries.population import PAGE, holders, pages_of_holders
from aliquot.credentials.queries.rule_changes import untold_revisions
from aliquot.credentials.services import Refreshed
from aliquot.infra import clock
from aliquot.lib.progress import Progress


def judge_all(argv: list[str]) -> int:
    """Judge every open cycle whose stored verdict is stale, and store the verdicts.

    0: done. 1: some cycles cannot be judged, a line for each on standard error. 130: interrupted;
    what was judged until then is stored, and the same command goes on from there.
    """
    options = _options(argv)
    started = clock.now()
    judged_before = started if options.everything else options.since
    services.forget_closed_cycles()
    progress = Progress(holders().count(), "people")
    work = partial(_judge_page, now=started, judged_before=judged_before)
    judged = unjudged = 0
    try:
        jobs = min(options.jobs, 1 + progress.total // PAGE)
        with processes.results(work, pages_of_holders(size=PAGE), jobs=jobs) as pages:
            for page in pages:
                for problem in page.problems:
                    progress.end()
                    print(problem, file=sys.stderr)
                judged += page.judged
                unjudged += len(page.problems)
                progress.add(page.people)
    except KeyboardInterrupt:
        progress.end()
        again = f"--since {judged_before.isoformat()}" if judged_before else ""
        print(
            f"Stopped after {judged:,} verdicts, which are stored. "
            f"Go on with: aliquot standing --all {again}".rstrip(),
            file=sys.stderr,
        )
        return 130
    progress.end()
    print(
        f"{judged:,} cycles judged, {progress.done:,} people looked at, "
        f"{progress.seconds:,.1f} seconds."
        + (f" {unjudged:,} cannot be judged." if unjudged else "")
    )
    return 1 if unjudged else 0


def tell_rule_changes(argv: list[str]) -> int:
    """Record the rule packs of this release, and tell holders what a change means for them.

    Safe to repeat and to stop: nobody is told twice. A job does the same every ten minutes.
    """
    parser = argparse.ArgumentParser(
        prog="aliquot rule-changes", description=tell_rule_changes.__doc__
    )
    parser.parse_args(argv)
    now = clock.now()
    services.record_pack_revisions(now=now)
    for revision in list(untold_revisions()):
        progress = Progress(holders(credential=revision.credential).count(), "holders")
        while people := services.tell_some_holders(revision_id=revision.pk, now=now):
            progress.add(people)
        progress.end()
        print(f"{revision.credential}: {revision.changes.count():,} holders told.")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aliquot standing --all", description=judge_all.__doc__)
    parser.add_argument("--all", action="store_true", required=True, help="everybody's open cycles")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--stale", action="store_true", help="only stale verdicts; the default")
    which.add_argument("--everything", action="store_true", help="all, stale or not")
    which.add_argument(
        "--since",
        type=_moment,
        metavar="MOMENT",
        help="stale ones and all that were not judged since then, such as 2026-11-26T08:00Z",
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=os.cpu_count() or 1,
        help="processes; one for each core (%(default)s)",
    )
    return parser.parse_args(argv)


def _judge_page(people: list[int], *, now: datetime, judged_before: datetime | None) -> Refreshed:
    return services.refresh_verdicts(people, now=now, judged_before=judged_before)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment with its zone, such as 2026-11-26T08:00Z"
        )
    return moment


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
