"""What taking an invented course leaves behind, worked out once per course by the real functions.

A person's rows differ only in ids, names and moments. So the frozen record of a completion and the
content of a certificate are made once, with marks in the places of those, and filled in by the
million: equal to what finishing the course writes, hashes included.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from aliquot.accounts.models import User
from aliquot.assessment import rules as grading
from aliquot.assessment.kinds import KINDS
from aliquot.assessment.models import Attempt, Question, Response
from aliquot.assessment.queries import frozen_entry, graded_form
from aliquot.catalog.models import CourseVersion
from aliquot.certificates import rules as certificates
from aliquot.certificates.facts import IssueFacts
from aliquot.certificates.queries import completed_facts, issuer_facts
from aliquot.learning.models import Completion, Enrollment, Evaluation
from aliquot.learning.queries import completion_record
from aliquot.lib import canonical, codes

WAYS = 2  # in which each course is passed: at once, or after failing once
_CODE = "Z" * codes.LENGTH
_PERSON, _ENROLLMENT, _ENTITLEMENT = 910000000000001, 910000000000002, 910000000000003
_ATTEMPTS = (910000000000011, 910000000000012)
_NAME, _ZONE = "((name))", "((zone))"


class Form:
    """Canonical JSON text with places to fill in."""

    def __init__(self, data: Any, marks: Mapping[str, str]) -> None:
        """``marks``: what stands in the data for something, and that something's name."""
        pattern = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
        pieces = re.split(f"({pattern})", canonical.text(data))
        self._texts, self._names = pieces[::2], [marks[mark] for mark in pieces[1::2]]

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """The text with the values in it, and its digest."""
        parts = [self._texts[0]]
        for name, text in zip(self._names, self._texts[1:], strict=True):
            parts += (values[name], text)
        whole = "".join(parts)
        return whole, hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt: its form as JSON, the answers as JSON by question, and the result."""

    form: str
    answers: tuple[tuple[str, str], ...]
    points: int
    possible: int
    score: Decimal
    passed: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the course is passed, with what is frozen at the end."""

    sittings: tuple[Sitting, ...]
    evaluation: str
    record: Form
    content: Form


@dataclass(frozen=True, slots=True)
class CourseStory:
    """All that a history needs to know of a course."""

    course_id: int
    code: str
    version_id: int
    title: str
    is_free: bool
    hours: Decimal
    pass_mark: Decimal
    page_ids: tuple[int, ...]
    # page: (question id, answer as JSON, whether it is right), and with a wrong answer
    questions: tuple[tuple[tuple[int, str, bool], tuple[int, str, bool]], ...]
    subjects: tuple[tuple[str, Decimal], ...]
    approvals: tuple[str, ...]
    provider_name: str
    ways: tuple[Way, ...]


def stories_of(course_ids: Sequence[int], *, seed: int, as_of: date) -> list[CourseStory]:
    """The stories of these courses, in their order."""
    versions = {
        version.course_id: version
        for version in CourseVersion.objects.filter(
            course__in=course_ids, course__current_version__isnull=False
        )
        .select_related("course")
        .prefetch_related("subjects", "objectives", "people", "pages", "questions")
    }
    return [_story(versions[each], seed=seed, as_of=as_of) for each in course_ids]


def _story(version: CourseVersion, *, seed: int, as_of: date) -> CourseStory:
    chance = Random(f"{seed}-story-{version.course.code}")  # noqa: S311 (invents, guards nothing)
    questions = sorted(version.questions.all(), key=lambda each: each.position)
    bank = [each for each in questions if each.use == Question.Use.TEST]
    ways = tuple(_way(version, bank, chance, failures=n, as_of=as_of) for n in range(WAYS))
    record = json.loads(ways[0].record.filled(_nothing())[0])
    return CourseStory(
        course_id=version.course_id,
        code=version.course.code,
        version_id=version.pk,
        title=version.title,
        is_free=version.course.is_free,
        hours=version.contact_hours,
        pass_mark=version.pass_mark,
        page_ids=tuple(page.pk for page in version.pages.all()),
        questions=tuple(
            (_page_answer(each, is_right=True), _page_answer(each, is_right=False))
            for each in questions
            if each.use == Question.Use.PAGE
        ),
        subjects=tuple((each.area, each.hours) for each in version.subjects.all()),
        approvals=tuple(sorted({each["kind"] for each in record["approvals"]})),
        provider_name=record["provider"]["name"],
        ways=ways,
    )


def _nothing() -> dict[str, str]:
    names = ("person", "enrollment", "entitlement", "first", "last", "name", "zone", "code", "day")
    moments = ("started", "completed", *(f"{at}{n}" for at in "bs" for n in range(WAYS)))
    return dict.fromkeys(names, "0") | dict.fromkeys(moments, "")


def _page_answer(question: Question, *, is_right: bool) -> tuple[int, str, bool]:
    answer = _answer(question.kind, question.spec, is_right=is_right)
    return question.pk, json.dumps(answer), is_right


def _answer(kind: str, spec: dict[str, Any], *, is_right: bool) -> Any:
    right = KINDS[kind].right_answer(spec)
    if is_right:
        return right
    options = KINDS[kind].present(spec, KINDS[kind].shuffle(spec, lambda _: None))["options"]
    return next(each["token"] for each in options if each["token"] != right)


# --- one way to the end ---------------------------------------------------------------------------


def _way(
    version: CourseVersion, bank: list[Question], chance: Random, *, failures: int, as_of: date
) -> Way:
    """A way with so many failed attempts before the one that passed."""
    day = as_of - timedelta(days=1700)
    moments = [datetime.combine(day, time(3, 0, 41 + n), tzinfo=UTC) for n in range(2 + 2 * WAYS)]
    started, completed = moments[:2]
    attempts = [
        _attempt(version, bank, chance, number=n, fails=n < failures, at=moments[2 + 2 * n :][:2])
        for n in range(failures + 1)
    ]
    person = User(pk=_PERSON, full_name=_NAME, time_zone=_ZONE)
    enrollment = Enrollment(
        pk=_ENROLLMENT, person=person, course=version.course, version=version,
        entitlement_id=_ENTITLEMENT, started_at=started,
    )  # fmt: skip
    answers = _evaluation(version, chance)
    record = completion_record(
        enrollment=enrollment,
        attempt=attempts[-1],
        attempts=(),
        evaluation=Evaluation(enrollment=enrollment, answers=answers),
        completed_at=completed,
        completed_on=day,
    )
    record["attempts"] = [canonical.plain(_line(each)) for each in attempts]
    content = certificates.content_of(
        completed=completed_facts(Completion(record=record)),
        issuer=issuer_facts(),
        licenses=(),
        issue=_issue(day),
    )
    marks = {
        str(_PERSON): "person", str(_ENROLLMENT): "enrollment", str(_ENTITLEMENT): "entitlement",
        str(_ATTEMPTS[0]): "first", str(_ATTEMPTS[1]): "last", _NAME: "name", _ZONE: "zone",
        started.isoformat(): "started", completed.isoformat(): "completed",
        day.isoformat(): "day", codes.grouped(_CODE): "code",
        **{moments[2 + 2 * n].isoformat(): f"b{n}" for n in range(WAYS)},
        **{moments[3 + 2 * n].isoformat(): f"s{n}" for n in range(WAYS)},
    }  # fmt: skip
    return Way(
        sittings=tuple(map(_sitting, attempts)),
        evaluation=json.dumps(answers),
        record=Form(record, marks),
        content=Form(content, marks),
    )


def _issue(day: date) -> IssueFacts:
    from django.conf import settings

    return IssueFacts(
        code=_CODE, site_url=settings.SITE_URL, issued_on=day, is_demonstration=settings.IS_DEMO
    )


def _attempt(
    version: CourseVersion,
    bank: list[Question],
    chance: Random,
    *,
    number: int,
    fails: bool,
    at: list[datetime],
) -> Attempt:
    """A submitted attempt with its answers that no database knows."""
    drawn = chance.sample(bank, min(version.test_questions, len(bank)))
    wanted = len(drawn) // 2 if fails else len(drawn) - chance.randrange(3)
    form = [frozen_entry(each, chance) for each in drawn]
    attempt = Attempt(
        pk=_ATTEMPTS[number], person_id=_PERSON, version=version, started_at=at[0],
        submitted_at=at[1], form=form, pass_mark=version.pass_mark, points_possible=len(form),
    )  # fmt: skip
    answers = [
        Response(question_key=entry["key"], answer=_answer(entry["kind"], entry["spec"],
                 is_right=place < wanted))
        for place, entry in enumerate(form)
    ]  # fmt: skip
    _know(attempt, "responses", answers)
    points = sum(graded.is_right for _, _, graded in graded_form(attempt))
    attempt.points, attempt.score = points, grading.score(points, len(form))
    attempt.passed = grading.is_passed(
        points=points, points_possible=len(form), pass_mark=version.pass_mark
    )
    return attempt


def _know(row: Any, name: str, rows: Iterable[Any]) -> None:
    """Let ``row.<name>.all()`` give these rows, as a prefetch does."""
    manager = getattr(row, name)
    found = manager.get_queryset().none()
    found._result_cache = list(rows)
    row._prefetched_objects_cache = {name: found}


def _line(attempt: Attempt) -> dict[str, Any]:
    names = ("started_at", "submitted_at", "score", "passed")
    return {"id": attempt.pk, **{name: getattr(attempt, name) for name in names}}


def _sitting(attempt: Attempt) -> Sitting:
    answers = attempt.responses.all()
    return Sitting(
        form=json.dumps(attempt.form),
        answers=tuple((each.question_key, json.dumps(each.answer)) for each in answers),
        points=attempt.points or 0,
        possible=attempt.points_possible,
        score=attempt.score or Decimal(0),
        passed=bool(attempt.passed),
    )


def _evaluation(version: CourseVersion, chance: Random) -> dict[str, Any]:
    rated = ("author", "content", "methods", "facilities", "experience")
    return {
        "objectives": {each.key: "met" for each in version.objectives.all()},
        **{name: chance.choice((3, 4, 4, 5, 5)) for name in rated},
        "bias": False,
        "bias_noted": "",
        "minutes": chance.randrange(25, 95),
        "comment": "",
    }
