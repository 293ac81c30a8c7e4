"""Opening somebody's record: who may, and the log of it."""

from django.http import HttpRequest
from django.urls import reverse

from aliquot.accounts import access, services
from aliquot.accounts.models import User
from aliquot.staff.frame import staff_of

SECTION = "staff:people"


def opened(request: HttpRequest, person_id: int, *, page: str) -> User:
    """The person whose record is opened; reading is logged, answering a form is a deed anyway.

    ``page`` says what of the record, in a word. Raises NotFoundError.
    """
    viewer = staff_of(request)
    person = access.person_for(viewer, person_id)
    if request.method != "POST":
        services.record_viewing(people=[person], page=page, viewer=viewer)
    return person


def address_of(person: User) -> str:
    """The page of a person."""
    return reverse("staff:person", args=[person.pk])


def trail_of(person: User, here: str) -> list[dict[str, str]]:
    """Where a page about a person stands."""
    return [
        {"label": "People", "url": reverse(SECTION)},
        {"label": str(person), "url": address_of(person)},
        {"label": here},
    ]
