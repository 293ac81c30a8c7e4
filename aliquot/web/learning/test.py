"""The test of a course: rules before the start, the attempt, the check, the results."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aliquot.assessment import queries as assessment
from aliquot.assessment.errors import AnswerError, AttemptRefusedError, SubmittedError
from aliquot.assessment.facts import FormQuestion, PublicForm, Saved, form_answer
from aliquot.assessment.models import Attempt
from aliquot.infra import clock
from aliquot.learning import access, queries, services
from aliquot.learning.errors import (
    CourseNotOpenError,
    EnrollmentFinishedError,
    EnrollmentNotFoundError,
    NotReadyError,
)
from aliquot.learning.models import Enrollment
from aliquot.lib.errors import NotFoundError
from aliquot.web.learning.own import own_enrollment, pass_for, saved_with_pass
from aliquot.web.learning.reading import frame
from aliquot.web.own import render_in_zone

MOST_BYTES = 64 * 1024
LAST_MARK = Decimal("99.4")  # the pass mark's line is 0.6 percent wide and stays inside its bar
KEPT = "Answered on another device since you opened this page. That answer is kept."


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question of the attempt page: what its fields are called and what they knew.

    Numbers are text: the template would ask each how it is written here.
    """

    asked: FormQuestion
    number: str
    sequence: str
    shown: Any  # the answer in the fields; differs from the stored one after an error
    error: str = ""
    kept: str = ""  # what another device stored meanwhile, in words

    @property
    def prefix(self) -> str:
        """Name and id of the question's fields."""
        return prefix_of(self.asked.question.key)

    @property
    def was(self) -> str:
        """The stored answer when the page was made: an untouched question is not saved again."""
        return json.dumps(self.asked.answer)


def prefix_of(question_key: str) -> str:
    """Name and id of the fields of one question."""
    return f"q-{question_key}"


@dataclass(frozen=True)
class Attempts:
    """All attempts of an enrollment, first to last, and the one of the address with its form."""

    all: list[Attempt]
    own: Attempt


def _attempts(enrollment: Enrollment, attempt_id: int) -> Attempts:
    """In one statement. Raises EnrollmentNotFoundError when none has this id."""
    found = queries.attempts_of(enrollment)
    own = next((each for each in found if each.pk == attempt_id), None)
    if own is None:
        raise EnrollmentNotFoundError
    if own.version_id == enrollment.version_id:
        own.version = enrollment.version  # read already, with its course
    return Attempts(found, assessment.with_held_form(own))


def _page(
    request: HttpRequest,
    name: str,
    enrollment: Enrollment,
    attempts: list[Attempt],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """One page of the test in the player's frame."""
    has_passed = any(each.passed for each in attempts)
    progress = queries.progress_of(enrollment, has_passed=has_passed)
    context = {**frame(enrollment, progress, current="test"), "attempts": attempts, **more}
    return render_in_zone(request, f"web/learning/{name}.html", context, status=status)


# --- rules and start ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@own_enrollment
def test(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """What the test asks, and the way in."""
    if request.method != "POST":
        return _rules(request, enrollment)
    try:
        attempt = services.start_test(enrollment=enrollment, now=clock.now())
    except (
        AttemptRefusedError,
        CourseNotOpenError,
        EnrollmentFinishedError,
        NotReadyError,
    ) as refusal:
        return _rules(request, enrollment, refusal=refusal.message, status=409)
    return redirect("learning:attempt", enrollment.pk, attempt.pk)


def _rules(
    request: HttpRequest, enrollment: Enrollment, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    attempts = queries.attempts_of(enrollment)
    open_attempt = next((each for each in attempts if each.submitted_at is None), None)
    needed, possible = assessment.points_to_pass(enrollment.version)
    now = clock.now()
    return _page(
        request,
        "test",
        enrollment,
        attempts,
        status=status,
        refusal=refusal,
        open_form=open_attempt and assessment.public_form(open_attempt),
        verdict=assessment.retake_verdict(enrollment.version, attempts, now),
        continuing=access.continuing_for(enrollment, now),
        passed=next((each for each in attempts if each.passed), None),
        points_needed=needed,
        points_possible=possible,
    )


# --- the attempt ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@own_enrollment
def attempt(request: HttpRequest, enrollment: Enrollment, attempt_id: int) -> HttpResponse:
    """All questions on one page. Without script, the form saves them together."""
    attempts = _attempts(enrollment, attempt_id)
    own = attempts.own
    if own.submitted_at is not None:
        return redirect("learning:results", enrollment.pk, own.pk)
    if request.method != "POST":
        return _questions(request, enrollment, attempts)
    errors: dict[str, str] = {}
    kept: dict[str, str] = {}
    for entry in assessment.public_form(own).questions:
        key = entry.question.key
        try:
            saved = _save_from_form(request, enrollment, own, key)
        except AnswerError as error:
            errors[key] = error.message
        except SubmittedError:
            return redirect("learning:results", enrollment.pk, own.pk)
        else:
            if saved is not None and not saved.is_stored:
                kept[key] = saved.answer_text
    if errors or kept:
        return _questions(request, enrollment, attempts, errors=errors, kept=kept)
    where = "learning:check" if request.POST.get("next") == "check" else "learning:attempt"
    return redirect(where, enrollment.pk, own.pk)


def _save_from_form(
    request: HttpRequest, enrollment: Enrollment, own: Attempt, key: str
) -> Saved | None:
    """Save one question of the form; None when the person did not touch it on this page."""
    if f"sequence.{key}" not in request.POST:
        return None
    raw = form_answer(request.POST, request.POST.getlist, prefix_of(key))
    answer = assessment.read_answer(own, key, raw)
    if answer == _was(request, own, key):
        return None
    return services.save_test_answer(
        enrollment=enrollment,
        attempt_id=own.pk,
        question_key=key,
        answer=raw,
        sequence=_whole_number(request.POST[f"sequence.{key}"]),
        now=clock.now(),
    )


def _was(request: HttpRequest, own: Attempt, key: str) -> object:
    """The answer that the page knew of; None when it does not say.

    Read as an answer: a page with script writes the same one with other spaces and in other order.
    """
    try:
        return assessment.read_answer(own, key, json.loads(request.POST.get(f"was.{key}", "")))
    except (ValueError, RecursionError, AnswerError):
        return None


def _whole_number(value: object) -> int:
    """A sequence as a device sends it. Raises AnswerError."""
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 16):
        raise AnswerError("The sequence is a whole number of zero or more.")
    return int(text)


def _questions(
    request: HttpRequest,
    enrollment: Enrollment,
    attempts: Attempts,
    *,
    errors: Mapping[str, str] | None = None,
    kept: Mapping[str, str] | None = None,
) -> HttpResponse:
    form = assessment.public_form(attempts.own)
    errors, kept = errors or {}, kept or {}
    rows = [
        Row(
            asked=asked,
            number=str(asked.number),
            sequence=str(asked.sequence),
            shown=request.POST.get(prefix_of(asked.question.key), "")
            if asked.question.key in errors
            else asked.answer,
            error=errors.get(asked.question.key, ""),
            kept=kept.get(asked.question.key, ""),
        )
        for asked in form.questions
    ]
    return _page(
        request,
        "test_attempt",
        enrollment,
        attempts.all,
        status=422 if errors else 200,
        attempt=attempts.own,
        test_form=form,
        rows=rows,
        total=str(len(rows)),
        save_pass=pass_for(request, enrollment),
        has_errors=bool(errors),
    )


@require_POST
@saved_with_pass
def answer(request: HttpRequest, enrollment: Enrollment, attempt_id: int) -> HttpResponse:
    """One answer as JSON: {"name", "answer", "sequence"}; the replies are those of autosave.js."""
    try:
        sent = _json_object(request)
        saved = services.save_test_answer(
            enrollment=enrollment,
            attempt_id=attempt_id,
            question_key=str(sent.get("name", "")),
            answer=sent.get("answer"),
            sequence=_whole_number(sent.get("sequence", "")),
            now=clock.now(),
        )
    except AnswerError as error:
        return JsonResponse({"message": error.message}, status=422)
    except SubmittedError as error:
        return JsonResponse({"message": error.message}, status=410)
    except NotFoundError as error:
        return JsonResponse({"message": error.message}, status=404)
    if saved.is_stored:
        return JsonResponse({"sequence": saved.sequence, "saved_at": saved.saved_at.isoformat()})
    return JsonResponse(
        {
            "sequence": saved.sequence,
            "stored": {"answer": saved.answer},
            "message": KEPT,
            "words": saved.answer_text,
        },
        status=409,
    )


def _json_object(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise AnswerError("The answer is too long.")
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise AnswerError("The answer was not sent as JSON.") from None
    if not isinstance(sent, dict):
        raise AnswerError("The answer was not sent as a JSON object.")
    return sent


# --- check, submit, results -----------------------------------------------------------------------


@require_safe
@own_enrollment
def check(request: HttpRequest, enrollment: Enrollment, attempt_id: int) -> HttpResponse:
    """What is about to be submitted; open questions are flagged."""
    attempts = _attempts(enrollment, attempt_id)
    own = attempts.own
    if own.submitted_at is not None:
        return redirect("learning:results", enrollment.pk, own.pk)
    form: PublicForm = assessment.public_form(own)
    missing = [each for each in form.questions if not each.is_answered]
    return _page(
        request,
        "test_check",
        enrollment,
        attempts.all,
        attempt=own,
        test_form=form,
        missing=missing,
    )


@require_POST
@own_enrollment
def submit(request: HttpRequest, enrollment: Enrollment, attempt_id: int) -> HttpResponse:
    """Submit once; a second time leads to the same results."""
    services.submit_test(enrollment=enrollment, attempt_id=attempt_id, now=clock.now())
    return redirect("learning:results", enrollment.pk, attempt_id)


@require_safe
@own_enrollment
def results(request: HttpRequest, enrollment: Enrollment, attempt_id: int) -> HttpResponse:
    """Pass or fail in words, per objective, and every question explained."""
    attempts = _attempts(enrollment, attempt_id)
    own = attempts.own
    if own.submitted_at is None:
        return redirect("learning:attempt", enrollment.pk, own.pk)
    outcome, needed = assessment.results(own), assessment.points_needed(own)
    return _page(
        request,
        "test_results",
        enrollment,
        attempts.all,
        attempt=own,
        results=outcome,
        points_needed=needed,
        points_short=max(0, needed - outcome.points),
        mark_at=min(outcome.pass_mark, LAST_MARK),
        number=1 + attempts.all.index(own),
        verdict=assessment.retake_verdict(enrollment.version, attempts.all, clock.now()),
    )


urlpatterns = [
    path("learning/<int:enrollment_id>/test/", test, name="test"),
    path("learning/<int:enrollment_id>/test/<int:attempt_id>/", attempt, name="attempt"),
    path("learning/<int:enrollment_id>/test/<int:attempt_id>/answer", answer, name="save_answer"),
    path("learning/<int:enrollment_id>/test/<int:attempt_id>/check/", check, name="check"),
    path("learning/<int:enrollment_id>/test/<int:attempt_id>/submit", submit, name="submit"),
    path("learning/<int:enrollment_id>/test/<int:attempt_id>/results/", results, name="results"),
]
