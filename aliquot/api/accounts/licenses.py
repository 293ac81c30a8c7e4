"""License numbers: kept and removed. The profile lists them."""

from typing import Annotated

from pydantic import Field

from aliquot.accounts import access, services
from aliquot.accounts.facts import STATES
from aliquot.api.accounts.profile import WRITE, LicenseShape
from aliquot.api.frame import ApiRequest, Area, Id, Taken, one_of
from aliquot.api.frame.shapes import Line

area = Area("Profile")
State = one_of(STATES, empty=False)


class LicenseIn(Taken):
    """A license of one state."""

    state: Annotated[State, Field(description="Its two letters, such as FL.")]  # type: ignore[valid-type]
    profession: Annotated[
        Line, Field(description="As the license names it.", examples=["Technologist"])
    ]
    number: Annotated[Line, Field(examples=["TN 12345"])]


@area.deed("/me/licenses", scope=WRITE, gives=LicenseShape, status=201)
def keep_license(request: ApiRequest, body: LicenseIn) -> LicenseShape:
    """Keep a license number. The same state and profession again replaces the number.

    422 `invalid_profile` names the field. Certificates that are there do not change.
    """
    person = request.auth.person
    row = services.add_license_number(person=person, actor_id=person.pk, **body.model_dump())
    return LicenseShape.model_validate(row)


@area.deed("/me/licenses/{license_id}/remove", scope=WRITE, gives=None, status=204)
def remove_license(request: ApiRequest, license_id: Id) -> None:
    """Remove a license number. Certificates that print it keep it."""
    person = request.auth.person
    row = access.license_number_for(person, license_id)
    services.remove_license_number(license_number=row, actor_id=person.pk)
