"""Who the token's person is."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.accounts import queries
from aliquot.api.frame import ApiRequest, Area, Id, Shape

area = Area("Profile")


class LicenseShape(Shape):
    """A license number as a state wrote it."""

    id: Id
    state: str
    profession: str
    number: str


class TokenShape(Shape):
    """The token that was sent. Its secret is nowhere."""

    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_on: date | None


class Profile(Shape):
    """What certificates and reports say about a person."""

    id: Id
    email: str
    full_name: str
    time_zone: Annotated[str, Field(description="Decides on which day a completion falls.")]
    ascp_customer_id: str
    ascls_member_number: str
    license_numbers: list[LicenseShape]
    roles: Annotated[list[str], Field(description="Roles in the back office.")]
    token: TokenShape


@area.read("/me", scope="profile:read", gives=Profile)
def get_profile(request: ApiRequest) -> Profile:
    """Your profile, and the token in use."""
    person = request.auth.person
    return Profile(
        id=person.pk,
        email=person.email,
        full_name=person.full_name,
        time_zone=person.time_zone,
        ascp_customer_id=person.ascp_customer_id,
        ascls_member_number=person.ascls_member_number,
        license_numbers=[
            LicenseShape.model_validate(each) for each in queries.license_numbers_of(person)
        ],
        roles=sorted(queries.roles_of(person)),
        token=TokenShape.model_validate(request.auth.token),
    )
