"""Everything a person started, as "My learning" shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.catalog.queries import held_outline
from aliquot.learning import rules
from aliquot.learning.facts import CourseOnShelf, PageState, Progress
from aliquot.learning.models import Completion, Enrollment, PageVisit
from aliquot.learning.queries.openings import live_completions
from aliquot.learning.queries.progress import MINUTES_A_TEST_QUESTION, outline


def shelf_of(person: User) -> list[CourseOnShelf]:
    """Everything a person started, what was touched last first; three statements for any number."""
    mine = Enrollment.objects.filter(person=person, returned_at=None)
    passed = Attempt.objects.filter(enrolled__enrollment=OuterRef("pk"), passed=True)
    rows = list(mine.select_related("course", "bookmark").annotate(has_passed=Exists(passed)))
    if not rows:
        return []
    pages = _pages_of(rows)
    completions = {
        each.enrollment_id: each
        for each in live_completions()
        .filter(person=person)
        .only("enrollment_id", "completed_on")
        .order_by("-pk")
    }
    shelf = [_on_shelf(row, pages[row.pk], completions) for row in rows]
    return sorted(shelf, key=lambda each: (each.last_saved_at, each.enrollment_id), reverse=True)


def _pages_of(rows: Iterable[Any]) -> dict[int, tuple[PageState, ...]]:
    """The outline with its ticks of each enrollment, in one statement for all of them."""
    visits: dict[int, dict[int, datetime | None]] = {row.pk: {} for row in rows}
    opened = PageVisit.objects.filter(enrollment__in=visits)
    for key, page, finished in opened.values_list("enrollment_id", "page_id", "finished_at"):
        visits[key][page] = finished
    return {row.pk: outline(row.version_id, visits[row.pk]) for row in rows}


def _on_shelf(
    row: Any, pages: tuple[PageState, ...], completions: dict[int, Completion]
) -> CourseOnShelf:
    """``row`` is an enrollment annotated with ``has_passed``."""
    version = held_outline(row.version_id)
    progress = Progress(
        pages=pages,
        test_minutes=MINUTES_A_TEST_QUESTION * version.test_questions,
        is_passed=row.has_passed,
        is_completed=row.completed_at is not None,
    )
    bookmark = getattr(row, "bookmark", None)
    here = bookmark.page_id if bookmark else (pages[0].id if pages else None)
    number = next((n for n, page in enumerate(pages, 1) if page.id == here), 1)
    completion = completions.get(row.pk)
    return CourseOnShelf(
        enrollment_id=row.pk,
        course_code=row.course.code,
        course_slug=row.course.slug,
        title=version.title,
        area=version.area,
        hours=version.hours,
        level=version.level,
        version=version.number,
        started_at=row.started_at,
        last_saved_at=bookmark.saved_at if bookmark else row.started_at,
        page_number=number,
        page_title=pages[number - 1].title if pages else "",
        page_count=len(pages),
        minutes_left=rules.minutes_left(progress),
        share=rules.share_done(progress),
        is_read=rules.test_is_open(progress),
        is_passed=progress.is_passed,
        completed_on=completion.completed_on if completion else None,
        completion_id=completion.pk if completion else None,
    )
