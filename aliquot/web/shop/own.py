"""What every page of one's own orders starts with."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aliquot.accounts.models import User
from aliquot.commerce import access
from aliquot.commerce.models import Order

type OwnView[**Rest] = Callable[Concatenate[HttpRequest, Order, Rest], HttpResponse]


def reader(request: HttpRequest) -> User:
    """The person signed in; the views are behind ``login_required``."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def own_order[**Rest](view: OwnView[Rest]) -> Callable[..., HttpResponse]:
    """Give a view the order of the address, if it is one's own; else 404, absent or not."""

    def wrapped(
        request: HttpRequest, number: str, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        return view(request, access.order_for(reader(request), number), *args, **kwargs)

    update_wrapper(wrapped, view)
    return login_required(wrapped)


def in_zone(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page whose times of day are the reader's own."""
    with timezone.override(ZoneInfo(reader(request).time_zone)):
        return render(request, template, context, status=status)


def full_address(route: str, *arguments: object) -> str:
    """An address with the host, for a gateway to lead back to."""
    return f"{settings.SITE_URL}{reverse(route, args=arguments)}"
