"""Deeds of tests. Only ``learning`` and flows call them: they do not check the enrollment."""

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from aliquot.accounts.models import User
from aliquot.assessment import queries, rules
from aliquot.assessment.errors import (
    AnswerError,
    AttemptRefusedError,
    SubmittedError,
)
from aliquot.assessment.facts import Answer, QuestionFacts, RetakeVerdict, Saved
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.catalog.models import CourseVersion
from aliquot.infra import audit, rows
from aliquot.infra.database import joined, planning_once
from aliquot.lib.errors import NotFoundError

_PUT = """
    WITH own AS (
        SELECT id FROM assessment_attempt WHERE id = %s AND submitted_at IS NULL {lock}
    )
    INSERT INTO assessment_response (attempt_id, question_key, answer, sequence, saved_at)
    SELECT own.id, %s, %s,
        1 + COALESCE(
            (SELECT MAX(sequence) FROM assessment_response WHERE attempt_id = own.id), 0
        ),
        %s
    FROM own WHERE TRUE
    ON CONFLICT (attempt_id, question_key) DO UPDATE
    SET answer = excluded.answer, sequence = excluded.sequence, saved_at = excluded.saved_at
    WHERE assessment_response.sequence <= %s AND assessment_response.answer <> excluded.answer
    RETURNING sequence
"""
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


@joined
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
        objective_keys=[each.key for each in version.objectives.all()],
        count=version.test_questions,
        last_seen=queries.last_seen(earlier),
        rng=rng,
    )
    attempt = rows.insert(
        Attempt(
            person=person,
            version=version,
            started_at=now,
            form=[queries.frozen_entry(bank[key], rng) for key in keys],
            pass_mark=version.pass_mark,
            points_possible=len(keys),
        )
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


def save_response(
    *, attempt_id: int, question_key: str, answer: object, sequence: int, now: datetime
) -> Saved:
    """Store one answer of an open attempt; what is returned is what stands in the database.

    ``answer`` is JSON or a ``FormAnswer``. ``sequence`` is the server's number of the answer that
    the device knew (0: none). If another device stored something newer and different since, that
    stays, and ``is_stored`` is False. An equal answer is stored already. Raises ``SubmittedError``,
    ``AnswerError``, or ``NotFoundError`` when the form has no such question. One statement that is
    its own transaction; one or two more tell why nothing was stored.
    """
    try:
        entry = _held_entry(attempt_id, question_key)
        parsed = _parsed(entry, answer, sequence)
    except (AnswerError, NotFoundError):
        _refuse_submitted(attempt_id)
        raise
    response = Response(
        attempt_id=attempt_id, question_key=question_key, answer=parsed, saved_at=now
    )
    if _put(response, newest=sequence):
        return queries.saved(entry, response, is_stored=True)
    _refuse_submitted(attempt_id)
    stored = Response.objects.get(attempt=attempt_id, question_key=question_key)
    return queries.saved(entry, stored, is_stored=stored.answer == parsed)


def _held_entry(attempt_id: int, question_key: str) -> Mapping[str, Any]:
    entry = queries.held_form(attempt_id).get(question_key)
    if entry is None:
        raise NotFoundError("This test has no such question.")
    return entry


def _parsed(entry: Mapping[str, Any], answer: object, sequence: int) -> Answer:
    if sequence < 0:
        raise AnswerError("The sequence is a whole number of zero or more.")
    return KINDS[entry["kind"]].parse(entry["spec"], answer)


def _put(response: Response, *, newest: int) -> bool:
    """Keep the answer under the next number of its attempt, unless what is stored is the same or
    has a number above ``newest``, or the attempt was submitted. Sets the number.

    Plain SQL that both databases read. The attempt's row is locked: who grades it waits for us,
    and if we waited for them, PostgreSQL looks again and finds it submitted.
    """
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    values: list[Any] = [
        response.attempt_id,
        response.question_key,
        connection.ops.adapt_json_value(response.answer, None),
        connection.ops.adapt_datetimefield_value(response.saved_at),
        newest,
    ]
    with planning_once() as cursor:
        cursor.execute(_PUT.format(lock=lock), values)
        row = cursor.fetchone()
    if row is not None:
        response.sequence = row[0]
    return row is not None


def _refuse_submitted(attempt_id: int) -> None:
    if Attempt.objects.filter(pk=attempt_id, submitted_at__isnull=False).exists():
        raise SubmittedError("This test is submitted. Its answers can no longer change.")


@transaction.atomic
def submit_attempt(*, attempt_id: int, now: datetime) -> Attempt:
    """Grade an attempt from its frozen form and key, once; later calls return the first result.

    Questions without a complete answer are wrong.
    """
    locked = next(iter(queries.locked_attempts.rows(attempt=attempt_id)), None)
    if locked is None:
        raise Attempt.DoesNotExist
    queries.with_held_form(locked)
    if locked.submitted_at is not None:
        return locked
    for name, value in _judgment(locked).items():
        setattr(locked, name, value)
    locked.submitted_at = now
    rows.change(locked, "submitted_at", "points", "score", "passed")
    audit.record(
        action="attempt.submitted",
        actor_id=locked.person_id,
        subject=locked,
        details={"points": locked.points, "score": str(locked.score), "passed": locked.passed},
    )
    return locked


def _judgment(attempt: Attempt) -> dict[str, Any]:
    points = sum(graded.is_right for _, _, graded in queries.graded_form(attempt))
    possible = attempt.points_possible
    return {
        "points": points,
        "score": rules.score(points, possible),
        "passed": rules.is_passed(
            points=points, points_possible=possible, pass_mark=attempt.pass_mark
        ),
    }
