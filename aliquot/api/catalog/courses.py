"""The public catalog: the list with its search and facets, and one course."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from ninja import Query
from pydantic import Field

from aliquot.api.frame import (
    Amount,
    Area,
    Code,
    InvalidFieldError,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    after,
    one_of,
)
from aliquot.api.frame.areas import site_address
from aliquot.catalog import access, queries
from aliquot.catalog.data import areas
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.facts import (
    LENGTHS,
    LEVELS,
    SORTS,
    ApprovalFacts,
    CatalogEntry,
    FacetOption,
    Listing,
    Selection,
)
from aliquot.catalog.models import Course, CourseVersion
from aliquot.credentials.queries import requirement_choices, served_credentials
from aliquot.infra import cache, clock

area = Area("Catalog")


class Subject(Shape):
    """How many contact hours belong to a subject area."""

    area: str
    title: str
    hours: Amount

    @classmethod
    def of(cls, area_id: str, hours: Decimal) -> "Subject":
        """With the name of the area."""
        found = areas().get(area_id)
        return cls(area=area_id, title=found.title if found else area_id, hours=hours)


class ApprovalShape(Shape):
    """An accreditor's approval of a course. A demonstration is fictional and worth nothing."""

    accreditor: str
    kind: str
    number: str
    hours: Amount
    valid_from: date
    valid_through: date
    is_demonstration: bool


class CourseLine(Shape):
    """A course as a list shows it."""

    code: str
    title: str
    subtitle: str
    url: Annotated[str, Field(description="The course's page.")]
    level: str
    contact_hours: Amount
    subjects: list[Subject]
    is_free: bool
    published_on: date
    approvals: Annotated[list[ApprovalShape], Field(description="Those valid today.")]


class Choice(Shape):
    """A choice of a facet, and how many courses it would leave."""

    key: str
    count: int


class Facets(Shape):
    """Counts for every other choice, the ones made kept."""

    subjects: list[Choice]
    lengths: list[Choice]
    levels: list[Choice]


class CourseList(Listed[CourseLine]):
    """A piece of the catalog."""

    total: int
    facets: Facets
    understood: Annotated[str, Field(description="The words searched for, after correction.")]
    is_corrected: bool
    unknown: Annotated[list[str], Field(description="Typed words that no course has.")]


class OutlineLine(Shape):
    """A page of a course. `slug` null: it is read once the course is started."""

    slug: str | None
    title: str
    minutes: int
    is_preview: bool


class PersonLine(Shape):
    """Who wrote, reviewed or edited a course, with the disclosure of interests."""

    role: str
    name: str
    credentials: str
    biography: str
    disclosure: str


class TestShape(Shape):
    """What the test asks."""

    questions: int
    pass_mark: Annotated[Amount, Field(description="Percent.")]
    attempts: Annotated[int | None, Field(description="null: as often as needed.")]
    wait_hours: int


class CourseDetail(CourseLine):
    """All that stands on a course's page."""

    availability: str
    version: int
    description: Annotated[str, Field(description="Markdown.")]
    language: str
    audience: str
    notice: str
    objectives: list[str]
    outline: list[OutlineLine]
    people: list[PersonLine]
    test: TestShape
    review_by: date | None
    successor: Annotated[str | None, Field(description="The code of the course after this one.")]


_CREDENTIALS = frozenset(each.id for each in served_credentials())


def etag_of(request: HttpRequest) -> str:
    """What the catalog gives changes with its generation, the address, and the day."""
    return cache.key_for(["api", request.get_full_path(), clock.now().date()], [queries.GENERATION])


class Wish(Taken):
    """What a list of courses is asked for."""

    q: Annotated[str, Field(max_length=200, description="Words; typing mistakes are bridged.")] = ""
    exact: Annotated[bool, Field(description="Search for the words as typed.")] = False
    fills: Annotated[
        str,
        Field(max_length=80, description="A credential's requirement: `ascp_mls:hematology`."),
    ] = ""
    subject: one_of(areas()) = ""  # type: ignore[valid-type]
    length: one_of(LENGTHS) = ""  # type: ignore[valid-type]
    level: one_of(LEVELS) = ""  # type: ignore[valid-type]
    sort: one_of(SORTS) = ""  # type: ignore[valid-type]


@area.public("/courses", gives=CourseList, etag=etag_of)
def list_courses(
    request: HttpRequest, wish: Query[Wish], cursor: Start = "", limit: Limit = 25
) -> CourseList:
    """Open courses, searched and filtered.

    Best match first, then by title; nobody can pay for a place.
    """
    today = clock.now().date()
    selection = Selection(
        words=" ".join(wish.q.split()),
        is_exact=wish.exact,
        subject=wish.subject,
        length=wish.length,
        level=wish.level,
        sort=wish.sort,
        course_ids=_filling(wish.fills, today),
    )
    listing = queries.browse(selection)
    piece, following = after(listing.entries, cursor, limit, key=lambda entry: entry.code)
    return CourseList(
        items=[CourseLine(**_line(entry, today)) for entry in piece],
        next=following,
        total=len(listing.entries),
        facets=_facets(listing),
        understood=listing.understood,
        is_corrected=listing.is_corrected,
        unknown=list(listing.unknown),
    )


@area.public("/courses/{code}", gives=CourseDetail, etag=etag_of)
def get_course(request: HttpRequest, code: Code) -> CourseDetail:
    """One course. A retired one is still found; a hidden one is not."""
    course = access.course_coded_for(AnonymousUser(), code)
    version = course.current_version
    if version is None:
        raise CourseNotFoundError
    return _detail(course, version, clock.now().date())


def _filling(fills: str, today: date) -> frozenset[int] | None:
    """The courses that count toward a requirement; None: no wish."""
    if not fills:
        return None
    credential, _, _ = fills.partition(":")
    if credential not in _CREDENTIALS:
        raise InvalidFieldError("fills", "The credential is not known; see /credentials.")
    choices = cache.remember(
        ["requirement choices", credential, today],
        [queries.GENERATION],
        lambda: requirement_choices(credential, as_of=today),
    )
    found = next((each for each in choices if each.value == fills), None)
    if found is None:
        accepted = ", ".join(each.value for each in choices) or "none of this credential"
        raise InvalidFieldError("fills", f"No such requirement; accepted: {accepted}.")
    return found.course_ids


def _line(entry: CatalogEntry, today: date) -> dict[str, Any]:
    return {
        "code": entry.code,
        "title": entry.title,
        "subtitle": entry.subtitle,
        "url": site_address(reverse("catalog:course", args=[entry.slug])),
        "level": entry.level,
        "contact_hours": entry.hours,
        "subjects": [Subject.of(each.area, each.hours) for each in entry.subjects],
        "is_free": entry.is_free,
        "published_on": entry.published_on,
        "approvals": _approvals(entry.approvals, today),
    }


def _approvals(approvals: Iterable[ApprovalFacts], today: date) -> list[ApprovalShape]:
    return [ApprovalShape.model_validate(each) for each in approvals if each.is_valid_on(today)]


def _facets(listing: Listing) -> Facets:
    def choices(options: Iterable[FacetOption]) -> list[Choice]:
        return [Choice.model_validate(option) for option in options]

    return Facets(
        subjects=choices(listing.subjects),
        lengths=choices(listing.lengths),
        levels=choices(listing.levels),
    )


def _detail(course: Course, version: CourseVersion, today: date) -> CourseDetail:
    return CourseDetail(
        code=course.code,
        title=version.title,
        subtitle=version.subtitle,
        url=site_address(reverse("catalog:course", args=[course.slug])),
        level=version.level,
        contact_hours=version.contact_hours,
        subjects=[Subject.of(each.area, each.hours) for each in version.subjects.all()],
        is_free=course.is_free,
        published_on=version.published_at.date(),
        approvals=_approvals(queries.approvals_of(course), today),
        availability=course.availability,
        version=version.number,
        description=version.description,
        language=version.language,
        audience=version.audience,
        notice=version.notice,
        objectives=[each.text for each in version.objectives.all()],
        outline=[
            OutlineLine(
                slug=page.slug if page.is_preview else None,
                title=page.title,
                minutes=max(1, round(page.minutes)),
                is_preview=page.is_preview,
            )
            for page in queries.outline_of(version)
        ],
        people=[PersonLine.model_validate(each) for each in version.people.all()],
        test=TestShape(
            questions=version.test_questions,
            pass_mark=version.pass_mark,
            attempts=version.attempts_allowed,
            wait_hours=version.retake_wait_hours,
        ),
        review_by=course.review_by,
        successor=course.successor.code if course.successor else None,
    )
