"""Refusals become responses: what a deed raises for a person is shown to the person."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import get_resolver
from django.utils.module_loading import import_string

from aliquot.infra.http.requests import GetResponse
from aliquot.lib.errors import AliquotError, ConflictError, NotAllowedError, NotFoundError

STATUSES: list[tuple[type[AliquotError], HTTPStatus]] = [
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (NotAllowedError, HTTPStatus.FORBIDDEN),
    (ConflictError, HTTPStatus.CONFLICT),
]


class RefusalMiddleware:
    """404, 403, 409, 429 or 422 for an AliquotError, as a page or as JSON.

    And 400 for a text that no database keeps, where no form had refused it.

    A failure may bring its own ``status``. The page is drawn by the URL configuration's
    ``handler_refusal(request, status, message)``; absent and forbidden things both get the site's
    plain 404, which repeats nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before a view fails."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The response for a refusal; None for whatever else went wrong."""
        if isinstance(exception, DataError | ValueError) and _holds_nul(request):
            unreadable: Any = get_resolver().resolve_error_handler(400)
            answer: HttpResponse = unreadable(request, exception=exception)
            return answer
        if not isinstance(exception, AliquotError):
            return None
        status = status_of(exception)
        if wants_json(request):
            response = _json(exception, status)
        elif status == HTTPStatus.NOT_FOUND:
            not_found: Any = get_resolver().resolve_error_handler(404)
            response = not_found(request, exception=exception)
        else:
            handler = import_string(_refusal_handler())
            response = handler(request, status=int(status), message=exception.message)
        retry_after = getattr(exception, "retry_after", None)
        if retry_after is not None:
            response["Retry-After"] = str(retry_after)
        return response


def _holds_nul(request: HttpRequest) -> bool:
    """Whether a text that was sent has the one character that PostgreSQL keeps in none."""
    fields = [field for given in (request.GET, request.POST) for field in given.lists()]
    sent = [request.path, *(text for name, values in fields for text in (name, *values))]
    return any("\0" in str(text) for text in sent)


def status_of(error: AliquotError) -> HTTPStatus:
    """Which status a refusal has: its own, its kind's, or 422."""
    own = getattr(error, "status", None)
    if own is not None:
        return HTTPStatus(own)
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return status
    return HTTPStatus.UNPROCESSABLE_ENTITY


def wants_json(request: HttpRequest) -> bool:
    """A script sent JSON, or asks for it before HTML."""
    if request.content_type == "application/json":
        return True
    preferred = request.get_preferred_type(["text/html", "application/json"])
    return preferred == "application/json"


def _json(error: AliquotError, status: HTTPStatus) -> HttpResponse:
    words = "Not found." if status == HTTPStatus.NOT_FOUND else error.message
    return JsonResponse({"code": error.code, "message": words}, status=status)


def _refusal_handler() -> str:
    handler: str = import_string(f"{settings.ROOT_URLCONF}.handler_refusal")
    return handler
