"""Verification, and one's own certificates."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.urls import reverse
from pydantic import Field

from aliquot.api.frame import Amount, Area, Code, Shape
from aliquot.api.frame.areas import site_address
from aliquot.certificates import queries
from aliquot.certificates.errors import CertificateNotFoundError
from aliquot.certificates.facts import VERIFY_PERIOD, VERIFY_TRIES, Status
from aliquot.infra import clock, limits
from aliquot.infra.http.requests import client_network
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
