"""An area: a router whose views return shapes, and whose deeds may be sent twice."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import Router
from ninja.operation import Operation
from pydantic import BaseModel

from aliquot.accounts.models import User
from aliquot.api.frame import bodies
from aliquot.api.frame.doors import ApiRequest, Token, check_visitor, key_of
from aliquot.infra import clock, idempotency
from aliquot.lib.errors import AliquotError

View = Callable[..., Any]
JSON = "application/json; charset=utf-8"


class Area:
    """The addresses of one area. ``may``: only for staff whom it allows."""

    def __init__(self, tag: str, *, may: Callable[[User], bool] | None = None) -> None:
        self.router = Router(tags=[tag])
        self.may = may

    def public(
        self, path: str, *, gives: Any, etag: Callable[[HttpRequest], str] | None = None
    ) -> Callable[[View], View]:
        """A read that needs no token. ``etag`` names the present answer without making it."""
        return self._operation("GET", path, gives=gives, scope="", status=200, etag=etag)

    def read(self, path: str, *, scope: str, gives: Any, **own: Any) -> Callable[[View], View]:
        """A read of the token's person."""
        return self._operation("GET", path, gives=gives, scope=scope, status=200, **own)

    def deed(
        self,
        path: str,
        *,
        scope: str,
        gives: Any,
        status: int = 200,
        method: str = "POST",
        **own: Any,
    ) -> Callable[[View], View]:
        """A deed: with an Idempotency-Key it is done once, and answers the same again."""
        return self._operation(
            method, path, gives=gives, scope=scope, status=status, is_deed=True, **own
        )

    def act(
        self, path: str, *, scope: str, gives: Any, status: int = 200, **own: Any
    ) -> Callable[[View], View]:
        """A deed that asks somebody outside on its way, such as a payment provider; or whose
        answer cannot be kept, such as an archive.

        That and a stored answer cannot be one transaction: it is safe to repeat by itself.
        """
        return self._operation("POST", path, gives=gives, scope=scope, status=status, **own)

    def upload(
        self, path: str, *, scope: str, gives: Any, takes: tuple[str, ...], most: int,
        opens: Callable[[bytes], Any] | None = None,
    ) -> Callable[[View], View]:  # fmt: skip
        """A deed whose body is a file as it is: the view finds its bytes as ``request.sent``.

        ``takes`` are media types, ``most`` is the number of bytes; both are looked at before the
        body is read. ``opens`` reads the file before the deed's transaction begins: the view finds
        what it gives as ``request.opened``.
        """
        return self._operation(
            "POST", path, gives=gives, scope=scope, status=201, is_deed=True,
            file=bodies.FileBody(takes, most, opens),
        )  # fmt: skip

    def make(self, path: str, *, scope: str, gives: Any) -> Callable[[View], View]:
        """A deed whose answer holds a secret, so it is never kept: it must refuse a repetition."""
        return self._operation("POST", path, gives=gives, scope=scope, status=201)

    def save(self, path: str, *, scope: str, gives: Any, **own: Any) -> Callable[[View], View]:
        """A save with a sequence of its own: sending it twice stores it once."""
        return self._operation("PUT", path, gives=gives, scope=scope, status=200, **own)

    def _operation(
        self, method: str, path: str, *, gives: Any, scope: str, status: int,
        is_deed: bool = False, also: dict[int, Any] | None = None,
        may: Callable[[User], bool] | None = None, media: str = "",
        etag: Callable[[HttpRequest], str] | None = None, file: bodies.FileBody | None = None,
    ) -> Callable[[View], View]:  # fmt: skip
        def decorate(view: View) -> View:
            answering = _once(view, status, file) if is_deed else _answering(view, status, etag)
            _guard(answering, file.most if file else bodies.LARGEST_BODY)
            described = {"x-scope": scope, "x-deed": is_deed, "x-media": media}
            described |= {"requestBody": file.described()} if file else {}
            register = self.router.api_operation(
                [method],
                path,
                auth=Token(scope, may or self.may) if scope else None,
                response={status: gives, **(also or {})},
                operation_id=view.__name__,
                url_name=view.__name__,
                summary=_first_sentence(view),
                description=_rest(view),
                openapi_extra={name: value for name, value in described.items() if value},
            )
            register(answering)
            return view

        return decorate


def _answering(view: View, status: int, etag: Callable[[HttpRequest], str] | None = None) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if etag is None:
            return reply(view(request, *args, **kwargs), status)
        mark = f'"{etag(request)[:32]}"'
        known = get_conditional_response(request, etag=mark)
        response = reply(view(request, *args, **kwargs), status) if known is None else known
        response["ETag"] = mark
        response["Cache-Control"] = "no-cache"  # kept, and asked about each time
        return response

    return answering


def _once(view: View, status: int, file: bodies.FileBody | None = None) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if file is not None:
            file.give(cast("ApiRequest", request))

        def do() -> HttpResponse:
            return cast("HttpResponse", reply(view(request, *args, **kwargs), status))

        key = request.headers.get(idempotency.HEADER)
        if key is None:
            return do()
        bodies.check_key(key)
        return idempotency.once(
            actor=f"person:{key_of(request).person.pk}",
            key=key,
            request_hash=idempotency.hash_of(
                request, content=None if file is None else cast("ApiRequest", request).sent
            ),
            now=clock.now(),
            do=do,
        )

    return answering


def reply(result: Any, status: int) -> HttpResponseBase:
    """A shape as JSON that is stored nowhere on the way; a response as it is."""
    if isinstance(result, HttpResponseBase):
        return result
    if result is None:
        response = HttpResponse(status=status)
    elif isinstance(result, BaseModel):
        response = HttpResponse(result.model_dump_json(), status=status, content_type=JSON)
    else:
        raise TypeError(f"A view gives a shape, not {type(result).__name__}.")
    response["Cache-Control"] = "no-store"
    return response


def site_address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def _guard(view: View, most: int) -> None:
    """Have the library wrap each operation of the view, once it knows its parameters."""

    def contribute(operation: Any) -> None:
        operation._run_decorators = [_guarded]
        operation.run = _guarded(operation.run, most)

    view._ninja_contribute_to_operation = [contribute]  # type: ignore[attr-defined]


def _guarded(run: Any, most: int = bodies.LARGEST_BODY) -> View:
    """Before anything else: the size of the body, the names in the query, visitors' counts."""
    operation: Operation = run.__self__
    known = _query_names(operation)

    def running(request: HttpRequest, **values: Any) -> HttpResponseBase:
        try:
            bodies.check_size(request, most)
            bodies.check_query_names(request, known)
            if not operation.auth_callbacks:
                check_visitor(request)
        except AliquotError as error:
            return operation.api.on_exception(request, error)
        answer: HttpResponseBase = run(request, **values)
        return answer

    return running


def _query_names(operation: Operation) -> frozenset[str]:
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(getattr(model, "__ninja_flatten_map__", model.model_fields))
    return frozenset(names)


def _first_sentence(view: View) -> str:
    return (view.__doc__ or view.__name__).strip().partition("\n")[0].rstrip(".")


def _rest(view: View) -> str:
    lines = (view.__doc__ or "").strip().partition("\n")[2].splitlines()
    return "\n".join(line.strip() for line in lines).strip()
