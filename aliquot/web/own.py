"""What pages of somebody signed in start with: the person, and the person's own clock."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aliquot.accounts.models import User


def reader(request: HttpRequest) -> User:
    """The person signed in; the views are behind ``login_required``."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def render_in_zone(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page whose times of day and dates are the reader's own."""
    with timezone.override(ZoneInfo(reader(request).time_zone)):
        return render(request, template, context, status=status)
