"""The test against wrong hands: nothing is shown too early, nothing is done for others."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt, Response
from aliquot.learning.models import Enrollment
from tests.factories import learning
from tests.factories.assessment import RIGHT, WRONG
from tests.web.learning.taking import keys_by_kind, send, url

# --- security -------------------------------------------------------------------------------------


def test_no_key_and_no_reason_reaches_the_browser_before_submission(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    """There is something that could leak: the same strings stand in the results afterwards."""
    where, kinds = url("save_answer", enrollment, attempt), keys_by_kind(attempt)
    seen = [
        as_rosa.get(url("test", enrollment)),
        as_rosa.get(url("attempt", enrollment, attempt)),
        as_rosa.get(url("check", enrollment, attempt)),
        *(
            send(as_rosa, where, name=kinds[kind], sequence=0, answer=answer)
            for kind, answer in (WRONG | {"numeric": "42"}).items()
        ),
        *(
            send(as_rosa, where, name=kinds[kind], sequence=0, answer=answer)
            for kind, answer in (RIGHT | {"numeric": "43"}).items()
        ),
        send(as_rosa, where, name=kinds["numeric"], sequence=0, answer="x"),
        as_rosa.get(url("attempt", enrollment, attempt)),
        as_rosa.get(url("check", enrollment, attempt)),
    ]
    for reply in seen:
        text = reply.content.decode()
        assert "REASON" not in text
        assert re.search(r"\b180\b", text) is None  # the number alone, not within a moment
        assert "is_right" not in text
        assert '"right"' not in text
    as_rosa.post(url("submit", enrollment, attempt))
    after = as_rosa.get(url("results", enrollment, attempt)).content.decode()
    assert "REASON" in after
    assert "180" in after


def test_saving_answers_alike_whether_right_or_wrong(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    """Feedback is no oracle: the replies to a right and a wrong answer have the same shape."""
    where, kinds = url("save_answer", enrollment, attempt), keys_by_kind(attempt)
    for kind in RIGHT:
        right = send(as_rosa, where, name=kinds[kind], sequence=99, answer=RIGHT[kind])
        wrong = send(as_rosa, where, name=kinds[kind], sequence=99, answer=WRONG[kind])
        assert right.status_code == wrong.status_code == 200
        assert set(right.json()) == set(wrong.json()) == {"sequence", "saved_at"}


def test_nobody_else_sees_or_touches_an_attempt(
    client: Client, stella: User, enrollment: Enrollment, attempt: Attempt
) -> None:
    client.force_login(stella)
    key = keys_by_kind(attempt)["numeric"]
    for name in ("attempt", "check", "results"):
        assert client.get(url(name, enrollment, attempt)).status_code == 404
    assert client.get(url("test", enrollment)).status_code == 404
    assert client.post(url("test", enrollment)).status_code == 404
    assert client.post(url("submit", enrollment, attempt)).status_code == 404
    assert client.post(url("attempt", enrollment, attempt), {f"q-{key}": "1"}).status_code == 404
    where = url("save_answer", enrollment, attempt)
    assert send(client, where, name=key, sequence=0, answer="1").status_code == 404
    assert Response.objects.count() == 0
    assert Attempt.objects.get().submitted_at is None


def test_an_attempt_answers_only_under_its_own_enrollment(
    client: Client, stella: User, enrollment: Enrollment, attempt: Attempt, now: datetime
) -> None:
    """Un-enrolled submit: an own enrollment does not open another learner's attempt."""
    hers = learning.started(stella, enrollment.course, now)
    client.force_login(stella)
    for name in ("attempt", "check", "results"):
        assert client.get(url(name, hers, attempt)).status_code == 404
    assert client.post(url("submit", hers, attempt)).status_code == 404
    assert Attempt.objects.get().submitted_at is None


def test_nobody_signed_in_means_nothing_but_the_way_to_sign_in(
    client: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    for name in ("attempt", "check", "results"):
        assert client.get(url(name, enrollment, attempt)).status_code == 302
    assert client.post(url("submit", enrollment, attempt)).status_code == 302
    where = url("save_answer", enrollment, attempt)
    reply = send(client, where, name="x", sequence=0, answer="1")
    assert reply.status_code == 302
    assert Response.objects.count() == 0


def test_a_learner_cannot_set_score_or_pass(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt
) -> None:
    """Mass assignment (Frappe 2026): fields of the row are never taken from the request."""
    claims = {"score": "100", "passed": "true", "points": "6", "submitted_at": "2026-01-01"}
    key = keys_by_kind(attempt)["numeric"]
    send(
        as_rosa,
        url("save_answer", enrollment, attempt),
        name=key,
        sequence=0,
        answer="1",
        is_right=True,
        **claims,
    )
    as_rosa.post(url("attempt", enrollment, attempt), claims)
    assert Attempt.objects.get().submitted_at is None
    as_rosa.post(url("submit", enrollment, attempt), claims)
    stored = Attempt.objects.get()
    assert (stored.points, stored.passed, str(stored.score)) == (0, False, "0.00")


@pytest.mark.parametrize("name", ["save_answer", "submit"])
def test_nothing_changes_on_get(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, name: str
) -> None:
    assert as_rosa.get(url(name, enrollment, attempt)).status_code == 405
    assert Attempt.objects.get().submitted_at is None


def test_every_unsafe_request_needs_its_token(
    rosa: User, enrollment: Enrollment, attempt: Attempt
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rosa)
    where = url("save_answer", enrollment, attempt)
    key = keys_by_kind(attempt)["numeric"]
    assert send(strict, where, name=key, sequence=0, answer="1").status_code == 403
    assert strict.post(url("submit", enrollment, attempt)).status_code == 403
    assert strict.post(url("test", enrollment)).status_code == 403
    assert Response.objects.count() == 0


def test_markdown_of_a_question_cannot_carry_script(
    as_rosa: Client, rosa: User, now: datetime, db: None
) -> None:
    """Stored XSS in a Markdown block (Frappe 2026)."""
    from aliquot.ui.templatetags import questions

    bad = 'Look <img src=x onerror="alert(1)"> [here](javascript:alert(1))\n\n<script>x</script>'
    for render in (questions.stem_context, questions.stem_question, questions.phrase):
        html = str(render(bad))
        assert "<img" not in html
        assert "<script" not in html
        assert "href" not in html


def test_the_pages_take_few_queries(
    as_rosa: Client, enrollment: Enrollment, attempt: Attempt, django_assert_max_num_queries: Any
) -> None:
    as_rosa.get(url("attempt", enrollment, attempt))  # the first request writes down the session
    for name in ("attempt", "check"):
        with django_assert_max_num_queries(9):
            as_rosa.get(url(name, enrollment, attempt))
