"""Commands of whoever runs the site: setup, migrate, serve, worker."""

import argparse
import signal
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from aliquot.commerce.services import seed_products
from aliquot.credentials.services import record_pack_revisions
from aliquot.infra import clock, delivery, upkeep


def setup(argv: Sequence[str]) -> int:
    """Bring database, shared cache, triggers and static files up to date; quick when they are.

    Records the rule packs of this release too, so that holders are told what changed, and makes
    the products of a new shop, once.
    """
    parser = argparse.ArgumentParser(prog="aliquot setup", description=setup.__doc__)
    parser.parse_args(argv)
    upkeep.bring_database_up_to_date()
    record_pack_revisions(now=clock.now())
    seed_products(now=clock.now())
    upkeep.collect_static_files()
    return 0


def migrate(argv: Sequence[str]) -> int:
    """Bring the database up to date: migrations, shared cache, triggers, recorded rule packs."""
    parser = argparse.ArgumentParser(prog="aliquot migrate", description=migrate.__doc__)
    parser.parse_args(argv)
    upkeep.bring_database_up_to_date()
    record_pack_revisions(now=clock.now())
    seed_products(now=clock.now())
    return 0


def serve(argv: Sequence[str]) -> int:
    """Serve the site until SIGTERM or Ctrl-C."""
    from aliquot.cli import server

    demo = settings.IS_DEMO
    parser = argparse.ArgumentParser(prog="aliquot serve", description=serve.__doc__)
    parser.add_argument("--host", default=settings.HOST, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=settings.PORT, help="port (%(default)s)")
    parser.add_argument(
        "--workers",
        type=_positive,
        default=settings.WORKERS or server.usual_workers(),
        help="processes (%(default)s)",
    )
    parser.add_argument(
        "--threads", type=_positive, default=settings.THREADS, help="per process (%(default)s)"
    )
    parser.add_argument(
        "--jobs",
        action=argparse.BooleanOptionalAction,
        default=demo,
        help="run jobs inside the server, instead of aliquot worker",
    )
    parser.add_argument(
        "--grace",
        type=_positive,
        default=1 if demo else 20,
        help="seconds that requests at work get to finish on a stop (%(default)s)",
    )
    options = parser.parse_args(argv)
    _check_mail_server()
    upkeep.refuse_without_migrations()
    upkeep.refuse_without_static_files()
    return server.run(
        host=options.host,
        port=options.port,
        workers=options.workers,
        threads=options.threads,
        with_jobs=options.jobs,
        grace_seconds=options.grace,
    )


def worker(argv: Sequence[str]) -> int:
    """Run jobs, the schedule and mail delivery until SIGTERM or Ctrl-C."""
    from aliquot.infra.jobs.worker import Worker

    parser = argparse.ArgumentParser(prog="aliquot worker", description=worker.__doc__)
    parser.add_argument("--threads", type=_positive, default=2, help="jobs at once (%(default)s)")
    parser.add_argument(
        "--lease",
        type=_positive,
        default=60,
        metavar="SECONDS",
        help="how long a job stays with a worker that gives no sign of life (%(default)s)",
    )
    parser.add_argument(
        "--grace",
        type=_positive,
        default=1 if settings.IS_DEMO else 20,
        metavar="SECONDS",
        help="how long jobs at work get to finish on a stop; others are given back (%(default)s)",
    )
    options = parser.parse_args(argv)
    _check_mail_server()
    upkeep.refuse_without_migrations()
    # Waited for, not handled: a handler could interrupt whatever lock the main thread holds.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    running = Worker(threads=options.threads, lease=timedelta(seconds=options.lease))
    running.start()
    signal.sigwait(ends)
    if not running.stop(seconds=options.grace):
        running.give_back()
    return 0


def _check_mail_server() -> None:
    """A wrong address stops the start, not the first mail."""
    if settings.MAIL_URL:
        delivery.server_options(settings.MAIL_URL)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return number
