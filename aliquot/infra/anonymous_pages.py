"""Whole pages for visitors who are not signed in, kept until a generation they name is raised.

A kept page holds nothing of the visitor it was made for: the nonce of the content security policy,
the CSRF token and idempotency keys are taken out before it is kept, and every visitor gets own
ones. Anything that differs between visitors otherwise (a session, messages, a cookie set by the
view) means the page is not kept and not served from here.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac

from aliquot.infra import cache, clock
from aliquot.infra.idempotency import new_key

View = Callable[..., HttpResponse]

SECONDS = 300  # the clock may change a page too: approvals end, courses come up for review
TOKEN_FIELD = re.compile(r'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]+(")')
KEY_FIELD = re.compile(r'(name="idempotency_key" value=")[A-Za-z0-9_-]+(")')


# What each visitor gets for oneself, by its name.
OWN: dict[str, Callable[[HttpRequest], str]] = {
    "nonce": lambda request: str(get_nonce(request)),
    "token": get_token,
    "key": lambda _: new_key(),
}


class Kept(NamedTuple):
    """A page without its visitor: what ``owns`` names stands between the texts."""

    content_type: str
    texts: tuple[bytes, ...]
    owns: tuple[str, ...]


def anonymous_page(*generation_names: str, seconds: int = SECONDS) -> Callable[[View], View]:
    """Keep what a view answers to visitors without a session, with GET and status 200.

    The key is the path, the theme cookie, and whether a script asked for a fragment. An address
    with a query is never kept: there are more queries than memory, and strangers choose them.
    ``generation_names`` are all that the page depends on, the provider's name in the frame too.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _may_be_kept(request):
                return view(request, *args, **kwargs)
            key = cache.key_for(_differences(request), generation_names)
            page = caches["local"].get(key)
            if page is not None:
                return _served(request, page)
            response = view(request, *args, **kwargs)
            if callable(getattr(response, "render", None)):
                response = response.render()  # type: ignore[attr-defined]
            if _may_keep(request, response):
                caches["local"].set(key, _without_visitor(request, response), seconds)
            return response

        return kept

    return decorate


def _may_be_kept(request: HttpRequest) -> bool:
    """Without a session cookie nobody is signed in; asking the cookie costs no query."""
    return (
        request.method in {"GET", "HEAD"}
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and settings.MESSAGES_COOKIE_NAME not in request.COOKIES
    )


def _differences(request: HttpRequest) -> list[object]:
    return [
        "page",
        request.get_host(),
        request.path,
        _theme(request),
        request.headers.get("HX-Request", ""),
        clock.now().date(),
    ]


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return chosen if chosen in {"light", "dark"} else ""


def _may_keep(request: HttpRequest, response: HttpResponse) -> bool:
    session = getattr(request, "session", None)
    return (
        response.status_code == 200
        and request.method == "GET"
        and not response.streaming
        and not response.cookies
        and not (session is not None and session.modified)
    )


def _without_visitor(request: HttpRequest, response: HttpResponse) -> Kept:
    """The page in pieces, with the names of what is the visitor's own in between."""
    text = response.content.decode(response.charset)
    nonce = get_nonce(request)
    if nonce:  # true only if the page used it
        text = text.replace(str(nonce), _place("nonce"))
    text = TOKEN_FIELD.sub(rf"\g<1>{_place('token')}\g<2>", text)
    text = KEY_FIELD.sub(rf"\g<1>{_place('key')}\g<2>", text)
    names = {_place(name): name for name in OWN}
    pieces = re.split("(" + "|".join(map(re.escape, names)) + ")", text)
    return Kept(
        content_type=response["Content-Type"],
        texts=tuple(each.encode(response.charset) for each in pieces[::2]),
        owns=tuple(names[each] for each in pieces[1::2]),
    )


def _served(request: HttpRequest, page: Kept) -> HttpResponse:
    own = {name: OWN[name](request).encode() for name in set(page.owns)}
    content = [page.texts[0]]
    for name, text in zip(page.owns, page.texts[1:], strict=True):
        content += own[name], text
    response = HttpResponse(b"".join(content), content_type=page.content_type)
    patch_vary_headers(response, ["Cookie"])
    return response


def _place(name: str) -> str:
    """What stands in a page for something of the visitor's; nobody can type it."""
    return (
        f"[[{salted_hmac('aliquot.anonymous_pages', name, algorithm='sha256').hexdigest()[:32]}]]"
    )
