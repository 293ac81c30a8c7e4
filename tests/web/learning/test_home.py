"""My learning: one next step first."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.credentials.services import refresh_verdicts
from aliquot.flows.finish_course import finish_course
from aliquot.infra import clock
from aliquot.learning import services
from tests.factories.catalog import provider, published_course
from tests.factories.credentials import holding
from tests.factories.learning import EVALUATION, read_through, ready_to_finish, started

pytestmark = pytest.mark.django_db


def main_of(client: Client) -> str:
    """The words of the page's main part, spaces evened out."""
    html = client.get("/learning/").text.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", html)


def test_a_newcomer_is_told_what_to_do(client: Client, nadia: User) -> None:
    client.force_login(nadia)
    main = main_of(client)
    assert "You have not started a course yet" in main
    assert 'href="/courses/"' in main


def test_the_headline_is_the_page_to_go_on_with_and_the_minutes_left(
    client: Client, rosa: User, now: datetime
) -> None:
    client.force_login(rosa)
    enrollment = started(rosa, published_course(), now)
    services.finish_page(enrollment=enrollment, page=enrollment.version.pages.all()[0], now=now)
    main = main_of(client)
    assert re.search(r"<h1[^>]*>Continue with “Where to look”</h1>", main)
    assert "Page 2 of 3. About 15 minutes left." in main
    assert f'href="/learning/{enrollment.pk}/"' in main


def test_after_the_pages_comes_the_test_and_after_the_test_the_evaluation(
    client: Client, rosa: User, now: datetime
) -> None:
    client.force_login(rosa)
    enrollment = started(rosa, published_course(), now)
    read_through(enrollment, now)
    assert "The test is next" in main_of(client)
    assert f'href="/learning/{enrollment.pk}/test/"' in main_of(client)
    passed = ready_to_finish(rosa, published_course("HEM-102"), now + timedelta(minutes=1))
    main = main_of(client)
    assert "You passed: the evaluation is left, then your certificate" in main
    assert f'href="/learning/{passed.pk}/evaluation/"' in main


def test_a_finished_course_leads_to_its_certificate_in_one_click(
    client: Client, rosa: User, now: datetime
) -> None:
    provider()
    client.force_login(rosa)
    enrollment = ready_to_finish(rosa, published_course(), now)
    certificate = finish_course(enrollment=enrollment, answers=EVALUATION, now=now)
    main = main_of(client)
    assert "You finished 1 course" in main
    assert "Completed Nov 23, 2026" in main
    assert f'href="/certificates/{certificate.code}/"' in main


def test_other_peoples_courses_are_not_shown(
    client: Client, rosa: User, stella: User, now: datetime
) -> None:
    provider()
    started(rosa, published_course(title="Rosa’s course"), now)
    done = ready_to_finish(rosa, published_course("HEM-102"), now)
    finish_course(enrollment=done, answers=EVALUATION, now=now)
    client.force_login(stella)
    main = main_of(client)
    assert "Rosa’s course" not in main
    assert Certificate.objects.get().code not in main


def test_the_page_takes_the_same_number_of_statements_with_one_course_and_with_three(
    client: Client, rosa: User, now: datetime
) -> None:
    provider()
    client.force_login(rosa)
    found = []
    for number in range(1, 4):
        started(rosa, published_course(f"HEM-10{number}"), now)
        done = ready_to_finish(rosa, published_course(f"SAF-10{number}"), now)
        finish_course(enrollment=done, answers=EVALUATION, now=now)
        client.get("/learning/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/learning/")
        found.append(len(captured))
    # The session, the person, the provider; enrollments, pages, completions; certificates;
    # credentials.
    assert found == [8, 8, 8]


def test_with_credentials_it_takes_no_more_while_the_stored_verdicts_hold_and_twelve_else(
    client: Client, rosa: User, now: datetime
) -> None:
    provider()
    client.force_login(rosa)
    done = ready_to_finish(rosa, published_course("SAF-101"), now)
    finish_course(enrollment=done, answers=EVALUATION, now=now)
    for credential in ("ascp_mls", "amt_mt"):
        holding(rosa, credential)
    client.get("/learning/")
    found = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/learning/")
        found.append(len(captured))
        refresh_verdicts([rosa.pk], now=clock.now())
    assert found == [12, 8]


def test_without_signing_in_it_asks_to(client: Client) -> None:
    assert client.get("/learning/").url == "/account/login/?next=/learning/"


@time_machine.travel("2026-11-23T23:00:00Z")
def test_the_first_thing_said_is_what_is_missing_and_by_when(
    client: Client, rosa: User, stella: User
) -> None:
    holding(rosa)
    client.force_login(rosa)
    text = client.get("/learning/").text
    assert "36 points to go. Finish and declare by May 31, 2027" in text
    client.force_login(stella)
    text = client.get("/learning/").text
    assert "points to go" not in text
    assert "Find out in two minutes" in text
