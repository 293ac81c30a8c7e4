"""Whole stories through Debian's PgBouncer in transaction mode, with far fewer connections than
clients: nothing of ours may lean on what a session remembers between transactions.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo

from aliquot.certificates.models import Certificate
from aliquot.commerce import queries as commerce
from aliquot.flows.check_invariants import check_and_tell
from aliquot.flows.finish_course import finish_course
from aliquot.infra import seals
from aliquot.infra.database import planning_once
from aliquot.infra.jobs import worker
from aliquot.infra.models import OutboxMail
from aliquot.infra.tasks import prune
from aliquot.learning.models import Bookmark, Enrollment
from aliquot.lib.money import Money
from tests.concurrency import at_once
from tests.factories.catalog import provider, published_course
from tests.factories.learning import EVALUATION, read_through, taken_test
from tests.factories.shop import bought, open_shop
from tests.people import PASSWORD, person

pytestmark = pytest.mark.postgresql

CLIENTS, SERVERS = 4, 2
PORT = 6432  # of a socket in a folder of ours
CONFIGURATION = """
[databases]
* = host={server} user={user}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 100
ignore_startup_parameters = extra_float_digits
"""


@pytest.fixture(scope="module")
def pooler() -> Iterator[Path]:
    """PgBouncer before the server of the tests; gives the folder of its socket."""
    settings = connection.settings_dict
    folder = Path(tempfile.mkdtemp(prefix="pool-", dir="/tmp"))  # socket paths are short
    file = folder / "pgbouncer.ini"
    file.write_text(
        CONFIGURATION.format(
            server=settings["HOST"], user=settings["USER"], folder=folder, port=PORT, size=SERVERS
        )
    )
    as_user = []
    if os.geteuid() == 0:  # it refuses to run as root
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    command = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert command, "The tests need the package pgbouncer; make packages installs it."
    process = subprocess.Popen([*as_user, command, "-q", str(file)], cwd="/")
    socket = folder / f".s.PGSQL.{PORT}"
    until = time.monotonic() + 120
    while not socket.exists():
        assert time.monotonic() < until
        assert process.poll() is None, "pgbouncer did not start"
        time.sleep(0.02)
    try:
        yield folder
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pooled(transactional_db: None, pooler: Path) -> Iterator[None]:
    """Every connection of this test, in every thread, goes through the pooler."""
    settings = connection.settings_dict
    direct = {name: settings[name] for name in ("HOST", "PORT")}
    connection.close()
    settings.update(HOST=str(pooler), PORT=str(PORT))
    yield
    connection.close()
    settings.update(direct)


def backend() -> int:
    """Which process of the server answers just now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_signing_in_learning_finishing_and_buying_work_with_fewer_connections_than_clients(
    pooled: None, now: datetime
) -> None:
    provider()
    published_course(pages=2)
    open_shop()
    learners = [person(f"learner{number}@example.org", "Rosa") for number in range(CLIENTS)]
    before = now - timedelta(days=1)

    def live(number: int) -> set[int]:
        seen = {backend()}
        learner, browser = learners[number], Client()
        signed_in = browser.post("/account/login/", {"login": learner.email, "password": PASSWORD})
        assert signed_in["Location"] == "/learning/"
        assert browser.post("/courses/hem-101/start").status_code == 302
        enrollment = Enrollment.objects.get(person=learner)
        page = enrollment.version.pages.order_by("position").first()
        place: dict[str, Any] = {"name": "bookmark", "page": page.slug, "anchor": ""}
        for sequence in range(3):
            saved = browser.post(
                f"/learning/{enrollment.pk}/save",
                json.dumps({**place, "sequence": sequence}),
                content_type="application/json",
            )
            assert saved.status_code == 200
            seen.add(backend())
        read_through(enrollment, before)
        taken_test(enrollment, before)
        finish_course(enrollment=enrollment, answers=EVALUATION, now=now)
        order = bought(learner, "unlimited-year", now=now, key=f"checkout-{number}")
        assert commerce.money_of(order).paid == Money(95_00, "USD")
        assert browser.get("/learning/").status_code == 200
        return seen | {backend()}

    seen = set().union(*at_once(CLIENTS, live))
    assert len(seen) <= SERVERS, "more clients than connections, or nothing was tried"
    assert Certificate.objects.count() == Bookmark.objects.count() == CLIENTS
    prune.enqueue()
    assert worker.run_ready(now=now) >= 1
    assert seals.seal_entries(now=now) == 1
    assert OutboxMail.objects.filter(subject__startswith="Receipt").count() == CLIENTS
    report = check_and_tell(now=now).report["invariants"]
    assert [each["violations"] for each in report] == [0] * 12


def test_the_pooler_would_bite_whoever_leans_on_a_session(pooler: Path) -> None:
    """The control: what the site must not do fails here indeed, at the latest when the clients
    outnumber the connections.
    """
    target = make_conninfo(host=str(pooler), port=str(PORT), dbname="postgres", user="one")
    with ExitStack() as stack:
        clients = [
            stack.enter_context(psycopg.connect(target, autocommit=True))
            for _ in range(SERVERS + 1)
        ]

        def lean_on_the_session() -> None:
            for client in clients:
                client.execute("SELECT 1", prepare=True)

        with pytest.raises(psycopg.errors.DuplicatePreparedStatement):
            lean_on_the_session()


def test_behind_the_pooler_no_statement_is_kept_planned(pooled: None) -> None:
    """On the server itself it is: tests/infra/test_statements.py."""
    with planning_once() as cursor:
        cursor.execute("SELECT 7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
