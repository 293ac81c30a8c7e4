"""Everything a person started, as "My learning" shows it."""

from typing import Any

from django.db.models import Exists, OuterRef

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.catalog.models import SubjectHours
from aliquot.learning import rules
from aliquot.learning.facts import CourseOnShelf, PageState, Progress
from aliquot.learning.models import Completion, Enrollment
from aliquot.learning.queries.openings import live_completions
from aliquot.learning.queries.progress import MINUTES_A_TEST_QUESTION, page_states


def shelf_of(person: User) -> list[CourseOnShelf]:
    """Everything a person started, what was touched last first; four statements for any number."""
    mine = Enrollment.objects.filter(person=person, returned_at=None)
    pages = page_states(mine)
    completions = {
        each.enrollment_id: each
        for each in live_completions().filter(person=person).defer("record").order_by("-pk")
    }
    areas: dict[int, str] = {}
    for version_id, area in (
        SubjectHours.objects.filter(version__enrollments__person=person)
        .values_list("version_id", "area")
        .order_by("-hours", "position")
    ):
        areas.setdefault(version_id, area)
    passed = Attempt.objects.filter(enrolled__enrollment=OuterRef("pk"), passed=True)
    rows = mine.select_related("version", "course", "bookmark__page").annotate(
        has_passed=Exists(passed)
    )
    shelf = [
        _on_shelf(row, pages.get(row.pk, ()), areas.get(row.version_id, ""), completions)
        for row in rows
    ]
    return sorted(shelf, key=lambda each: (each.last_saved_at, each.enrollment_id), reverse=True)


def _on_shelf(
    row: Any, pages: tuple[PageState, ...], area: str, completions: dict[int, Completion]
) -> CourseOnShelf:
    """``row`` is an enrollment annotated with ``has_passed``."""
    progress = Progress(
        pages=pages,
        test_minutes=MINUTES_A_TEST_QUESTION * row.version.test_questions,
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
        title=row.version.title,
        area=area,
        hours=row.version.contact_hours,
        level=row.version.get_level_display(),
        version=row.version.number,
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
