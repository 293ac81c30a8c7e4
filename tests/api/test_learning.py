"""A program takes a course from start to certificate, and gets no more than a page would give."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, IdempotencyKey
from aliquot.learning.models import Completion, Enrollment
from aliquot.learning.services import save_bookmark
from tests.api.matrix import EVALUATION
from tests.api.program import Program
from tests.factories.assessment import RIGHT, token
from tests.factories.catalog import provider, published_course

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]


@pytest.fixture
def rosas(rosa: User, program: MakeProgram) -> Program:
    """Rosa's program, at a site with one free course."""
    provider()
    published_course("HEM-101", pages=2)
    return program(rosa)


def begun(rosas: Program) -> str:
    answer = rosas.post("/me/enrollments", {"course": "HEM-101"})
    assert answer.status == 201
    return f"/me/enrollments/{answer.body['id']}"


def read(rosas: Program, mine: str) -> None:
    page = "making-a-smear"
    while page:
        page = rosas.post(f"{mine}/pages/{page}/finish").body["next"]


def answered(rosas: Program, attempt: str) -> None:
    for line in rosas.get(attempt).body["questions"]:
        key, kind = line["question"]["key"], line["question"]["kind"]
        saved = rosas.put(f"{attempt}/answers/{key}", {"answer": RIGHT[kind], "sequence": 0})
        assert saved.status == 200


def test_a_program_takes_a_course_to_its_certificate(rosas: Program) -> None:
    mine = begun(rosas)
    read(rosas, mine)
    started = rosas.post(f"{mine}/attempts")
    attempt = f"{mine}/attempts/{started.body['id']}"
    answered(rosas, attempt)
    results = rosas.post(f"{attempt}/submit")
    assert (results.body["passed"], results.body["score"]) == (True, "100")
    finished = rosas.post(f"{mine}/evaluation", EVALUATION)
    assert (finished.status, finished.body["course"]) == (201, "HEM-101")
    code = finished.body["certificate"]
    verified = Program("").get(f"/certificates/{code.lower()}/verification").body
    assert (verified["status"], verified["full_name"]) == ("valid", "Rosa Méndez")
    paper = rosas.get(f"/me/certificates/{code}/pdf?paper=a4")
    assert (paper.headers["Content-Type"], paper.raw[:5]) == ("application/pdf", b"%PDF-")
    assert [each["code"] for each in rosas.get("/me/certificates").body["items"]] == [code]
    again = rosas.post(f"{mine}/evaluation", EVALUATION)
    assert again.body["id"] == finished.body["id"] == Completion.objects.get().pk
    assert rosas.get("/me/completions").body["items"] == [finished.body]
    assert AuditEntry.objects.filter(action="course.finished").count() == 1


def test_nothing_before_submission_gives_an_answer_away(rosas: Program) -> None:
    mine = begun(rosas)
    page = rosas.get(f"{mine}/pages/making-a-smear")
    read(rosas, mine)
    started = rosas.post(f"{mine}/attempts")
    attempt = f"{mine}/attempts/{started.body['id']}"
    stored = rosas.put(f"{attempt}/answers/{first_key(started)}", {"answer": None, "sequence": 0})
    seen = [page, started, stored, rosas.get(attempt), rosas.get(f"{mine}/attempts")]
    text = b"".join(each.raw for each in seen).decode()
    assert "REASON" not in text
    assert '"right"' not in text
    assert rosas.get(f"{attempt}/results").status == 404
    assert "REASON" in rosas.post(f"{attempt}/submit").raw.decode()


def first_key(started: Any) -> str:
    key: str = started.body["questions"][0]["question"]["key"]
    return key


def test_an_answer_in_a_page_is_judged_at_once_and_only_then(rosas: Program) -> None:
    mine = begun(rosas)
    address = f"{mine}/answers/page-single"
    saved = rosas.put(address, {"answer": token("Target cells"), "sequence": 0})
    assert (saved.status, saved.body["feedback"]["is_right"]) == (200, False)
    page = rosas.get(f"{mine}/pages/making-a-smear").body
    asked = next(block["question"] for block in page["blocks"] if block["kind"] == "question")
    assert (asked["answer"], asked["sequence"]) == (token("Target cells"), saved.body["sequence"])
    refused = rosas.put(address, {"answer": "nothing", "sequence": saved.body["sequence"]})
    assert (refused.status, refused.body["code"]) == (422, "answer")


def test_a_save_that_knew_less_overwrites_nothing(rosas: Program, rosa: User) -> None:
    mine = begun(rosas)
    enrollment = Enrollment.objects.get()
    phone = save_bookmark(
        enrollment=enrollment,
        page=enrollment.version.pages.get(slug="where-to-look"),
        anchor="",
        now=clock.now(),
        base_sequence=None,
    )
    late = rosas.put(f"{mine}/bookmark", {"page": "making-a-smear", "sequence": 0})
    assert (late.status, late.body["code"]) == (409, "newer_save")
    assert late.body["stored"]["page"] == "where-to-look"
    known = {"page": "making-a-smear", "sequence": phone.place.sequence}
    assert rosas.put(f"{mine}/bookmark", known).body["page"] == "making-a-smear"
    assert rosas.get(mine).body["bookmark"]["page"] == "making-a-smear"


def test_the_test_opens_when_every_page_was_opened(rosas: Program) -> None:
    mine = begun(rosas)
    refused = rosas.post(f"{mine}/attempts")
    assert (refused.status, refused.body["code"]) == (409, "not_ready")
    assert refused.body["missing"] == ["making-a-smear", "where-to-look"]
    early = rosas.post(f"{mine}/evaluation", EVALUATION)
    assert (early.status, early.body["code"]) == (409, "not_ready")
    assert (Attempt.objects.count(), Completion.objects.count()) == (0, 0)


def test_a_course_that_is_not_open_says_why(rosa: User, program: MakeProgram) -> None:
    published_course("PAY-1", is_free=False)
    answer = program(rosa).post("/me/enrollments", {"course": "PAY-1"})
    assert (answer.status, answer.body["code"]) == (403, "course_not_open")
    assert Enrollment.objects.count() == 0


def test_a_deed_sent_twice_is_done_once_and_answers_the_same(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    claim = {"title": "A webinar", "provider": "A society", "completed_on": "2026-03-01",
             "amount": "1.5", "areas": ["hematology"]}  # fmt: skip
    first = mine.post("/me/activities", claim, Idempotency_Key="k-1")
    again = mine.post("/me/activities", claim, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.headers["Idempotent-Replay"] == "true"
    other = mine.post("/me/activities", claim | {"amount": "2"}, Idempotency_Key="k-1")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    assert len(mine.get("/me/activities").body["items"]) == 1
    IdempotencyKey.objects.create(
        actor=f"person:{rosa.pk}", key="k-2", created_at=clock.now(),
        request_hash=IdempotencyKey.objects.get().request_hash,
        locked_until=clock.now() + timedelta(seconds=30),
    )  # fmt: skip
    at_work = mine.post("/me/activities", claim, Idempotency_Key="k-2")
    assert (at_work.status, at_work.body["code"]) == (409, "still_at_work")
    assert int(at_work.headers["Retry-After"]) >= 1


def test_a_refused_deed_frees_its_key(rosa: User, program: MakeProgram) -> None:
    mine = program(rosa)
    claim = {"title": "A webinar", "provider": "A society", "completed_on": "2127-03-01"}
    wrong = mine.post("/me/activities", claim, Idempotency_Key="k-1")
    assert (wrong.status, wrong.body["code"]) == (422, "invalid_activity")
    assert sorted(wrong.body["problems"]) == ["amount", "areas", "completed_on"]
    assert IdempotencyKey.objects.count() == 0


def test_every_question_of_the_bank_is_shown_without_its_key(rosas: Program) -> None:
    mine = begun(rosas)
    read(rosas, mine)
    form = rosas.post(f"{mine}/attempts").body
    shown = {line["question"]["kind"] for line in form["questions"]}
    assert shown == set(KINDS)
    for line in form["questions"]:
        assert set(line["question"]) == {"key", "kind", "stem", "hint", "parts", "figure"}
        assert "reason" not in json.dumps(line["question"]["parts"])
