"""Whole pages kept for visitors who are not signed in, exact: their keys carry generations.

What differs between two visitors of one page is put in when the page is given out: the nonce of
the content security policy and the token against forged forms.
"""

import secrets
from collections.abc import Callable, Sequence

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers

from aliquot.infra import cache

SECONDS = 600
# Unguessable, so that no text of a course can ask for a nonce.
_NONCE = f"nonce-{secrets.token_hex(16)}".encode()
_TOKEN = f"token-{secrets.token_hex(16)}".encode()


def anonymous_page(
    request: HttpRequest,
    *,
    name_parts: Sequence[object],
    generations: Sequence[str],
    render: Callable[[], HttpResponse],
) -> HttpResponse:
    """The page from the cache when nobody is signed in, else rendered.

    ``name_parts`` are all that the page depends on besides visitor and generations: never the raw
    query, or strangers could fill the memory.
    """
    if request.user.is_authenticated or len(get_messages(request)) or not _may_keep(request):
        return render()
    theme = request.COOKIES.get("theme", "")
    parts = [*name_parts, theme if theme in {"light", "dark"} else "", request.path]
    kept = cache.remember(parts, generations, lambda: _made(request, render()), seconds=SECONDS)
    if kept is None:
        return render()
    body = kept.replace(_NONCE, str(get_nonce(request)).encode())
    response = HttpResponse(body.replace(_TOKEN, get_token(request).encode()))
    patch_vary_headers(response, ["Cookie"])
    return response


def _may_keep(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"}


def _made(request: HttpRequest, response: HttpResponse) -> bytes | None:
    """The body with marks where visitors differ; None when it is no plain page."""
    if response.status_code != 200:
        return None
    token = request.META.get("CSRF_COOKIE")
    body = response.content.replace(str(get_nonce(request)).encode(), _NONCE)
    for written in _written_tokens(response.content) if token else ():
        body = body.replace(written, _TOKEN)
    return body


def _written_tokens(content: bytes) -> set[bytes]:
    """The tokens in hidden fields; each form has the same one, but nothing relies on it."""
    marker = b'name="csrfmiddlewaretoken" value="'
    return {piece.partition(b'"')[0] for piece in content.split(marker)[1:]}
