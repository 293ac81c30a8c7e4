"""From the pass to the certificate: the evaluation form, and the page after it."""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.certificates.services import revoke_certificate
from aliquot.infra import clock
from aliquot.learning.models import Completion, Enrollment, Evaluation
from aliquot.lib import codes
from tests.factories.catalog import approve, provider, published_course
from tests.factories.credentials import holding
from tests.factories.learning import read_through, ready_to_finish, started, taken_test

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "objective_choose-area": "met",
    "objective_count-cells": "partly",
    "author": "5",
    "content": "4",
    "methods": "4",
    "facilities": "5",
    "experience": "3",
    "bias": "no",
    "bias_noted": "",
    "minutes": "75",
    "comment": "",
}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Approvals and cycles have dates: it is November 23, 2026, whenever this runs."""
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def ready(rosa: User, client: Client, now: datetime) -> Enrollment:
    provider()
    client.force_login(rosa)
    return ready_to_finish(rosa, published_course(), now)


def address(enrollment: Enrollment, rest: str = "evaluation/") -> str:
    return f"/learning/{enrollment.pk}/{rest}"


def submit(client: Client, enrollment: Enrollment, **changes: str) -> Any:
    return client.post(address(enrollment), FILLED_IN | changes)


def test_the_form_asks_all_that_a_provider_must_ask(client: Client, ready: Enrollment) -> None:
    reply = client.get(address(ready))
    assert list(reply.context["form"].fields) == list(FILLED_IN)
    for words in ("Choose the reading area", "Count the cells", "Rosa Méndez"):
        assert words in reply.text
    assert Evaluation.objects.count() == 0


def test_submitting_leads_to_the_certificate_in_one_step(client: Client, ready: Enrollment) -> None:
    reply = submit(client, ready)
    assert reply.url == address(ready, "finished/")
    page = client.get(reply.url)
    certificate = Certificate.objects.get()
    assert f'href="/certificates/{certificate.code}/"' in page.text
    assert f'href="/v/{certificate.code}"' in page.text
    assert "carries no accreditation" in page.text
    assert "1.25 contact hours" in page.text
    assert Evaluation.objects.get().answers["minutes"] == 75


def test_the_finished_page_names_the_approvals_of_that_day(
    client: Client, ready: Enrollment
) -> None:
    approve(ready.course)
    page = client.get(submit(client, ready).url)
    assert "Approved on that day by Demonstration Accreditor (DEMO-1)." in page.text
    code = codes.grouped(Certificate.objects.get().code)
    assert f">{settings.SITE_URL.partition('://')[2]}/v/{code}</a>" in page.text


def test_the_finished_page_says_where_the_credit_counts(
    client: Client, rosa: User, ready: Enrollment
) -> None:
    approve(ready.course, kind="pace")
    held = holding(rosa)
    page = client.get(submit(client, ready).url)
    assert "Where it counts" in page.text
    assert f'href="/credentials/{held.pk}/"' in page.text
    assert "1.25 points" in page.text


def test_a_revoked_certificate_is_not_offered_as_valid(
    client: Client, ready: Enrollment, amara: User, now: datetime
) -> None:
    url = submit(client, ready).url
    revoke_certificate(
        certificate=Certificate.objects.get(), reason="Typed twice", actor_id=amara.pk, now=now
    )
    assert "This certificate was revoked." in client.get(url).text


def test_submitting_twice_makes_one_of_everything(client: Client, ready: Enrollment) -> None:
    assert submit(client, ready).url == submit(client, ready, author="1").url
    assert (Completion.objects.count(), Certificate.objects.count()) == (1, 1)
    assert client.get(address(ready)).url == address(ready, "finished/")


def test_an_empty_form_comes_back_with_a_summary_of_every_problem(
    client: Client, ready: Enrollment
) -> None:
    reply = client.post(address(ready), {})
    assert reply.status_code == 422
    assert "<title>Error: " in reply.text
    assert set(reply.context["form"].errors) == set(FILLED_IN) - {"bias_noted", "comment"}
    assert 'href="#id_minutes"' in reply.text
    assert Completion.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"minutes": "0"}, "minutes", "Enter the minutes as a whole number from 1 to 6000."),
        ({"minutes": "an hour"}, "minutes", "Enter the minutes as a whole number."),
        ({"bias": "yes"}, "bias_noted", "Say what bias you noticed."),
        ({"comment": "x" * 4001}, "comment", "Write at most 4000 characters."),
    ],
)
def test_a_wrong_answer_is_explained_and_the_others_stay(
    client: Client, ready: Enrollment, changes: dict[str, str], field: str, problem: str
) -> None:
    reply = submit(client, ready, **changes)
    assert reply.status_code == 422
    assert reply.context["form"].errors == {field: [problem]}
    assert reply.context["form"].data["author"] == "5"


def test_fields_that_are_not_asked_are_not_read(client: Client, ready: Enrollment) -> None:
    submit(client, ready, completed_at="2020-01-01", contact_hours="99", score="100")
    completion = Completion.objects.get()
    assert str(completion.contact_hours) == "1.25"
    assert completion.completed_at.year != 2020
    assert "score" not in Evaluation.objects.get().answers


def test_before_the_pass_there_is_no_form_and_no_completion_whatever_is_sent(
    client: Client, rosa: User, now: datetime
) -> None:
    client.force_login(rosa)
    enrollment = started(rosa, published_course(), now)
    page = client.get(address(enrollment))
    assert "3 of 3 still to open" in page.text
    assert "Pass the test." in page.text
    assert submit(client, enrollment).status_code == 409
    read_through(enrollment, now)
    taken_test(enrollment, now, wrong=2)
    assert submit(client, enrollment).status_code == 409
    assert Completion.objects.count() == 0


def test_without_a_name_the_form_says_where_to_add_it_and_keeps_what_was_written(
    client: Client, nadia: User, now: datetime
) -> None:
    provider()
    client.force_login(nadia)
    enrollment = ready_to_finish(nadia, published_course(), now)
    assert 'href="/profile/' in client.get(address(enrollment)).text
    reply = submit(client, enrollment, comment="Thank you")
    assert reply.status_code == 409
    assert "Add it to your profile" in reply.text
    assert "Thank you" in reply.text
    assert Completion.objects.count() == 0


def test_the_finished_page_of_an_open_course_leads_back_to_it(
    client: Client, rosa: User, now: datetime
) -> None:
    client.force_login(rosa)
    enrollment = started(rosa, published_course(), now)
    assert client.get(address(enrollment, "finished/")).url == f"/learning/{enrollment.pk}/"
