"""What every page of learning starts with: one's own enrollment, and one's own clock."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aliquot.accounts.models import User
from aliquot.learning import access
from aliquot.learning.models import Enrollment
from aliquot.lib.errors import NotFoundError

type OwnView[**Rest] = Callable[Concatenate[HttpRequest, Enrollment, Rest], HttpResponse]


def reader(request: HttpRequest) -> User:
    """The person signed in; the views are behind ``login_required``."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def own_enrollment[**Rest](view: OwnView[Rest]) -> Callable[..., HttpResponse]:
    """Give a view the enrollment of the address, if it is one's own; else 404, absent or not.

    Whatever the view cannot find is a 404, too.
    """

    def wrapped(
        request: HttpRequest, enrollment_id: int, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        try:
            enrollment = access.enrollment_for(reader(request), enrollment_id)
            return view(request, enrollment, *args, **kwargs)
        except NotFoundError as error:
            raise Http404(error.message) from error

    update_wrapper(wrapped, view)
    return login_required(wrapped)


def render_in_zone(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page whose times of day are the reader's own."""
    with timezone.override(ZoneInfo(reader(request).time_zone)):
        return render(request, template, context, status=status)
