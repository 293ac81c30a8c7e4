"""Deeds of tests. Only ``learning`` and flows call them: they do not check the enrollment."""

import random
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.assessment import queries, rules
from aliquot.assessment.errors import (
    AnswerError,
    AttemptRefusedError,
    SubmittedError,
)
from aliquot.assessment.facts import QuestionFacts, RetakeVerdict, Saved
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.catalog.models import CourseVersion
from aliquot.infra import audit
from aliquot.lib.errors import NotFoundError

REFUSALS = {
    "passed": "You have passed this test.",
    "no_attempts_left": "You have used all attempts that this course allows.",
    "wait": "The next attempt is not open yet.",
}


def store_questions(*, version: CourseVersion, questions: Iterable[QuestionFacts]) -> None:
    """Write the questions of a version that is being published, in that transaction."""
    pages = {page.slug: page for page in version.pages.all()}
    Question.objects.bulk_create(
        Question(
            version=version,
            position=facts.position,
            key=facts.key,
            use=facts.use,
            page=pages[facts.page_slug] if facts.page_slug is not None else None,
            kind=facts.kind,
            stem=facts.stem,
            figure_key=facts.figure_key,
            objective_keys=list(facts.objective_keys),
            reference_keys=list(facts.reference_keys),
            spec=facts.spec,
        )
        for facts in questions
    )


@transaction.atomic
def start_attempt(
    *,
    person: User,
    version: CourseVersion,
    now: datetime,
    earlier: Sequence[Attempt] | None = None,
    rng: random.Random | None = None,
) -> Attempt:
    """Start a test, or return the one that is open. The form and the key are frozen here.

    ``earlier`` are the attempts made under the same enrollment (default: all of this person at
    this version); they decide whether another one may start and what is drawn last. The caller
    holds the lock on the enrollment. Raises ``AttemptRefusedError``.
    """
    if earlier is None:
        earlier = list(Attempt.objects.filter(person=person, version=version))
    open_attempt = next((each for each in earlier if each.submitted_at is None), None)
    if open_attempt is not None:
        return open_attempt
    _refuse_unless(queries.retake_verdict(version, earlier, now))
    bank = {question.key: question for question in queries.bank_of(version)}
    if not bank:
        raise AttemptRefusedError("This course has no test.", code="no_test")
    rng = rng or secrets.SystemRandom()
    keys = rules.draw(
        bank=queries.bank_facts(bank.values()),
        objective_keys=version.objectives.values_list("key", flat=True),
        count=version.test_questions,
        last_seen=queries.last_seen(earlier),
        rng=rng,
    )
    attempt = Attempt.objects.create(
        person=person,
        version=version,
        started_at=now,
        form=[queries.frozen_entry(bank[key], rng) for key in keys],
        pass_mark=version.pass_mark,
        points_possible=len(keys),
    )
    audit.record(
        action="attempt.started",
        actor_id=person.pk,
        subject=attempt,
        details={"version": version.pk, "number": len(earlier) + 1},
    )
    return attempt


def _refuse_unless(verdict: RetakeVerdict) -> None:
    if not verdict.may:
        raise AttemptRefusedError(REFUSALS[verdict.reason], code=verdict.reason)


@transaction.atomic
def save_response(
    *, attempt: Attempt, question_key: str, answer: object, sequence: int, now: datetime
) -> Saved:
    """Store one answer of an open attempt; what is returned is what stands in the database.

    ``answer`` is JSON or a ``FormAnswer``. ``sequence`` is the server's number of the answer that
    the device knew (0: none). If another device stored something newer and different since, that
    stays, and ``is_stored`` is False. An equal answer is stored already. Raises ``SubmittedError``,
    ``AnswerError``, or ``NotFoundError`` when the form has no such question.
    """
    locked = Attempt.objects.select_for_update().defer("form").get(pk=attempt.pk)
    return save_locked_response(
        attempt=locked, question_key=question_key, answer=answer, sequence=sequence, now=now
    )


def save_locked_response(
    *, attempt: Attempt, question_key: str, answer: object, sequence: int, now: datetime
) -> Saved:
    """As ``save_response``, for an attempt whose row the caller has locked: two statements."""
    if attempt.submitted_at is not None:
        raise SubmittedError("This test is submitted. Its answers can no longer change.")
    entry = queries.held_form(attempt.pk).get(question_key)
    if entry is None:
        raise NotFoundError("This test has no such question.")
    if sequence < 0:
        raise AnswerError("The sequence is a whole number of zero or more.")
    parsed = KINDS[entry["kind"]].parse(entry["spec"], answer)
    responses = {each.question_key: each for each in Response.objects.filter(attempt=attempt)}
    stored = responses.get(question_key)
    if stored is not None and stored.answer == parsed:
        return queries.saved(entry, stored, is_stored=True)
    if stored is not None and stored.sequence > sequence:
        return queries.saved(entry, stored, is_stored=False)
    newest = max((each.sequence for each in responses.values()), default=0)
    response = Response(
        attempt=attempt,
        question_key=question_key,
        answer=parsed,
        sequence=newest + 1,
        saved_at=now,
    )
    Response.objects.bulk_create(
        [response],
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["answer", "sequence", "saved_at"],
    )
    return queries.saved(entry, response, is_stored=True)


@transaction.atomic
def submit_attempt(*, attempt: Attempt, now: datetime) -> Attempt:
    """Grade an attempt from its frozen form and key, once; later calls return the first result.

    Questions without a complete answer are wrong.
    """
    locked: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if locked.submitted_at is not None:
        return locked
    for name, value in _judgement(locked).items():
        setattr(locked, name, value)
    locked.submitted_at = now
    locked.save(update_fields=["submitted_at", "points", "score", "passed"])
    audit.record(
        action="attempt.submitted",
        actor_id=locked.person_id,
        subject=locked,
        details={"points": locked.points, "score": str(locked.score), "passed": locked.passed},
    )
    return locked


def _judgement(attempt: Attempt) -> dict[str, Any]:
    points = sum(graded.is_right for _, _, graded in queries.graded_form(attempt))
    possible = attempt.points_possible
    return {
        "points": points,
        "score": rules.score(points, possible),
        "passed": rules.is_passed(
            points=points, points_possible=possible, pass_mark=attempt.pass_mark
        ),
    }
