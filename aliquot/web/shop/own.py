"""What every page of one's own orders starts with."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from aliquot.commerce import access
from aliquot.commerce.models import Order
from aliquot.web.own import reader

type OwnView[**Rest] = Callable[Concatenate[HttpRequest, Order, Rest], HttpResponse]


def own_order[**Rest](view: OwnView[Rest]) -> Callable[..., HttpResponse]:
    """Give a view the order of the address, if it is one's own; else 404, absent or not."""

    def wrapped(
        request: HttpRequest, number: str, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        return view(request, access.order_for(reader(request), number), *args, **kwargs)

    update_wrapper(wrapped, view)
    return login_required(wrapped)


def full_address(route: str, *arguments: object) -> str:
    """An address with the host, for a gateway to lead back to."""
    return f"{settings.SITE_URL}{reverse(route, args=arguments)}"
