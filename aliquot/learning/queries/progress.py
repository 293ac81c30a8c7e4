"""How far an enrollment has come: pages, ticks, bookmark, answers, attempts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from aliquot.assessment.models import Attempt
from aliquot.assessment.queries import LIGHT, light_attempt, page_questions
from aliquot.catalog.models import Page
from aliquot.catalog.queries import held_outline, held_version
from aliquot.infra.fixed import fixed
from aliquot.infra.statements import Given, Statement, columns_of, instance
from aliquot.learning import rules
from aliquot.learning.facts import Condition, PageState, Place, Progress
from aliquot.learning.models import (
    Bookmark,
    Completion,
    Enrollment,
    PageAnswer,
    PageVisit,
    TestAttempt,
)
from aliquot.learning.queries.openings import live_completions

MOST_ATTEMPTS = 4096  # two numbers each
MINUTES_A_TEST_QUESTION = Decimal(1)  # the default method of domain/provider.md


_visits = Statement(
    lambda page_id, finished_at: (page_id, finished_at),
    lambda: PageVisit.objects.filter(enrollment=Given("enrollment")).values_list(
        "page_id", "finished_at"
    ),
)
_passed = Statement(
    lambda attempt_id: attempt_id,
    lambda: Attempt.objects.filter(
        enrolled__enrollment=Given("enrollment"), passed=True
    ).values_list("pk")[:1],
)
_bookmark = Statement(
    lambda *values: instance(Bookmark, values),
    lambda: Bookmark.objects.filter(enrollment=Given("enrollment")).values_list(
        *columns_of(Bookmark)
    ),
)
_completion = Statement(
    lambda *values: instance(Completion, values),
    lambda: (
        live_completions()
        .filter(enrollment=Given("enrollment"))
        .order_by("pk")
        .values_list(*columns_of(Completion))[:1]
    ),
)
_attempts = Statement(
    light_attempt,
    lambda: (
        Attempt.objects.filter(enrolled__enrollment=Given("enrollment"))
        .order_by("started_at", "pk")
        .values_list(*LIGHT)
    ),
)
_enrollments: Statement[int] = Statement(
    lambda enrollment_id: enrollment_id,
    lambda: TestAttempt.objects.filter(attempt=Given("attempt")).values_list("enrollment_id"),
)
_answers = Statement(
    lambda *values: instance(PageAnswer, values),
    lambda: PageAnswer.objects.filter(
        enrollment=Given("enrollment"), question__page=Given("page")
    ).values_list(*columns_of(PageAnswer)),
)


def outline(version_id: int, visits: Mapping[int, datetime | None]) -> tuple[PageState, ...]:
    """The pages of a version with their ticks; ``visits``: page and when it was finished."""
    return tuple(
        PageState(
            page.id,
            page.position,
            page.slug,
            page.title,
            page.minutes,
            page.id in visits,
            visits.get(page.id) is not None,
        )
        for page in held_outline(version_id).pages
    )


def pages_of(enrollment: Enrollment) -> tuple[PageState, ...]:
    """The outline with its ticks, in one statement."""
    return outline(enrollment.version_id, dict(_visits.rows(enrollment=enrollment.pk)))


def has_read(enrollment: Enrollment) -> bool:
    """Whether a page was read to its end, a question answered or a test begun."""
    return (
        PageVisit.objects.filter(enrollment=enrollment, finished_at__isnull=False).exists()
        or PageAnswer.objects.filter(enrollment=enrollment).exists()
        or enrollment.attempts.exists()
    )


def is_passed(enrollment: Enrollment) -> bool:
    """Whether an attempt made under this enrollment was passed."""
    return bool(_passed.rows(enrollment=enrollment.pk))


def progress_of(enrollment: Enrollment, *, has_passed: bool | None = None) -> Progress:
    """How far an enrollment has come; two statements, given its version.

    One statement for a caller who knows whether the test was passed.
    """
    return Progress(
        pages=pages_of(enrollment),
        test_minutes=MINUTES_A_TEST_QUESTION * enrollment.version.test_questions,
        is_passed=is_passed(enrollment) if has_passed is None else has_passed,
        is_completed=enrollment.completed_at is not None,
    )


def conditions_of(
    enrollment: Enrollment, progress: Progress | None = None
) -> tuple[Condition, ...]:
    """What a completion of this enrollment needs, and what of it holds."""
    return rules.conditions(
        progress=progress or progress_of(enrollment),
        has_evaluation=hasattr(enrollment, "evaluation"),
        has_name=_has_name(enrollment),
    )


def unmet_before_evaluation(enrollment: Enrollment, *, has_passed: bool) -> list[Condition]:
    """What a completion needs besides the evaluation, and does not have; in one statement."""
    progress = progress_of(enrollment, has_passed=has_passed)
    needed = rules.conditions(
        progress=progress, has_evaluation=True, has_name=_has_name(enrollment)
    )
    return [each for each in needed if not each.is_met]


def _has_name(enrollment: Enrollment) -> bool:
    return bool(enrollment.person.full_name.strip())


def minutes_left(progress: Progress) -> int:
    """Whole minutes for what is still to do."""
    return rules.minutes_left(progress)


def share_done(progress: Progress) -> int:
    """Percent of the steps done: each page, the test, the evaluation."""
    return rules.share_done(progress)


def test_is_open(progress: Progress) -> bool:
    """The test opens when every page was opened."""
    return rules.test_is_open(progress)


def place_of(bookmark: Bookmark) -> Place:
    """A bookmark as facts."""
    return Place(
        page_slug=bookmark.page.slug,
        page_title=bookmark.page.title,
        anchor=bookmark.anchor,
        sequence=bookmark.sequence,
        saved_at=bookmark.saved_at,
    )


def bookmark_of(enrollment: Enrollment) -> Place | None:
    """The place to resume; None before the first save."""
    row = next(iter(_bookmark.rows(enrollment=enrollment.pk)), None)
    if row is None:
        return None
    pages = held_version(enrollment.version_id).pages.all()
    row.page = next(page for page in pages if page.pk == row.page_id)
    return place_of(row)


def answers_on(enrollment: Enrollment, page: Page) -> dict[str, PageAnswer]:
    """The answers given to the questions of one page, by the question's key."""
    keys = {each.pk: key for key, each in page_questions(page.version_id, page.pk).items()}
    if not keys:
        return {}
    rows = _answers.rows(enrollment=enrollment.pk, page=page.pk)
    return {keys[row.question_id]: row for row in rows}


def attempts_of(enrollment: Enrollment) -> list[Attempt]:
    """All attempts made under an enrollment, first to last; a form is read when asked for."""
    return _attempts.rows(enrollment=enrollment.pk)


def passed_attempt(attempts: Iterable[Attempt]) -> Attempt | None:
    """The first to have passed the test, of all attempts of an enrollment."""
    passed = [each for each in attempts if each.passed]
    return min(passed, key=lambda each: (each.submitted_at, each.pk), default=None)


@fixed(MOST_ATTEMPTS)
def held_enrollment_of(attempt_id: int) -> int:
    """The id of the enrollment an attempt was made under. The tie never changes, so it is held."""
    found = _enrollments.rows(attempt=attempt_id)
    if not found:
        raise TestAttempt.DoesNotExist
    return found[0]


def completion_of(enrollment: Enrollment) -> Completion | None:
    """The live completion of an enrollment."""
    return next(iter(_completion.rows(enrollment=enrollment.pk)), None)
