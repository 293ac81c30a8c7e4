"""``aliquot demo generate``: fill a database with invented people."""

import argparse
from datetime import date

from django.conf import settings
from django.db import transaction

from aliquot.accounts.models import User
from aliquot.demo import cast
from aliquot.demo.generator.learners import Inventor, Tables
from aliquot.demo.generator.rows import let_ids_go_on
from aliquot.infra import clock, upkeep
from aliquot.lib.errors import NotAllowedError
from aliquot.lib.progress import Progress

_CHUNK = 1_000  # learners that are written together


def run(argv: list[str]) -> int:
    """Invent learners with two credentials and thirty activities each, the same for a seed."""
    options = _options(argv)
    if not settings.IS_DEMO:
        raise NotAllowedError("Invented people live in the demo profile: ALIQUOT_PROFILE=demo.")
    upkeep.bring_database_up_to_date()
    others = User.objects.exclude(email__in=[member.email for member in cast.CAST]).count()
    if others and options.add < 2:
        raise NotAllowedError(
            f"There are {others:,} people here already. To add invented ones to them, say it "
            "twice: --add --add (with another --seed)."
        )
    seconds = generate(learners=options.learners, seed=options.seed, as_of=options.as_of)
    print(f"{options.learners:,} learners in {seconds:,.1f} seconds.")  # noqa: T201 (the answer)
    return 0


def generate(*, learners: int, seed: int, as_of: date) -> float:
    """Invent the learners and write them; a stop leaves whole learners. Returns the seconds."""
    tables = Tables.ready()
    inventor = Inventor(tables, seed=seed, as_of=as_of)
    progress = Progress(learners, "learners")
    for start in range(0, learners, _CHUNK):
        numbers = range(start, min(start + _CHUNK, learners))
        for number in numbers:
            inventor.invent(number)
        with transaction.atomic():
            for table in tables:
                table.write()
            let_ids_go_on(tables)
        progress.add(len(numbers))
    progress.end()
    return progress.seconds


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aliquot demo generate", description=run.__doc__)
    parser.add_argument("--learners", type=int, default=1_000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same people")
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        default=clock.now().date(),
        metavar="DAY",
        help="activities lie in the three years before it (today)",
    )
    parser.add_argument(
        "--add", action="count", default=0, help="given twice: also where people are already"
    )
    return parser.parse_args(argv)
