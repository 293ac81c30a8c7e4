"""Errors for programs: RFC 9457 problem documents, for everything that fails under the API.

The API's own handlers make most of them. Whatever else answers 400 or more there (an address that
is none, a method that is not offered, a host that is not ours, a mistake of ours) is put into the
same form here, so that a client never meets a page.
"""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from aliquot.infra import trace
from aliquot.infra.http.requests import GetResponse

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/docs#problem-"  # a reference to where the kind of problem is explained
OF_THE_PAGE = {"Content-Type", "Content-Length", "Content-Encoding", "ETag", "Last-Modified"}

WORDS = {
    400: ("bad_request", "The request could not be read."),
    403: ("not_allowed", "This is not allowed."),
    404: ("not_found", "There is nothing here, or it is not yours to see."),
    405: ("method_not_allowed", "This address does not take this method; see Allow."),
    413: ("too_large", "The request is too large."),
    429: ("too_many_requests", "Too many requests; wait as long as Retry-After says."),
    # A connection that breaks at the very end leaves open whether the deed was done.
    500: (
        "our_mistake",
        (
            "Something broke on our side. If this was to change something, look whether it did, or "
            "send it again with the same Idempotency-Key."
        ),
    ),
    503: (
        "unavailable",
        "The site cannot reach its database right now; try again after Retry-After.",
    ),
}


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """A problem document; ``more`` are members of its own, such as ``errors``."""
    document = {
        "type": f"{TYPES}{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **more,
        "request_id": trace.current(),
    }
    body = json.dumps(document, ensure_ascii=False)
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


class ProblemMiddleware:
    """Puts errors under the API into the form of problems; inside RequestIdMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let everything else pass as it is.

        Who calls the API without TLS is refused, not led to the address with it: a program that
        follows redirects would go on sending its token in the clear.
        """
        is_ours = request.path.startswith(PREFIX)
        if is_ours and settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return problem(403, "not_allowed", "The API is spoken to by https:// only.")
        response = self.get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        if not is_error or not is_ours:
            return response
        if response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        status = response.status_code
        code, detail = WORDS.get(status, WORDS[400 if status < 500 else 500])
        made = problem(status, code, detail)
        for name, value in response.items():
            if name not in OF_THE_PAGE:
                made.setdefault(name, value)
        return made
