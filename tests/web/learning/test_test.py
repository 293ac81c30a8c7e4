"""The test in the browser's eyes: what is asked, saved and refused."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.assessment.kinds.parts import token
from aliquot.assessment.models import Attempt, Response
from aliquot.catalog.models import Course
from aliquot.learning import services
from aliquot.learning.models import Enrollment
from tests.factories import learning
from tests.factories.assessment import RIGHT, WRONG
from tests.factories.catalog import provider, published_course
from tests.web.learning.taking import fields_of, keys_by_kind, send, typed, url

# --- before the start -----------------------------------------------------------------------------


def test_the_rules_stand_before_the_start(as_rosa: Client, enrollment: Enrollment) -> None:
    html = as_rosa.get(url("test", enrollment)).content.decode()
    assert "6, drawn from a bank" in html
    assert "5 of 6 right: the pass mark is 80 percent" in html
    assert "As many as you need." in html
    assert "Start the test" in html
    assert Attempt.objects.count() == 0


def test_starting_leads_to_the_questions_and_starting_again_to_the_same(
    as_rosa: Client, enrollment: Enrollment
) -> None:
    first = as_rosa.post(url("test", enrollment))
    again = as_rosa.post(url("test", enrollment))
    attempt = Attempt.objects.get()
    assert first.url == again.url == url("attempt", enrollment, attempt)
    html = as_rosa.get(url("test", enrollment)).content.decode()
    assert "0 of 6 questions answered" in html
    assert "Continue the test" in html


def test_the_test_is_closed_until_every_page_was_opened(
    as_rosa: Client, rosa: User, course: Course, now: datetime
) -> None:
    enrollment = learning.started(rosa, course, now)
    html = as_rosa.get(url("test", enrollment)).content.decode()
    assert "The test opens when every page was opened" in html
    assert "Where to look" in html
    refused = as_rosa.post(url("test", enrollment))
    assert refused.status_code == 409
    assert Attempt.objects.count() == 0


def test_the_test_says_when_the_next_attempt_opens(
    as_rosa: Client, rosa: User, now: datetime
) -> None:
    provider()
    course = published_course(attempts_allowed=2, retake_wait_hours=24)
    enrollment = learning.started(rosa, course, now)
    learning.read_through(enrollment, now)
    from aliquot.infra import clock

    learning.taken_test(enrollment, clock.now() - timedelta(hours=1), wrong=6)
    html = as_rosa.get(url("test", enrollment)).content.decode()
    assert "The next attempt opens on" in html
    assert "(America/New_York)" in html
    assert as_rosa.post(url("test", enrollment)).status_code == 409
    assert Attempt.objects.count() == 1


# --- saving ---------------------------------------------------------------------------------------


def test_an_answer_is_saved_as_it_is_given(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    key = keys_by_kind(attempt)["numeric"]
    reply = send(
        as_rosa, url("save_answer", enrollment, attempt), name=key, sequence=0, answer="1 80"
    )
    assert (reply.status_code, reply.json()["sequence"]) == (200, 1)
    assert datetime.fromisoformat(reply.json()["saved_at"]) == Response.objects.get().saved_at
    assert Response.objects.get().answer == "180"


def test_a_stale_save_is_told_what_is_stored(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    where, key = url("save_answer", enrollment, attempt), keys_by_kind(attempt)["true_false"]
    send(as_rosa, where, name=key, sequence=0, answer="true")
    reply = send(as_rosa, where, name=key, sequence=0, answer="false")
    assert reply.status_code == 409
    assert reply.json() == {
        "sequence": 1,
        "stored": {"answer": "true"},
        "words": "True",
        "message": "Answered on another device since you opened this page. That answer is kept.",
    }
    assert Response.objects.get().answer == "true"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "numeric", "sequence": 0, "answer": "many"}, 422),
        ({"name": "numeric", "sequence": -1, "answer": "1"}, 422),
        ({"name": "numeric", "sequence": "x", "answer": "1"}, 422),
        ({"name": "numeric", "sequence": True, "answer": "1"}, 422),
        ({"name": "numeric", "answer": "1"}, 422),
        ({"name": "no-such-question", "sequence": 0, "answer": "1"}, 404),
        ([1, 2], 422),
    ],
)
def test_what_is_no_answer_is_refused_in_words(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, body: Any, status: int
) -> None:
    if isinstance(body, dict) and body["name"] == "numeric":
        body = body | {"name": keys_by_kind(attempt)["numeric"]}
    reply = as_rosa.post(
        url("save_answer", enrollment, attempt), json.dumps(body), content_type="application/json"
    )
    assert reply.status_code == status
    assert reply.json()["message"].endswith(".")
    assert Response.objects.count() == 0


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '"' + "x" * 70_000 + '"', "\xff"])
def test_what_is_no_json_is_refused(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, body: str
) -> None:
    reply = as_rosa.post(
        url("save_answer", enrollment, attempt), body, content_type="application/json"
    )
    assert reply.status_code == 422
    assert Response.objects.count() == 0


def test_without_script_one_form_saves_all_answers(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    page = as_rosa.get(url("attempt", enrollment, attempt)).content.decode()
    sent = as_rosa.post(
        url("attempt", enrollment, attempt),
        fields_of(page) | typed(attempt, RIGHT) | {"next": "check"},
    )
    assert sent.url == url("check", enrollment, attempt)
    stored = {each.question_key: each.answer for each in Response.objects.all()}
    assert stored == {entry["key"]: RIGHT[entry["kind"]] for entry in attempt.form}
    checked = as_rosa.get(sent.url).content.decode()
    assert "All 6 questions are answered." in checked
    assert "180 ×10⁹/L" in checked


def test_without_script_an_untouched_question_is_not_saved_again(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, now: datetime
) -> None:
    """The phone answered after this page was made: its answer stays, and nobody is bothered."""
    page = as_rosa.get(url("attempt", enrollment, attempt)).content.decode()
    key = keys_by_kind(attempt)["true_false"]
    send(as_rosa, url("save_answer", enrollment, attempt), name=key, sequence=0, answer="true")
    other = f"q-{keys_by_kind(attempt)['numeric']}"
    sent = as_rosa.post(
        url("attempt", enrollment, attempt), fields_of(page) | {other: "5", "next": "check"}
    )
    assert sent.url == url("check", enrollment, attempt)
    assert Response.objects.get(question_key=key).answer == "true"
    assert Response.objects.count() == 2


@pytest.mark.parametrize("kind", ["multiple_response", "matching", "ordering"])
def test_what_another_tab_went_on_with_is_left_alone_by_a_page_that_knows_its_beginning(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, kind: str
) -> None:
    """A script keeps what it knows as JSON of its own: no spaces, and in any order."""
    key, whole = keys_by_kind(attempt)[kind], RIGHT[kind]
    begun = dict(list(whole.items())[1::-1]) if isinstance(whole, dict) else whole[::-1]
    known = json.dumps(begun, separators=(",", ":"))
    save = url("save_answer", enrollment, attempt)
    send(as_rosa, save, name=key, sequence=0, answer=begun)
    changed = whole if isinstance(whole, dict) else whole[:1]
    assert send(as_rosa, save, name=key, sequence=1, answer=changed).status_code == 200
    fields = typed(attempt, RIGHT | {kind: begun})
    form = {name: value for name, value in fields.items() if name.startswith(f"q-{key}")}
    form |= {f"sequence.{key}": "1", f"was.{key}": known, "next": "check"}
    sent = as_rosa.post(url("attempt", enrollment, attempt), form)
    assert sent.status_code == 302
    assert sent.url == url("check", enrollment, attempt)
    assert Response.objects.get().answer == changed


@pytest.mark.parametrize("was", ["", "no JSON", "[" * 9000, '{"a": {}}', "null"])
def test_a_page_that_does_not_say_what_it_knew_saves_what_it_shows(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, was: str
) -> None:
    key = keys_by_kind(attempt)["matching"]
    form = typed(attempt, RIGHT) | {f"sequence.{key}": "0", f"was.{key}": was}
    assert as_rosa.post(url("attempt", enrollment, attempt), form).status_code == 302
    assert Response.objects.get().answer == RIGHT["matching"]


def test_without_script_two_different_answers_are_both_shown(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    page = as_rosa.get(url("attempt", enrollment, attempt)).content.decode()
    key = keys_by_kind(attempt)["true_false"]
    send(as_rosa, url("save_answer", enrollment, attempt), name=key, sequence=0, answer="true")
    sent = as_rosa.post(
        url("attempt", enrollment, attempt),
        fields_of(page) | {f"q-{key}": "false", "next": "check"},
    )
    html = sent.content.decode()
    assert sent.status_code == 200
    assert "Answered on another device since you opened this page." in html
    assert Response.objects.get().answer == "true"


def test_without_script_a_wrong_number_is_explained_and_kept_in_its_field(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    page = as_rosa.get(url("attempt", enrollment, attempt)).content.decode()
    key = keys_by_kind(attempt)["numeric"]
    sent = as_rosa.post(
        url("attempt", enrollment, attempt), fields_of(page) | {f"q-{key}": "about 180"}
    )
    html = sent.content.decode()
    assert sent.status_code == 422
    assert "<title>Error: Test: " in html
    assert html.count("Enter a number, such as 4.5.") == 2
    assert 'value="about 180"' in html
    assert Response.objects.count() == 0


def test_open_questions_are_flagged_before_submitting(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, now: datetime
) -> None:
    kinds = keys_by_kind(attempt)
    partly = {token("Dry"): "4"}
    for kind, given in [("numeric", "5"), ("ordering", partly)]:
        services.save_test_answer(
            enrollment=enrollment,
            attempt_id=attempt.pk,
            question_key=kinds[kind],
            answer=given,
            sequence=0,
            now=now,
        )
    html = as_rosa.get(url("check", enrollment, attempt)).content.decode()
    assert "5 questions without a complete answer" in html
    assert html.count("Not answered") == 4
    assert html.count("Not complete:") == 1
    assert html.count(">Answer<") == 5
    assert html.count(">Change<") == 1
    assert "5 ×10⁹/L" in html


# --- submitting and results -----------------------------------------------------------------------


def submitted(client: Client, enrollment: Enrollment, attempt: Attempt, answers: Any) -> str:
    page = client.get(url("attempt", enrollment, attempt)).content.decode()
    client.post(url("attempt", enrollment, attempt), fields_of(page) | typed(attempt, answers))
    reply = client.post(url("submit", enrollment, attempt))
    assert reply.url == url("results", enrollment, attempt)
    return client.get(reply.url).content.decode()


def test_a_pass_leads_to_the_evaluation(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    html = submitted(as_rosa, enrollment, attempt, RIGHT)
    assert "<h1>You passed</h1>" in html
    assert "6 of 6 right: 100 percent." in html
    assert "Go on to the evaluation" in html
    assert "Try again" not in html


def test_a_failure_says_how_much_was_missing_and_how_to_go_on(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    html = submitted(as_rosa, enrollment, attempt, WRONG)
    assert "<h1>Not passed this time</h1>" in html
    assert "0 of 6 right: 0 percent." in html
    assert "To pass you need 5 right (80 percent): 5 more." in html
    assert "Try again" in html
    assert "evaluation" not in html.split("<main")[1]


def test_results_show_every_reason_and_the_references(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    html = submitted(as_rosa, enrollment, attempt, WRONG)
    reasons = set(re.findall(r"REASON [a-z ]+[a-z]", json.dumps(attempt.form)))
    assert len(reasons) == 19
    for reason in reasons:
        assert reason in html
    assert html.count("To read more") == 6


def test_submitting_twice_gives_the_same_result(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    submitted(as_rosa, enrollment, attempt, RIGHT)
    first = Attempt.objects.get().submitted_at
    again = as_rosa.post(url("submit", enrollment, attempt))
    assert again.url == url("results", enrollment, attempt)
    assert Attempt.objects.get().submitted_at == first


def test_after_submission_answers_are_refused_everywhere(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    submitted(as_rosa, enrollment, attempt, WRONG)
    before = {each.question_key: each.answer for each in Response.objects.all()}
    key = keys_by_kind(attempt)["numeric"]
    late = send(
        as_rosa, url("save_answer", enrollment, attempt), name=key, sequence=99, answer="180"
    )
    assert late.status_code == 410
    assert late.json() == {"message": "This test is submitted. Its answers can no longer change."}
    formed = as_rosa.post(
        url("attempt", enrollment, attempt), {f"sequence.{key}": "99", f"q-{key}": "180"}
    )
    assert formed.url == url("results", enrollment, attempt)
    assert {each.question_key: each.answer for each in Response.objects.all()} == before
    for name in ("attempt", "check"):
        assert as_rosa.get(url(name, enrollment, attempt)).url == formed.url


def test_results_before_submission_lead_back_to_the_questions(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    reply = as_rosa.get(url("results", enrollment, attempt))
    assert reply.url == url("attempt", enrollment, attempt)
