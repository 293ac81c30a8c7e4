"""The evaluation, which finishes a course, and the completions that came of it."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt

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
    paged,
)
from aliquot.api.frame.shapes import Flag, Slug, Text
from aliquot.api.learning.enrollments import READ, WRITE
from aliquot.flows.credential_overview import certificate_codes
from aliquot.flows.finish_course import finish_course
from aliquot.learning import access, queries
from aliquot.learning.models import Completion
from aliquot.lib import codes

area = Area("Learning")
Rating = Annotated[StrictInt, Field(ge=1, le=5, description="5: excellent, 1: very poor.")]


class EvaluationIn(Taken):
    """What you think of the course. `objectives` by the keys of the enrollment."""

    objectives: dict[Slug, Literal["met", "partly", "not_met"]]
    author: Rating
    content: Rating
    methods: Rating
    facilities: Rating
    experience: Rating
    bias: Annotated[Flag, Field(description="Did you notice commercial or other bias?")]
    bias_noted: Annotated[Text, Field(description="Which, if you did.")] = ""
    minutes: Annotated[StrictInt, Field(ge=1, description="How long it really took.")]
    comment: Text = ""


class CompletionShape(Shape):
    """A finished course. The certificate is null once it was revoked."""

    id: Id
    enrollment_id: Id
    course: str
    title: str
    version: int
    contact_hours: Amount
    completed_on: date
    completed_at: datetime
    certificate: str | None


@area.deed(
    "/me/enrollments/{enrollment_id}/evaluation", scope=WRITE, gives=CompletionShape, status=201
)
def finish_enrollment(
    request: ApiRequest, enrollment_id: Id, body: EvaluationIn
) -> CompletionShape:
    """Submit the evaluation and finish the course: completion, credit and certificate at once.

    Sent again, it gives the completion that exists. 409 `not_ready` names what is missing; 422
    `evaluation_invalid` names the questions.
    """
    key = request.auth
    enrollment = access.enrollment_for(key.person, enrollment_id)
    certificate = finish_course(enrollment=enrollment, answers=body.model_dump(), now=key.now)
    return shape_of(certificate.completion, {certificate.completion_id: certificate.code})


@area.read("/me/completions", scope=READ, gives=Listed[CompletionShape])
def list_completions(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[CompletionShape]:
    """Courses you finished here, the newest first."""
    person = request.auth.person
    rows, following = paged(queries.completions_of(person), cursor, limit)
    valid = certificate_codes(person)
    return Listed(items=[shape_of(row, valid) for row in rows], next=following)


def shape_of(row: Completion, valid: dict[int, str]) -> CompletionShape:
    """A completion with the certificate that is valid now."""
    code = valid.get(row.pk)
    return CompletionShape(
        id=row.pk,
        enrollment_id=row.enrollment_id,
        course=row.enrollment.course.code,
        title=row.version.title,
        version=row.version.number,
        contact_hours=row.contact_hours,
        completed_on=row.completed_on,
        completed_at=row.completed_at,
        certificate=codes.grouped(code) if code else None,
    )
