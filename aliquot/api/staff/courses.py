"""Courses for the office: also hidden and retired ones, with every approval they had.

What an accreditor wrote is entered, and courses are opened and retired, by a person on the pages.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from aliquot.accounts import access
from aliquot.api.frame import Amount, ApiRequest, Area, Code, Id, Limit, Listed, Shape, Start, paged
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Course
from aliquot.catalog.queries import office
from aliquot.lib.dates import day_in_zone

READ = "staff-courses:read"
area = Area("Back office: courses", may=access.is_staff)


class OfficeCourse(Shape):
    """A course as the office lists it. `title` and `version` null: nothing is published yet."""

    code: str
    title: str | None
    version: int | None
    availability: str
    is_free: bool
    review_by: date | None
    successor: Annotated[str | None, Field(description="The course in a retired one's place.")]

    @classmethod
    def of(cls, row: Course) -> "OfficeCourse":
        """With its current version and successor, which must be loaded."""
        version = row.current_version
        return cls(
            code=row.code,
            title=version.title if version else None,
            version=version.number if version else None,
            availability=row.availability,
            is_free=row.is_free,
            review_by=row.review_by,
            successor=row.successor.code if row.successor else None,
        )


class OfficeApproval(Shape):
    """An approval, and how it stands today."""

    id: Id
    accreditor: str
    number: str
    hours: Amount
    valid_from: date
    valid_through: date
    withdrawn_at: datetime | None
    state: str


class VersionLine(Shape):
    """A published state of the course."""

    number: int
    title: str
    contact_hours: Amount
    published_at: datetime


class OfficeCourseDetail(OfficeCourse):
    """A course with what hangs on it."""

    approvals: Annotated[list[OfficeApproval], Field(description="Which ends last comes first.")]
    versions: Annotated[list[VersionLine], Field(description="The newest first.")]


@area.read("/staff/courses", scope=READ, gives=Listed[OfficeCourse])
def list_office_courses(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=100, description="Words of the code or the title.")] = "",
    show: Annotated[
        Literal["", "overdue", "ending"],
        Query(description="Past the day of review, or with an approval that ends in 90 days."),
    ] = "",
    cursor: Start = "",
    limit: Limit = 25,
) -> Listed[OfficeCourse]:
    """Every course, the newest first."""
    today = _today(request)
    rows = office.all_courses(today, words=q)
    if show == "overdue":
        rows = rows.filter(pk__in=office.courses_past_review(today).values("pk"))
    elif show == "ending":
        rows = rows.filter(pk__in=office.approvals_ending(today).values("course"))
    found, following = paged(rows, cursor, limit)
    return Listed(items=[OfficeCourse.of(row) for row in found], next=following)


@area.read("/staff/courses/{code}", scope=READ, gives=OfficeCourseDetail)
def get_office_course(request: ApiRequest, code: Code) -> OfficeCourseDetail:
    """One course with its approvals and versions."""
    today = _today(request)
    row = office.all_courses(today).filter(code=code).first()
    if row is None:
        raise CourseNotFoundError
    return OfficeCourseDetail(
        **OfficeCourse.of(row).model_dump(),
        approvals=[
            OfficeApproval(
                id=each.approval.pk,
                accreditor=each.approval.accreditor.name,
                number=each.approval.number,
                hours=each.approval.hours,
                valid_from=each.approval.valid_from,
                valid_through=each.approval.valid_through,
                withdrawn_at=each.approval.withdrawn_at,
                state=each.state,
            )
            for each in office.approvals_with_state(row, today)
        ],
        versions=[VersionLine.model_validate(each) for each in row.versions.order_by("-number")],
    )


def _today(request: ApiRequest) -> date:
    return day_in_zone(request.auth.now, request.auth.person.time_zone)
