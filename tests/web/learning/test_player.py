"""The player: GET changes nothing, POST saves, nobody sees another person's course."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.assessment.kinds.parts import token
from aliquot.learning import queries, services
from aliquot.learning.models import Bookmark, Enrollment, PageAnswer, PageVisit
from tests.factories.catalog import provider, published_course
from tests.factories.learning import read_through, ready_to_finish, started
from tests.learning.test_enrollments import grant

pytestmark = pytest.mark.django_db
RIGHT, WRONG = token("Schistocytes"), token("Target cells")


@pytest.fixture
def enrollment(rosa: User, client: Client, now: datetime) -> Enrollment:
    provider()
    client.force_login(rosa)
    return started(rosa, published_course(), now)


def address(enrollment: Enrollment, rest: str = "") -> str:
    return f"/learning/{enrollment.pk}/{rest}"


def save(client: Client, enrollment: Enrollment, **body: Any) -> Any:
    return client.post(
        address(enrollment, "save"), json.dumps(body), content_type="application/json"
    )


def nothing_is_stored() -> bool:
    stored = Bookmark.objects.count() + PageVisit.objects.count() + PageAnswer.objects.count()
    return stored == 0


# --- start and resume -----------------------------------------------------------------------------


def test_start_opens_the_first_page(client: Client, rosa: User) -> None:
    published_course()
    client.force_login(rosa)
    reply = client.post("/courses/hem-101/start", follow=True)
    assert reply.redirect_chain[-1][0].endswith("/pages/making-a-smear/")
    assert "<h1>Making a smear</h1>" in reply.text


def test_start_asks_a_stranger_to_sign_in_and_leads_back_to_the_course(client: Client) -> None:
    published_course()
    reply = client.post("/courses/hem-101/start")
    assert reply.url == "/account/login/?next=/courses/hem-101/"
    assert Enrollment.objects.count() == 0


def test_start_by_get_is_refused(client: Client, rosa: User) -> None:
    published_course()
    client.force_login(rosa)
    assert client.get("/courses/hem-101/start").status_code == 405
    assert Enrollment.objects.count() == 0


def test_a_refused_start_says_why_on_the_page_of_the_course(client: Client, rosa: User) -> None:
    published_course(is_free=False)
    client.force_login(rosa)
    reply = client.post("/courses/hem-101/start")
    assert reply.url == "/courses/hem-101/"
    words = [str(each) for each in reply.wsgi_request._messages]
    assert words == ["You have no access to this course yet."]


def test_resume_leads_to_page_and_place(
    client: Client, enrollment: Enrollment, now: datetime
) -> None:
    assert client.get(address(enrollment)).url == address(enrollment, "pages/making-a-smear/")
    save(
        client,
        enrollment,
        name="bookmark",
        page="where-to-look",
        anchor="question-page-numeric",
        sequence=0,
    )
    assert client.get(address(enrollment)).url == address(
        enrollment, "pages/where-to-look/#question-page-numeric"
    )


def test_resume_leads_to_the_evaluation_once_the_test_is_passed(
    client: Client, rosa: User, now: datetime
) -> None:
    client.force_login(rosa)
    ready = ready_to_finish(rosa, published_course(), now)
    assert client.get(address(ready)).url == address(ready, "evaluation/")


# --- reading --------------------------------------------------------------------------------------


def test_reading_by_get_changes_nothing(client: Client, enrollment: Enrollment) -> None:
    for rest in ("", "pages/making-a-smear/", "pages/case/", "test/", "evaluation/", "finished/"):
        assert client.get(address(enrollment, rest)).status_code in {200, 302}
    assert nothing_is_stored()
    assert Enrollment.objects.get().sequence == 0


def test_a_page_shows_text_figure_question_terms_and_references_without_any_key(
    client: Client, enrollment: Enrollment
) -> None:
    text = client.get(address(enrollment, "pages/making-a-smear/")).text
    assert "small" in text
    assert 'id="part-the-drop"' in text
    assert "Figure 1." in text
    assert 'href="/courses/hem-101/figures/1/reading-area"' in text
    assert "Check yourself." in text
    assert 'id="term-feathered-edge"' in text
    assert "The thin far end of a smear." in text
    assert "A named guideline" in text
    assert "REASON" not in text


def test_the_outline_shows_ticks_where_one_is_and_minutes_left(
    client: Client, enrollment: Enrollment, now: datetime
) -> None:
    first = enrollment.version.pages.order_by("position")[0]
    services.finish_page(enrollment=enrollment, page=first, now=now)
    text = client.get(address(enrollment, "pages/where-to-look/")).text
    assert "Making a smear<span" in re.sub(r"\s+", " ", text)
    assert "(done)" in text
    assert 'aria-current="page"' in text
    assert "About 15 minutes left" in text
    assert "Page 2 of 3" in text
    assert "6 questions · 80% to pass" in text


def test_the_saved_time_is_the_readers_own(
    client: Client, enrollment: Enrollment, rosa: User, now: datetime
) -> None:
    first = enrollment.version.pages.order_by("position")[0]
    services.finish_page(enrollment=enrollment, page=first, now=now)  # 23:00 UTC
    assert ">6:00 PM</time>" in client.get(address(enrollment, "pages/case/")).text
    User.objects.filter(pk=rosa.pk).update(time_zone="Pacific/Guam")
    assert ">9:00 AM</time>" in client.get(address(enrollment, "pages/case/")).text


def test_when_the_access_has_ended_the_page_says_so(
    client: Client, rosa: User, now: datetime
) -> None:
    long_ago = now - timedelta(days=4000)
    grant(rosa, long_ago, ends_at=long_ago + timedelta(days=2))
    enrollment = started(rosa, published_course(is_free=False), long_ago)
    client.force_login(rosa)
    reply = client.get(address(enrollment, "pages/making-a-smear/"))
    assert reply.status_code == 403
    assert "Your place and your answers are kept." in reply.text
    assert "small" not in reply.text.split("<main", 1)[1]


def test_the_mail_about_an_error_names_course_version_and_page(
    client: Client, enrollment: Enrollment
) -> None:
    text = client.get(address(enrollment, "pages/case/")).text
    assert (
        'href="mailto:office@riverside.example?subject='
        'HEM-101%20version%201%3A%20Case%3A%20a%20falling%20count"'
    ) in text


def test_a_page_takes_the_same_number_of_statements_however_long_the_course_is(
    client: Client, rosa: User, now: datetime
) -> None:
    provider()
    client.force_login(rosa)
    found = []
    for number, pages in ((1, 3), (2, 8)):
        enrollment = started(rosa, published_course(f"HEM-10{number}", pages=pages), now)
        read_through(enrollment, now)
        client.get(address(enrollment, "pages/making-a-smear/"))
        with CaptureQueriesContext(connection) as captured:
            client.get(address(enrollment, "pages/making-a-smear/"))
        found.append(len(captured))
    assert found[0] == found[1]


# --- turning pages without script -----------------------------------------------------------------


def test_turning_saves_ticks_and_leads_on_and_back(client: Client, enrollment: Enrollment) -> None:
    reply = client.post(address(enrollment, "pages/making-a-smear/next"))
    assert reply.url == address(enrollment, "pages/where-to-look/")
    reply = client.post(address(enrollment, "pages/where-to-look/next"), {"to": "back"})
    assert reply.url == address(enrollment, "pages/making-a-smear/")
    states = queries.pages_of(enrollment)
    assert [(page.is_opened, page.is_finished) for page in states] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    place = queries.bookmark_of(enrollment)
    assert place is not None
    assert place.page_slug == "making-a-smear"


def test_after_the_last_page_comes_the_test(client: Client, enrollment: Enrollment) -> None:
    reply = client.post(address(enrollment, "pages/case/next"))
    assert reply.url == address(enrollment, "test/")


def test_turning_by_get_is_refused(client: Client, enrollment: Enrollment) -> None:
    assert client.get(address(enrollment, "pages/case/next")).status_code == 405
    assert nothing_is_stored()


def test_progress_cannot_be_sent_along(client: Client, enrollment: Enrollment) -> None:
    client.post(
        address(enrollment, "pages/making-a-smear/next"),
        {"to": "next", "furthest_position": "99", "completed_at": "2026-01-01", "page": "case"},
    )
    row = Enrollment.objects.get()
    assert (row.furthest_position, row.completed_at) == (1, None)
    assert not PageVisit.objects.filter(page__slug="case").exists()


# --- questions without script ---------------------------------------------------------------------


def check(client: Client, enrollment: Enrollment, value: str) -> Any:
    return client.post(
        address(enrollment, "pages/making-a-smear/answer/page-single"),
        {"answer-page-single": value},
    )


def test_checking_saves_and_leads_back_to_the_question_with_every_reason(
    client: Client, enrollment: Enrollment
) -> None:
    reply = check(client, enrollment, WRONG)
    assert reply.url == address(enrollment, "pages/making-a-smear/#question-page-single")
    text = client.get(reply.url).text
    for words in ("Not right.", "REASON single target", "REASON single right", "Answer again"):
        assert words in text
    place = queries.bookmark_of(enrollment)
    assert place is not None
    assert (place.page_slug, place.anchor) == ("making-a-smear", "question-page-single")


def test_answering_again_hides_the_reasons_and_keeps_the_answer_until_the_next(
    client: Client, enrollment: Enrollment
) -> None:
    check(client, enrollment, WRONG)
    text = client.get(address(enrollment, "pages/making-a-smear/?again=page-single")).text
    assert "REASON" not in text
    assert PageAnswer.objects.get().answer == WRONG
    check(client, enrollment, RIGHT)
    assert PageAnswer.objects.get().is_right


@pytest.mark.parametrize("value", ["", "made up"])
def test_what_is_no_answer_is_explained_at_the_question(
    client: Client, enrollment: Enrollment, value: str
) -> None:
    reply = check(client, enrollment, value)
    assert reply.status_code == 422
    assert "<title>Error: " in reply.text
    assert 'id="answer-page-single-error"' in reply.text
    assert "REASON" not in reply.text
    assert nothing_is_stored()


def test_a_question_of_the_test_cannot_be_asked_through_a_page(
    client: Client, enrollment: Enrollment
) -> None:
    for key in ("single-choice-1", "nothing"):
        url = address(enrollment, f"pages/making-a-smear/answer/{key}")
        assert client.post(url, {f"answer-{key}": RIGHT}).status_code == 404
        reply = save(client, enrollment, name=f"answer:{key}", answer=RIGHT, sequence=0)
        assert reply.status_code == 404
    assert nothing_is_stored()


# --- saves by script ------------------------------------------------------------------------------


def test_a_bookmark_is_saved_and_a_device_that_missed_it_is_told_where_the_other_is(
    client: Client, enrollment: Enrollment
) -> None:
    first = save(client, enrollment, name="bookmark", page="case", anchor="", sequence=0)
    assert (first.status_code, first.json()["sequence"]) == (200, 1)
    late = save(client, enrollment, name="bookmark", page="making-a-smear", anchor="", sequence=0)
    assert late.status_code == 409
    assert late.json()["stored"] == {"page": "case", "anchor": ""}
    assert late.json()["title"] == "Case: a falling count"
    assert late.json()["url"] == address(enrollment, "pages/case/")


def test_an_answer_by_script_comes_back_as_the_question_with_its_reasons(
    client: Client, enrollment: Enrollment
) -> None:
    reply = save(client, enrollment, name="answer:page-single", answer=WRONG, sequence=0)
    assert reply.status_code == 200
    body = reply.json()
    assert (body["sequence"], body["stored"], body["is_right"]) == (1, {"answer": WRONG}, False)
    assert "REASON single target" in body["html"]
    assert 'name="csrfmiddlewaretoken"' in body["html"]
    late = save(client, enrollment, name="answer:page-single", answer=RIGHT, sequence=0)
    assert late.status_code == 409
    assert late.json()["stored"] == {"answer": WRONG}
    assert "You answered this on another device since." in late.json()["html"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"name": "bookmark", "page": "case", "anchor": ""},
        {"name": "bookmark", "page": "case", "anchor": "", "sequence": -1},
        {"name": "bookmark", "page": "case", "anchor": "", "sequence": True},
        {"name": "bookmark", "page": 7, "anchor": "", "sequence": 0},
        {"name": "bookmark", "page": "case", "anchor": None, "sequence": 0},
        {"name": "progress", "sequence": 0},
        {"name": "answer", "answer": "x", "sequence": 0},
        {"name": "answer:", "answer": "x", "sequence": 0},
        {"name": "answer:page-single", "answer": {"a": 1}, "sequence": 0},
        {"name": "bookmark", "page": "case", "anchor": "", "sequence": 0, "progress": 100},
        {"name": "bookmark", "page": "case", "anchor": "", "sequence": 0, "completed_at": "now"},
        {"name": "answer:page-single", "answer": RIGHT, "sequence": 0, "is_right": True},
    ],
)
def test_a_save_of_another_shape_is_refused_with_a_message(
    client: Client, enrollment: Enrollment, body: Any
) -> None:
    reply = client.post(
        address(enrollment, "save"), json.dumps(body), content_type="application/json"
    )
    assert reply.status_code == 422
    assert set(reply.json()) == {"message"}
    assert nothing_is_stored()


@pytest.mark.parametrize("body", ["{", "[" * 5000, "x" * 70000])
def test_a_save_that_cannot_be_read_is_refused(
    client: Client, enrollment: Enrollment, body: str
) -> None:
    reply = client.post(address(enrollment, "save"), body, content_type="application/json")
    assert reply.status_code == 422


def test_a_bookmark_of_an_unknown_page_is_not_found(client: Client, enrollment: Enrollment) -> None:
    reply = save(client, enrollment, name="bookmark", page="nowhere", anchor="", sequence=0)
    assert reply.status_code == 404


def test_saves_need_the_token_against_forged_requests(rosa: User, enrollment: Enrollment) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rosa)
    body = json.dumps({"name": "bookmark", "page": "case", "anchor": "", "sequence": 0})
    for rest in ("save", "pages/case/next", "pages/making-a-smear/answer/page-single"):
        reply = strict.post(address(enrollment, rest), body, content_type="application/json")
        assert reply.status_code == 403
    assert nothing_is_stored()


# --- everybody else -------------------------------------------------------------------------------

ROUTES = [
    ("get", ""),
    ("post", "save"),
    ("get", "pages/making-a-smear/"),
    ("post", "pages/making-a-smear/next"),
    ("post", "pages/making-a-smear/answer/page-single"),
    ("get", "evaluation/"),
    ("post", "evaluation/"),
    ("get", "finished/"),
]


@pytest.mark.parametrize(("method", "rest"), ROUTES)
def test_another_learner_finds_nothing_and_changes_nothing(
    enrollment: Enrollment, stella: User, method: str, rest: str
) -> None:
    stranger = Client()
    stranger.force_login(stella)
    assert getattr(stranger, method)(address(enrollment, rest)).status_code == 404
    assert nothing_is_stored()


@pytest.mark.parametrize(("method", "rest"), ROUTES)
def test_without_signing_in_every_address_leads_to_the_sign_in(
    enrollment: Enrollment, method: str, rest: str
) -> None:
    reply = getattr(Client(), method)(address(enrollment, rest))
    assert reply.status_code == 302
    assert reply.url.startswith("/account/login/?next=/learning/")
    assert nothing_is_stored()


@pytest.mark.parametrize(
    ("cookie", "shown"), [("large", "large"), ("", "normal"), ('"><b>', "normal")]
)
def test_the_text_has_the_size_chosen_on_this_device(
    client: Client, enrollment: Enrollment, cookie: str, shown: str
) -> None:
    client.cookies["text"] = cookie
    text = client.get(address(enrollment, "pages/case/")).text
    assert f'<article class="prose" data-text="{shown}"' in text
