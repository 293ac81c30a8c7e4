"""Courses a person started: the list, one with its progress, starting, giving back."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Id,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    after,
)
from aliquot.api.frame.shapes import CodeIn
from aliquot.catalog.access import course_coded_for
from aliquot.commerce.queries import shop_settings
from aliquot.flows.start_course import start_course
from aliquot.learning import access, queries, services
from aliquot.learning.facts import CourseOnShelf, Place
from aliquot.learning.models import Enrollment

area = Area("Learning")
READ, WRITE = "learning:read", "learning:write"


class EnrollmentLine(Shape):
    """A course that was started."""

    id: Id
    course: str
    title: str
    version: int
    contact_hours: Amount
    started_at: datetime
    last_saved_at: datetime
    percent_done: int
    minutes_left: int
    is_passed: bool
    completed_on: date | None
    completion_id: int | None

    @classmethod
    def of(cls, found: CourseOnShelf) -> "EnrollmentLine":
        """From the shelf."""
        return cls(
            id=found.enrollment_id,
            course=found.course_code,
            title=found.title,
            version=found.version,
            contact_hours=found.hours,
            started_at=found.started_at,
            last_saved_at=found.last_saved_at,
            percent_done=found.share,
            minutes_left=found.minutes_left,
            is_passed=found.is_passed,
            completed_on=found.completed_on,
            completion_id=found.completion_id,
        )


class PlaceShape(Shape):
    """The place to resume. Send `sequence` with the next save."""

    page: str
    anchor: str
    sequence: int
    saved_at: datetime

    @classmethod
    def of(cls, place: Place) -> "PlaceShape":
        """A bookmark as it is stored."""
        return cls(
            page=place.page_slug,
            anchor=place.anchor,
            sequence=place.sequence,
            saved_at=place.saved_at,
        )


class PageLine(Shape):
    """A page of the course, and what you did on it."""

    slug: str
    title: str
    minutes: Amount
    is_opened: bool
    is_finished: bool


class ConditionLine(Shape):
    """One thing that a completion needs."""

    key: Literal["pages", "test", "evaluation", "name"]
    is_met: bool
    words: str


class EnrollmentDetail(Shape):
    """One course that was started, with all progress."""

    id: Id
    course: str
    title: str
    version: int
    started_at: datetime
    completed_at: datetime | None
    returned_at: datetime | None
    may_continue: bool
    reason: Annotated[str, Field(description="Why it may not be continued.")]
    percent_done: int
    minutes_left: int
    test_is_open: bool
    bookmark: PlaceShape | None
    pages: list[PageLine]
    conditions: list[ConditionLine]
    objectives: Annotated[dict[str, str], Field(description="By key, for the evaluation.")]


class StartCourse(Taken):
    """Which course to start."""

    course: CodeIn


@area.read("/me/enrollments", scope=READ, gives=Listed[EnrollmentLine])
def list_enrollments(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[EnrollmentLine]:
    """Courses you started, the newest first. What was given back is left out."""
    shelf = queries.shelf_of(request.auth.person)
    shelf.sort(key=lambda each: -each.enrollment_id)
    piece, following = after(shelf, cursor, limit, key=lambda each: str(each.enrollment_id))
    return Listed(items=[EnrollmentLine.of(each) for each in piece], next=following)


@area.deed("/me/enrollments", scope=WRITE, gives=EnrollmentDetail, status=201)
def start_enrollment(request: ApiRequest, body: StartCourse) -> EnrollmentDetail:
    """Start a course, by whatever right you have to it.

    A course that is open already gives its enrollment back. 403 says why it is not open to you,
    409 from when on it earns credit again.
    """
    key = request.auth
    course = course_coded_for(key.person, body.course)
    return detail_of(start_course(person=key.person, course=course, now=key.now), key.now)


@area.read("/me/enrollments/{enrollment_id}", scope=READ, gives=EnrollmentDetail)
def get_enrollment(request: ApiRequest, enrollment_id: Id) -> EnrollmentDetail:
    """One course you started: place, pages, and what is left to do."""
    return detail_of(access.enrollment_for(request.auth.person, enrollment_id), request.auth.now)


@area.deed("/me/enrollments/{enrollment_id}/return", scope=WRITE, gives=EnrollmentDetail)
def return_enrollment(request: ApiRequest, enrollment_id: Id) -> EnrollmentDetail:
    """Give a started course back, so that its hours are yours again. 409 says why not."""
    key = request.auth
    enrollment = access.enrollment_for(key.person, enrollment_id)
    services.return_course(
        enrollment=enrollment,
        minutes=shop_settings().give_back_minutes,
        actor_id=key.person.pk,
        now=key.now,
    )
    return detail_of(access.enrollment_for(key.person, enrollment_id), key.now)


def detail_of(enrollment: Enrollment, now: datetime) -> EnrollmentDetail:
    """Everything about an enrollment, as of now."""
    progress = queries.progress_of(enrollment)
    opening = access.continuing_for(enrollment, now)
    place = queries.bookmark_of(enrollment)
    return EnrollmentDetail(
        id=enrollment.pk,
        course=enrollment.course.code,
        title=enrollment.version.title,
        version=enrollment.version.number,
        started_at=enrollment.started_at,
        completed_at=enrollment.completed_at,
        returned_at=enrollment.returned_at,
        may_continue=opening.may,
        reason="" if opening.may else opening.reason,
        percent_done=queries.share_done(progress),
        minutes_left=queries.minutes_left(progress),
        test_is_open=queries.test_is_open(progress),
        bookmark=PlaceShape.of(place) if place else None,
        pages=[PageLine.model_validate(each) for each in progress.pages],
        conditions=[
            ConditionLine.model_validate(each) for each in queries.conditions_of(enrollment)
        ],
        objectives={each.key: each.text for each in enrollment.version.objectives.all()},
    )
