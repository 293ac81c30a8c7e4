"""Access to courses: what somebody has, giving, withdrawing."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from aliquot.accounts import access
from aliquot.api.frame import Amount, ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import AmountIn, CodeIn, DayIn
from aliquot.api.staff.people import READ, opened
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Course
from aliquot.catalog.queries import course_by_code
from aliquot.learning import queries, services
from aliquot.learning.access import entitlement_of
from aliquot.learning.models import Entitlement
from aliquot.lib.dates import end_of

WRITE = "staff-access:write"
area = Area("Back office: access", may=access.can_support)


class AccessShape(Shape):
    """The right to open one course (null: all), until a moment, for some hours."""

    id: Id
    source: str
    course: str | None
    starts_at: datetime
    ends_at: datetime | None
    withdrawn_at: datetime | None
    hours_limit: Amount | None
    hours_left: Amount | None


class AccessList(Shape):
    """Everything a person has or had, as it was granted."""

    items: list[AccessShape]


class Grant(Taken):
    """What to give. Which course is always said: an empty body must not open everything."""

    course: Annotated[CodeIn | None, Field(description="null: every course.")]
    last_day: Annotated[
        DayIn | None, Field(description="On the person's calendar, included; null: without end.")
    ] = None
    hours_limit: Annotated[AmountIn | None, Field(description="null: no limit.")] = None


@area.read("/staff/people/{person_id}/access", scope=READ, gives=AccessList)
def list_access(request: ApiRequest, person_id: Id) -> AccessList:
    """What a person may open, and by what."""
    person = opened(request, person_id, page="access by API")
    return AccessList(
        items=[
            AccessShape(
                id=row.pk,
                source=row.source,
                course=row.course.code if row.course else None,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                withdrawn_at=row.withdrawn_at,
                hours_limit=row.hours_limit,
                hours_left=right.hours_left,
            )
            for row, right in queries.entitlements_of(person)
        ]
    )


@area.deed("/staff/people/{person_id}/access", scope=WRITE, gives=AccessShape, status=201)
def grant_access(request: ApiRequest, person_id: Id, body: Grant) -> AccessShape:
    """Give a person access to one course or to all."""
    key = request.auth
    person = access.person_for(key.person, person_id)
    row = services.grant_entitlement(
        person=person,
        source=Entitlement.Source.GRANT.value,
        course=_course(body.course) if body.course is not None else None,
        starts_at=key.now,
        ends_at=end_of(body.last_day, person.time_zone) if body.last_day else None,
        hours_limit=body.hours_limit,
        actor_id=key.person.pk,
        now=key.now,
    )
    return _granted(row)


@area.deed(
    "/staff/people/{person_id}/access/{access_id}/withdraw",
    scope=WRITE,
    gives=AccessShape,
    may=access.can_administer,
)
def withdraw_access(request: ApiRequest, person_id: Id, access_id: Id) -> AccessShape:
    """Take an access away, whatever it came from. Finished courses stay finished."""
    key = request.auth
    person = access.person_for(key.person, person_id)
    row = services.withdraw_entitlement(
        entitlement=entitlement_of(person, access_id), actor_id=key.person.pk, now=key.now
    )
    return _granted(row)


def _course(code: str) -> Course:
    found = course_by_code(code)
    if found is None:
        raise CourseNotFoundError
    return found


def _granted(row: Entitlement) -> AccessShape:
    left: Decimal | None = row.hours_limit
    return AccessShape(
        id=row.pk,
        source=row.source,
        course=row.course.code if row.course else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        withdrawn_at=row.withdrawn_at,
        hours_limit=row.hours_limit,
        hours_left=left,
    )
