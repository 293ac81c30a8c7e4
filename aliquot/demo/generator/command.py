"""``aliquot demo generate``: fill a database with invented people and courses."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction

from aliquot.accounts.models import User
from aliquot.demo import cast, shop
from aliquot.demo.generator import histories, learners, purchases
from aliquot.demo.generator.courses import YEARS_OPEN, invent_courses
from aliquot.demo.generator.rows import Table, copy_in, indexes_afterwards, let_ids_go_on
from aliquot.demo.generator.stories import stories_of
from aliquot.demo.samples import import_samples
from aliquot.infra import clock, seals, upkeep
from aliquot.lib.errors import NotAllowedError
from aliquot.lib.progress import Progress

_CHUNK = 1_000  # learners that are written together
MANY = 20_000  # learners from which on indexes are made afterwards
ACTIVITIES, ACTIVITIES_BESIDE_COURSES = 30, 3


def run(argv: list[str]) -> int:
    """Invent learners with credentials, activities and histories in invented courses.

    The same ones for the same seed. Meant for the demo profile and an empty database; anything
    else must be said twice: --add, and --site with the address of this site.
    """
    options = _options(argv)
    upkeep.bring_database_up_to_date()
    _refuse_unless_told(options)
    seconds = generate(
        learners=options.learners,
        courses=options.courses,
        activities=options.activities,
        seed=options.seed,
        as_of=options.as_of,
    )
    if options.learners < MANY:  # else the worker does it, in its own time
        seals.seal_entries(now=clock.now())
    told = f"{options.learners:,} learners and {options.courses:,} courses"
    print(f"{told} in {seconds:,.1f} seconds.")  # noqa: T201 (the answer)
    return 0


def _refuse_unless_told(options: argparse.Namespace) -> None:
    """Real people are never mixed with invented ones by a slip of one flag."""
    others = User.objects.exclude(email__in=[member.email for member in cast.CAST]).count()
    if settings.IS_DEMO and not others:
        return
    if options.add and options.site.rstrip("/") == settings.SITE_URL:
        return
    if others:
        people = "is 1 person" if others == 1 else f"are {others:,} people"
        found = f"There {people} here already."
    else:
        found = "Invented people live in the demo profile: ALIQUOT_PROFILE=demo."
    raise NotAllowedError(
        f"{found} To add invented ones all the same, say it twice: "
        f"--add --site {settings.SITE_URL} (with another --seed)."
    )


def generate(
    *, learners: int, seed: int, as_of: date, courses: int = 0, activities: int | None = None
) -> float:
    """Invent courses and learners and write them. Returns the seconds.

    Many learners on PostgreSQL are one transaction without indexes; else a stop leaves whole
    learners.
    """
    if activities is None:
        activities = ACTIVITIES_BESIDE_COURSES if courses else ACTIVITIES
    progress = Progress(learners, "learners")
    tables, inventor, buying = _prepared(courses, activities, seed=seed, as_of=as_of)

    def keep_counting() -> None:
        let_ids_go_on(tables)
        if buying is not None:
            buying.keep_numbers()

    def invented() -> Iterator[int]:
        """Chunk by chunk, their rows in the tables; how many."""
        for start in range(0, learners, _CHUNK):
            numbers = range(start, min(start + _CHUNK, learners))
            for number in numbers:
                inventor.invent(number)
            yield len(numbers)

    if connection.vendor == "postgresql" and learners >= MANY:
        _write_at_once(tables, invented(), keep_counting, progress)
    else:
        for count in invented():
            with transaction.atomic():
                for table in tables:
                    table.write()
                keep_counting()
            progress.add(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    progress.end()
    return progress.seconds


def _write_at_once(
    tables: Sequence[Table],
    invented: Iterator[int],
    keep_counting: Callable[[], None],
    progress: Progress,
) -> None:
    """One transaction without indexes; while a chunk is sent, the next one is invented."""
    with (
        transaction.atomic(),
        indexes_afterwards(tables),
        ThreadPoolExecutor(max_workers=1) as sender,
    ):
        sent: Future[None] | None = None
        for count in invented:
            copies = [table.taken() for table in tables]
            if sent is not None:
                sent.result()
            sent = sender.submit(copy_in, connection.connection, copies)
            progress.add(count)
        if sent is not None:
            sent.result()
        keep_counting()


def _prepared(
    courses: int, activities: int, *, seed: int, as_of: date
) -> tuple[list[Table], learners.Inventor, purchases.Purchases | None]:
    """The tables to write, and who fills them."""
    people = learners.Tables.ready()
    inventor = learners.Inventor(people, seed=seed, as_of=as_of, activities=activities)
    if not courses:
        return [*people], inventor, None
    now = clock.now()
    import_samples(settings.ROOT / "courses")
    shop.open_shop(now=now)
    opened = datetime.combine(as_of - timedelta(days=365 * YEARS_OPEN), time(), tzinfo=UTC)
    ids = invent_courses(courses, seed=seed, as_of=as_of, now=opened)
    taken, bought = histories.Tables.ready(), purchases.Tables.ready()
    buying = purchases.Purchases(bought, taken.entitlements, taken.audit, now=now)
    inventor.histories = histories.Histories(
        taken,
        people.activities,
        people.entries,
        buying,
        stories=stories_of(ids, seed=seed, as_of=as_of),
        until=datetime.combine(as_of, time(), tzinfo=UTC),
    )
    return _in_order(people, taken, bought), inventor, buying


def _in_order(
    people: learners.Tables, taken: histories.Tables, bought: purchases.Tables
) -> list[Table]:
    """Rows are written after those that they point at."""
    late = [people.activities, people.entries]
    early = [each for each in people if each not in late]
    return [*early, *bought, *taken, *late]


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aliquot demo generate", description=run.__doc__)
    parser.add_argument("--learners", type=int, default=1_000, help="how many (%(default)s)")
    parser.add_argument(
        "--courses",
        type=int,
        default=0,
        help="how many invented courses they took, bought and finished (%(default)s)",
    )
    parser.add_argument(
        "--activities",
        type=int,
        help=f"from elsewhere, of each ({ACTIVITIES}; {ACTIVITIES_BESIDE_COURSES} with --courses)",
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same people")
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        default=clock.now().date(),
        metavar="DAY",
        help="all that happened lies in the three years before it (today)",
    )
    parser.add_argument("--add", action="store_true", help="also where people are already")
    parser.add_argument("--site", default="", help="the address of this site: told a second time")
    return parser.parse_args(argv)
