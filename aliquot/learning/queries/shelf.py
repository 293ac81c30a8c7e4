"""Everything a person started, as "My learning" shows it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.catalog.queries import held_outline
from aliquot.infra.statements import Given, Statement
from aliquot.learning import rules
from aliquot.learning.facts import CourseOnShelf, Progress
from aliquot.learning.models import Enrollment, PageVisit
from aliquot.learning.queries.openings import live_completions
from aliquot.learning.queries.progress import MINUTES_A_TEST_QUESTION, outline


class _Started(NamedTuple):
    id: int
    version_id: int
    course_code: str
    course_slug: str
    started_at: datetime
    completed_at: datetime | None
    page_id: int | None  # of the bookmark
    saved_at: datetime | None
    has_passed: bool


class _Visit(NamedTuple):
    enrollment_id: int
    page_id: int
    finished_at: datetime | None


class _Completed(NamedTuple):
    enrollment_id: int
    id: int
    completed_on: date


_started = Statement(
    _Started,
    lambda: Enrollment.objects.filter(person=Given("person"), returned_at=None).values_list(
        "pk", "version_id", "course__code", "course__slug", "started_at", "completed_at",
        "bookmark__page_id", "bookmark__saved_at",
        Exists(Attempt.objects.filter(enrolled__enrollment=OuterRef("pk"), passed=True)),
    ),
)  # fmt: skip
_visits = Statement(
    _Visit,
    lambda: PageVisit.objects.filter(
        enrollment__person=Given("person"), enrollment__returned_at=None
    ).values_list("enrollment_id", "page_id", "finished_at"),
)
_completed = Statement(
    _Completed,
    lambda: (
        live_completions()
        .filter(person=Given("person"))
        .order_by("-pk")
        .values_list("enrollment_id", "pk", "completed_on")
    ),
)


def shelf_of(person: User) -> list[CourseOnShelf]:
    """Everything a person started, what was touched last first; three statements for any number."""
    rows = _started.rows(person=person.pk)
    if not rows:
        return []
    visits: dict[int, dict[int, datetime | None]] = defaultdict(dict)
    for visit in _visits.rows(person=person.pk):
        visits[visit.enrollment_id][visit.page_id] = visit.finished_at
    completed = {each.enrollment_id: each for each in _completed.rows(person=person.pk)}
    shelf = [_on_shelf(row, visits[row.id], completed.get(row.id)) for row in rows]
    return sorted(shelf, key=lambda each: (each.last_saved_at, each.enrollment_id), reverse=True)


def _on_shelf(
    row: _Started, visits: Mapping[int, datetime | None], completion: _Completed | None
) -> CourseOnShelf:
    version, pages = held_outline(row.version_id), outline(row.version_id, visits)
    progress = Progress(
        pages=pages,
        test_minutes=MINUTES_A_TEST_QUESTION * version.test_questions,
        is_passed=row.has_passed,
        is_completed=row.completed_at is not None,
    )
    here = row.page_id or (pages[0].id if pages else None)
    number = next((n for n, page in enumerate(pages, 1) if page.id == here), 1)
    return CourseOnShelf(
        enrollment_id=row.id,
        course_code=row.course_code,
        course_slug=row.course_slug,
        title=version.title,
        area=version.area,
        hours=version.hours,
        level=version.level,
        version=version.number,
        started_at=row.started_at,
        last_saved_at=row.saved_at or row.started_at,
        page_number=number,
        page_title=pages[number - 1].title if pages else "",
        page_count=len(pages),
        minutes_left=rules.minutes_left(progress),
        share=rules.share_done(progress),
        is_read=rules.test_is_open(progress),
        is_passed=progress.is_passed,
        completed_on=completion.completed_on if completion else None,
        completion_id=completion.id if completion else None,
    )
