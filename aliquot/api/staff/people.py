"""People and their completions. Every read of somebody's record is logged, as on the pages."""

from datetime import datetime
from typing import Annotated

from ninja import Query
from pydantic import Field

from aliquot.accounts import access, queries, services
from aliquot.accounts.models import User
from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Shape, Start, Taken, paged
from aliquot.api.frame.shapes import DayQuery
from aliquot.api.learning.finishing import CompletionShape, shape_of
from aliquot.certificates.queries import valid_codes
from aliquot.learning import queries as learning
from aliquot.learning.models import Completion

READ = "staff-people:read"
area = Area("Back office: people", may=access.can_support)


class PersonShape(Shape):
    """Somebody, as staff who may look people up see them."""

    id: Id
    email: str
    full_name: str
    time_zone: str
    ascp_customer_id: str
    ascls_member_number: str
    joined_at: datetime
    is_active: bool
    roles: list[str]
    has_second_factor: bool

    @classmethod
    def of(cls, person: User) -> "PersonShape":
        """With roles and second factor, which are asked for."""
        return cls(
            id=person.pk,
            email=person.email,
            full_name=person.full_name,
            time_zone=person.time_zone,
            ascp_customer_id=person.ascp_customer_id,
            ascls_member_number=person.ascls_member_number,
            joined_at=person.date_joined,
            is_active=person.is_active,
            roles=sorted(queries.roles_of(person)),
            has_second_factor=queries.has_second_factor(person),
        )


class FoundPerson(Shape):
    """A line of the search."""

    id: Id
    email: str
    full_name: str


class StaffCompletion(CompletionShape):
    """A completion with who made it."""

    person_id: Id
    full_name: str


class Period(Taken):
    """Which completions are wanted; days are those printed on the certificates."""

    first: DayQuery | None = None
    last: DayQuery | None = None
    course: Annotated[str, Field(max_length=80)] = ""


def opened(request: ApiRequest, person_id: int, *, page: str) -> User:
    """Somebody whose record is read; the read is logged. Raises NotFoundError."""
    viewer = request.auth.person
    person = access.person_for(viewer, person_id)
    services.record_viewing(people=[person], page=page, viewer=viewer)
    return person


@area.read("/staff/people", scope=READ, gives=Listed[FoundPerson])
def find_people(
    request: ApiRequest,
    q: Annotated[str, Query(min_length=1, max_length=100, description="Part of name or address.")],
    cursor: Start = "",
    limit: Limit = 25,
) -> Listed[FoundPerson]:
    """People whose name or address holds the words. This is no directory: words are needed."""
    rows, following = paged(queries.people_matching(q), cursor, limit)
    services.record_viewing(people=rows, page="search by API", viewer=request.auth.person)
    return Listed(items=[FoundPerson.model_validate(row) for row in rows], next=following)


@area.read("/staff/people/{person_id}", scope=READ, gives=PersonShape)
def get_person(request: ApiRequest, person_id: Id) -> PersonShape:
    """One person."""
    return PersonShape.of(opened(request, person_id, page="record by API"))


@area.read("/staff/people/{person_id}/completions", scope=READ, gives=Listed[CompletionShape])
def list_completions_of(
    request: ApiRequest, person_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[CompletionShape]:
    """The courses that a person finished, the newest first."""
    person = opened(request, person_id, page="completions by API")
    rows, following = paged(learning.completions_of(person), cursor, limit)
    valid = valid_codes(rows)
    return Listed(items=[shape_of(row, valid) for row in rows], next=following)


@area.read("/staff/completions", scope=READ, gives=Listed[StaffCompletion])
def list_all_completions(
    request: ApiRequest, period: Query[Period], cursor: Start = "", limit: Limit = 25
) -> Listed[StaffCompletion]:
    """Everybody's completions, the newest first, such as for an accreditor's report."""
    found = learning.completions_between(period.first, period.last, course=period.course)
    rows, following = paged(found, cursor, limit)
    people = [row.person for row in rows]
    services.record_viewing(people=people, page="completions by API", viewer=request.auth.person)
    valid = valid_codes(rows)
    return Listed(items=[_with_person(row, valid) for row in rows], next=following)


def _with_person(row: Completion, valid: dict[int, str]) -> StaffCompletion:
    return StaffCompletion(
        **shape_of(row, valid).model_dump(), person_id=row.person_id, full_name=row.person.full_name
    )
