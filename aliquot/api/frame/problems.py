"""Refusals of the API as problem documents (RFC 9457)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from aliquot.infra.http.problems import problem
from aliquot.infra.http.refusals import status_of
from aliquot.lib.errors import AliquotError, NotFoundError

NOTHING_HERE = "There is nothing here, or it is not yours to see."
_SAID_FOR_PAGES = {
    "idempotency_key_reused": "This Idempotency-Key was used for another request.",
    "still_at_work": "A request with this Idempotency-Key is being worked on.",
}
_AS_SENT = {"provider_name": "provider"}
_OWN_MEMBERS = ("field", "missing", "again_from", "problems")


class InvalidFieldError(AliquotError):
    """A member of the request is not accepted; ``field`` names it."""

    code = "invalid"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnreadableError(AliquotError):
    """The body cannot be read."""

    code = "unreadable"
    status = HTTPStatus.BAD_REQUEST


class MediaTypeError(AliquotError):
    """The body is of another type."""

    code = "media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def __init__(self, takes: Sequence[str] = ("application/json",)) -> None:
        super().__init__(f"Send the body as {' or '.join(takes)}.")


class BodyTooLargeError(AliquotError):
    """The body is larger than anything the API takes."""

    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TokenError(AliquotError):
    """No token, or none that works."""

    code = "token"
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("Send a working token: Authorization: Bearer alq_…")


class ScopeError(AliquotError):
    """The token may not do this."""

    code = "scope"
    status = HTTPStatus.FORBIDDEN

    def __init__(self, scope: str) -> None:
        super().__init__(f"This token lacks the scope {scope}.")


@contextmanager
def named_as_sent(refusal: type[Any]) -> Iterator[None]:
    """Name the fields of a refusal (made of its ``problems`` alone) as bodies do: a service says
    ``provider_name`` of what was sent as ``provider``.
    """
    try:
        yield
    except refusal as error:
        named = {_AS_SENT.get(name, name): words for name, words in error.problems.items()}
        raise refusal(named) from error


def install(api: NinjaAPI) -> None:
    """Let every refusal become a problem."""
    handlers: dict[type[Exception], Any] = {
        AliquotError: _refused,
        ValidationError: _invalid,
        HttpError: _unreadable,
        AuthenticationError: lambda request, _: _refused(request, TokenError()),
        Http404: lambda *_: problem(404, "not_found", NOTHING_HERE),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _refused(request: HttpRequest, error: AliquotError) -> HttpResponse:
    if isinstance(error, NotFoundError):
        return problem(404, "not_found", NOTHING_HERE)
    # What may go well later is no mistake in the request.
    status = HTTPStatus.SERVICE_UNAVAILABLE if error.is_passing else status_of(error)
    more = {name: _plain(getattr(error, name)) for name in _OWN_MEMBERS if hasattr(error, name)}
    response = problem(status, error.code, _SAID_FOR_PAGES.get(error.code, error.message), **more)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(error, ScopeError):
        response["WWW-Authenticate"] = 'Bearer realm="api", error="insufficient_scope"'
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The library wraps what our parser raised."""
    cause = error.__cause__
    if isinstance(cause, AliquotError):
        return _refused(request, cause)
    return _refused(request, UnreadableError("The body is not JSON."))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every wrong member at once. A path that cannot be one leads nowhere: 404, as if absent."""
    if any(each["loc"][0] == "path" for each in error.errors):
        return problem(404, "not_found", NOTHING_HERE)
    errors = [_member(each) for each in error.errors]
    detail = "; ".join(f"{each['where']}: {each['detail']}" for each in errors[:5])
    return problem(422, "invalid", detail, errors=errors)


def _member(error: dict[str, Any]) -> dict[str, str]:
    source, *path = error["loc"]
    if source == "body":
        path = path[1:]  # the name of the view's argument
        where = "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')}" for each in path)
        return {"where": where or "/", "detail": _words(error)}
    return {"where": ".".join(str(each) for each in path), "detail": _words(error)}


def _words(error: dict[str, Any]) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    return words[0].lower() + words[1:] if words else "not accepted"
