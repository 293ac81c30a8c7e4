"""Save passes: a page saves without opening the session, and nobody else can (ADR 0009)."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.infra.http import passes
from aliquot.learning import services
from aliquot.learning.models import Bookmark, Enrollment, PageAnswer
from tests.factories.catalog import provider, published_course
from tests.factories.learning import read_through, started
from tests.web.learning.test_player import RIGHT, address

pytestmark = pytest.mark.django_db
PAGE = "making-a-smear"
PASS = re.compile(r'data-pass="([^"]+)"')


@pytest.fixture
def strict() -> Client:
    """A browser whose CSRF token is really asked for."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def enrollment(rosa: User, strict: Client, now: datetime) -> Enrollment:
    provider()
    strict.force_login(rosa)
    return started(rosa, published_course(), now)


def pass_of(client: Client, enrollment: Enrollment) -> str:
    found = PASS.search(client.get(address(enrollment, f"pages/{PAGE}/")).text)
    assert found is not None
    return found[1]


def save(client: Client, enrollment: Enrollment, sent: str, **body: Any) -> Any:
    body = body or {"name": "bookmark", "page": PAGE, "anchor": "", "sequence": 0}
    return client.post(
        address(enrollment, "save"), json.dumps(body), content_type="application/json",
        headers={passes.HEADER: sent} if sent else {},
    )  # fmt: skip


def statements(captured: CaptureQueriesContext) -> int:
    return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)


def test_a_page_saves_by_its_pass_without_session_person_or_csrf_token(
    strict: Client, enrollment: Enrollment
) -> None:
    sent = pass_of(strict, enrollment)
    save(strict, enrollment, sent)  # the page is new: one statement more
    with CaptureQueriesContext(connection) as captured:
        body = {"name": "bookmark", "page": PAGE, "anchor": "", "sequence": 1}
        assert save(strict, enrollment, sent, **body).json()["sequence"] == 2
    assert statements(captured) == 2
    with CaptureQueriesContext(connection) as captured:
        body = {"name": "answer:page-single", "answer": RIGHT, "sequence": 0}
        reply = save(strict, enrollment, sent, **body)
    assert (reply.status_code, reply.json()["is_right"]) == (200, True)
    assert statements(captured) == 2
    assert PageAnswer.objects.get().enrollment_id == enrollment.pk


@pytest.mark.parametrize("bad", ["", "x", "1-2-3:AAAAAA:bad", "tampered", "of another kind"])
def test_without_a_good_pass_the_csrf_token_is_asked_for(
    strict: Client, enrollment: Enrollment, bad: str
) -> None:
    sent = pass_of(strict, enrollment)
    if bad == "tampered":
        bad = f"{int(sent[0]) % 9 + 1}{sent[1:]}"
    if bad == "of another kind":  # signed by this site, to stop mails
        bad = signing.TimestampSigner(salt="aliquot.reminders").sign(sent.split(":")[0])
    assert save(strict, enrollment, bad).status_code == 403
    assert Bookmark.objects.count() == 0


def test_a_pass_is_of_no_use_without_the_session_it_was_given_to(
    strict: Client, enrollment: Enrollment, stella: User
) -> None:
    sent = pass_of(strict, enrollment)
    nobody, stranger = Client(), Client()
    stranger.force_login(stella)
    assert save(nobody, enrollment, sent).status_code == 302  # to the sign-in page
    assert save(stranger, enrollment, sent).status_code == 404
    strict.logout()
    assert save(strict, enrollment, sent).status_code in {302, 403}
    assert Bookmark.objects.count() == 0


def test_a_pass_opens_its_own_enrollment_only(
    strict: Client, enrollment: Enrollment, stella: User, rosa: User, now: datetime
) -> None:
    sent = pass_of(strict, enrollment)
    course = published_course("HEM-102")
    for person in (stella, rosa):
        other = started(person, course, now)
        assert save(strict, other, sent).status_code == 403  # no pass, no token
    assert Bookmark.objects.count() == 0


def test_a_pass_ends_after_half_an_hour_and_the_session_takes_over(
    enrollment: Enrollment, rosa: User
) -> None:
    client = Client()
    client.force_login(rosa)
    sent, made = pass_of(client, enrollment), datetime.now().astimezone()
    with time_machine.travel(made + timedelta(minutes=29), tick=False):
        assert passes.read(_asking(client, sent), 3) is not None
    with time_machine.travel(made + timedelta(minutes=31), tick=False):
        assert passes.read(_asking(client, sent), 3) is None
        assert save(client, enrollment, sent).status_code == 200


def _asking(client: Client, sent: str) -> Any:
    return client.get("/", headers={passes.HEADER: sent}).wsgi_request


def test_a_pass_does_not_keep_an_old_session_alive(enrollment: Enrollment, rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    sent, made = pass_of(client, enrollment), datetime.now().astimezone()
    with time_machine.travel(made + timedelta(days=15), tick=False):
        assert client.get("/learning/", headers={passes.HEADER: sent}).status_code == 302
    client.force_login(rosa)
    sent = pass_of(client, enrollment)
    with time_machine.travel(made + timedelta(days=15), tick=False):
        assert save(client, enrollment, sent).status_code == 302
    assert Bookmark.objects.count() == 0


@pytest.mark.parametrize("number", [2**63, 10**30])
@pytest.mark.parametrize("page", ["", "test/", "pages/first/", "finished/"])
def test_a_number_that_no_row_can_have_is_not_found(
    strict: Client, enrollment: Enrollment, number: int, page: str
) -> None:
    assert strict.get(f"/learning/{number}/{page}").status_code == 404


def test_a_gone_enrollment_is_not_found(strict: Client, enrollment: Enrollment) -> None:
    sent = pass_of(strict, enrollment)
    Enrollment.objects.all().delete()
    assert save(strict, enrollment, sent).status_code == 404


def test_answers_of_a_test_are_saved_by_the_pass_of_its_page(
    rosa: User, strict: Client, now: datetime
) -> None:
    provider()
    strict.force_login(rosa)
    enrollment = started(rosa, published_course(), now)
    read_through(enrollment, now)
    attempt = services.start_test(enrollment=enrollment, now=now)
    found = PASS.search(strict.get(address(enrollment, f"test/{attempt.pk}/")).text)
    assert found is not None
    key = next(each["key"] for each in attempt.form if each["kind"] == "true_false")

    def save_answer(answer: str) -> int:
        body = {"name": key, "answer": answer, "sequence": 9}
        with CaptureQueriesContext(connection) as captured:
            reply = strict.post(
                address(enrollment, f"test/{attempt.pk}/answer"), json.dumps(body),
                content_type="application/json", headers={passes.HEADER: found[1]},
            )  # fmt: skip
        assert reply.status_code == 200
        return statements(captured)

    assert save_answer("true") == 2  # whose attempt it is, is new to this process
    assert save_answer("false") == 1
