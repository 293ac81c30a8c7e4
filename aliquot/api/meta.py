"""The API about itself: the OpenAPI document, and a page to read, made of it."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.api import document, reference
from aliquot.api.frame.doors import OF_A_NETWORK, OF_A_TOKEN
from aliquot.infra.http.problems import WORDS

PROBLEMS = {
    **dict(WORDS.values()),
    "token": "No token was sent, or none that works: mistyped, expired or revoked.",
    "scope": "The token works, but may not do this. Make one with the scope that is named.",
    "invalid": "A member or parameter is not accepted; errors lists every one.",
    "unreadable": "The body is not JSON, or holds something that cannot be kept.",
    "media_type": "The body is of a media type that is not taken here; detail says which are.",
    "idempotency_key_reused": "The Idempotency-Key was used for another request.",
    "still_at_work": "The same request is being worked on; try again when Retry-After says.",
}


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document, OpenAPI 3.1."""
    text = document.document_text()
    mark = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=mark)
    response = response or HttpResponse(text, content_type="application/json; charset=utf-8")
    response["ETag"] = mark
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape, on one page that needs no script."""
    context = {
        "section": "api",
        "start": reference.START,
        "groups": reference.groups(),
        "shapes": reference.shapes(),
        "scopes": SCOPES | STAFF_SCOPES,
        "problems": PROBLEMS.items(),
        "of_a_token": OF_A_TOKEN,
        "of_a_network": OF_A_NETWORK,
    }
    return render(request, "api/docs.html", context)
