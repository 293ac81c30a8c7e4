"""Verification, and one's own certificates."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query
from pydantic import Field

from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Code,
    InvalidFieldError,
    Limit,
    Listed,
    Shape,
    Start,
    Taken,
    paged,
)
from aliquot.api.frame.areas import site_address
from aliquot.api.frame.files import Paper
from aliquot.api.frame.shapes import DayQuery
from aliquot.certificates import access, queries
from aliquot.certificates.errors import CertificateNotFoundError
from aliquot.certificates.facts import VERIFY_PERIOD, VERIFY_TRIES, Status, Transcript
from aliquot.certificates.models import Certificate
from aliquot.infra import clock, limits
from aliquot.infra.http.downloads import attached
from aliquot.infra.http.requests import client_network
from aliquot.interop.transcript.table import transcript_table
from aliquot.lib import codes

area = Area("Certificates")


class VerificationShape(Shape):
    """What anybody with the code may know: what is printed on the paper, and what became of it."""

    code: str
    status: Status
    full_name: str
    title: str
    contact_hours: Amount
    completed_on: date
    issued_on: date
    provider_name: str
    licenses: Annotated[list[str], Field(description="State and the end of the number.")]
    is_demonstration: bool
    revoked_on: date | None
    reason: str
    replaced_by: str | None
    replaced_on: date | None
    url: Annotated[str, Field(description="The public page that says the same.")]


@area.public("/certificates/{code}/verification", gives=VerificationShape)
def verify_certificate(request: HttpRequest, code: Code) -> VerificationShape:
    """Whether a certificate is in force.

    The code may be typed in any case, with or without hyphens. Tries are counted together with
    those on the verification page: 60 in ten minutes.
    """
    limits.check(
        scope="verify",
        key=client_network(request),
        limit=VERIFY_TRIES,
        period=VERIFY_PERIOD,
        now=clock.now(),
    )
    try:
        found = queries.verification(codes.parse(code))
    except codes.MistypedCodeError:
        found = None
    if found is None:
        raise CertificateNotFoundError("No certificate has this code.")
    url = site_address(reverse("certificates:verify", args=[found.code]))
    members = {
        name: getattr(found, name) for name in VerificationShape.model_fields if name != "url"
    }
    return VerificationShape(**members | {"licenses": list(found.licenses)}, url=url)


class CertificateShape(Shape):
    """One of your certificates, and what it is worth today."""

    code: str
    status: Status
    title: str
    course: str
    provider_name: str
    contact_hours: Amount
    completed_on: date
    is_demonstration: bool
    verification_url: str

    @classmethod
    def of(cls, found: Certificate) -> "CertificateShape":
        """As the list of certificates shows it."""
        line = queries.line_of(found)
        return cls(
            code=line.code,
            status=line.status,
            title=line.title,
            course=line.course_code,
            provider_name=line.provider_name,
            contact_hours=line.contact_hours,
            completed_on=line.completed_on,
            is_demonstration=line.is_demonstration,
            verification_url=site_address(reverse("certificates:verify", args=[line.code])),
        )


@area.read("/me/certificates", scope="certificates:read", gives=Listed[CertificateShape])
def list_certificates(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[CertificateShape]:
    """Your certificates, the newest first; they stay when access to courses ends."""
    rows, following = paged(queries.certificates_of(request.auth.person), cursor, limit)
    return Listed(items=[CertificateShape.of(row) for row in rows], next=following)


@area.read("/me/certificates/{code}", scope="certificates:read", gives=CertificateShape)
def get_certificate(request: ApiRequest, code: Code) -> CertificateShape:
    """One of your certificates."""
    return CertificateShape.of(access.certificate_for(request.auth.person, code))


@area.read(
    "/me/certificates/{code}/pdf",
    scope="certificates:read",
    gives=None,
    media="application/pdf",
)
def get_certificate_pdf(request: ApiRequest, code: Code, paper: Paper = "letter") -> HttpResponse:
    """The certificate as a file to print, on Letter or A4; the same bytes for ever."""
    found = access.drawable_for(request.auth.person, code)
    content = queries.certificate_pdf(found, paper=paper)
    return attached(content, "application/pdf", queries.file_name(found))


class CompletionDays(Taken):
    """Days of completion, both included; null: without a bound."""

    first: DayQuery | None = None
    last: DayQuery | None = None


@area.read("/me/transcript/pdf", scope="certificates:read", gives=None, media="application/pdf")
def get_transcript_pdf(
    request: ApiRequest, period: Query[CompletionDays], paper: Paper = "letter"
) -> HttpResponse:
    """All completions of a period with their certificates in force, as a file to print."""
    content = queries.transcript_pdf(_transcript(request, period), paper=paper)
    return attached(content, "application/pdf", "transcript.pdf")


@area.read("/me/transcript/csv", scope="certificates:read", gives=None, media="text/csv")
def get_transcript_csv(request: ApiRequest, period: Query[CompletionDays]) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    table = transcript_table(_transcript(request, period))
    return attached(table, "text/csv", "transcript.csv")


def _transcript(request: ApiRequest, period: CompletionDays) -> Transcript:
    first, last = period.first, period.last
    if first is not None and last is not None and last < first:
        raise InvalidFieldError("last", "Accepted: the first day, or a later one.")
    key = request.auth
    return queries.transcript_of(key.person, from_day=first, through_day=last, now=key.now)
