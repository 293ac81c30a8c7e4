"""Who the token's person is."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from aliquot.accounts import queries, services
from aliquot.accounts.models import User
from aliquot.api.frame import ApiRequest, Area, Id, Key, Shape, Taken
from aliquot.api.frame.shapes import Line

area = Area("Profile")
READ, WRITE = "profile:read", "profile:write"


class LicenseShape(Shape):
    """A license number as a state wrote it."""

    id: Id
    state: str
    profession: str
    number: str


class TokenShape(Shape):
    """A token. Its secret is nowhere."""

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
    token: Annotated[TokenShape, Field(description="The one that was sent.")]


@area.read("/me", scope=READ, gives=Profile)
def get_profile(request: ApiRequest) -> Profile:
    """Your profile, and the token in use."""
    return _profile(request.auth, request.auth.person)


class ProfileIn(Taken):
    """What certificates and reports are to say from now on; issued ones stay as they are."""

    full_name: Annotated[Line, Field(description="As it is on your license.")]
    time_zone: Annotated[Line, Field(description="Such as America/Chicago.")]
    ascp_customer_id: Line = ""
    ascls_member_number: Line = ""


@area.save("/me", scope=WRITE, gives=Profile)
def save_profile(request: ApiRequest, body: ProfileIn) -> Profile:
    """Change your profile. 422 `invalid_profile` names the field."""
    key = request.auth
    person = services.update_profile(person=key.person, actor_id=key.person.pk, **body.model_dump())
    return _profile(key, person)


def _profile(key: Key, person: User) -> Profile:
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
        token=TokenShape.model_validate(key.token),
    )
