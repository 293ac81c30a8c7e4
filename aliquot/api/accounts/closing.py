"""A copy of everything that is one's own, and closing the account.

The pages ask for the password first. Here a scope of its own stands for it: whoever makes a token
proves who they are, and chooses these scopes by name.
"""

from datetime import datetime
from typing import Annotated, Literal

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from pydantic import Field

from aliquot.accounts import services
from aliquot.accounts.facts import (
    CLOSING_DAYS,
    COPIES_PERIOD,
    MOST_COPIES,
)
from aliquot.api.frame import ApiRequest, Area, Shape, Taken
from aliquot.commerce.queries import renewal_of
from aliquot.flows.close_account import ERASED, KEPT, close_account, has_running_access
from aliquot.infra import limits
from aliquot.infra.http.downloads import private
from aliquot.interop import ownrecords

EXPORT, CLOSE = "account:export", "account:close"
area = Area("Your account")


class WhatShape(Shape):
    """A kind of records, and what becomes of it."""

    what: str
    details: str


class ClosingTerms(Shape):
    """What closing would mean now."""

    erased: list[WhatShape]
    kept: list[WhatShape]
    days: Annotated[int, Field(description="In which the office can open the account again.")]
    gives_up_access: Annotated[bool, Field(description="Access that runs or waits is given up.")]
    ends_renewal: bool


class ClosingIn(Taken):
    """That the person has read what is deleted and what stays."""

    understood: Literal[True]


class ClosedShape(Shape):
    """A closed account."""

    closed_at: datetime
    erase_at: Annotated[datetime, Field(description="Until then the office can open it again.")]


@area.act("/me/records-copy", scope=EXPORT, gives=None, media="application/zip")
def copy_records(request: ApiRequest) -> HttpResponseBase:
    """Everything that is yours as a ZIP archive: `records.json`, and every paper you sent.

    At most three an hour. It is noted that a copy was taken.
    """
    person, now = request.auth.person, request.auth.now
    limits.check(
        scope="own_records", key=str(person.pk), limit=MOST_COPIES, period=COPIES_PERIOD, now=now
    )
    services.record_export(person=person)
    response = StreamingHttpResponse(
        ownrecords.stream(person, now=now), content_type="application/zip"
    )
    return private(response, f"{ownrecords.archive_name(now)}.zip")


@area.read("/me/closing", scope=CLOSE, gives=ClosingTerms)
def get_closing_terms(request: ApiRequest) -> ClosingTerms:
    """What closing the account would delete, what stays, and what would be given up."""
    person = request.auth.person
    return ClosingTerms(
        erased=[WhatShape(what=what, details=details) for what, details in ERASED],
        kept=[WhatShape(what=what, details=details) for what, details in KEPT],
        days=CLOSING_DAYS,
        gives_up_access=has_running_access(person, now=request.auth.now),
        ends_renewal=renewal_of(person) is not None,
    )


@area.act("/me/close", scope=CLOSE, gives=ClosedShape)
def close_own_account(request: ApiRequest, body: ClosingIn) -> ClosedShape:
    """Close the account: nobody signs in any more, and all tokens end, also this one.

    A mail says so. 409 `closing_refused`: somebody with a role in the back office cannot.
    """
    person, now = request.auth.person, request.auth.now
    closing = close_account(person, actor_id=person.pk, now=now)
    return ClosedShape(closed_at=closing.closed_at, erase_at=closing.erase_at)
