"""The OpenAPI document: what the library derives from the code, with what it cannot know."""

import functools
import json
from typing import Any

from django.conf import settings

from aliquot.infra.http.problems import MEDIA_TYPE
from aliquot.infra.idempotency import LONGEST_KEY

PREFIX = "/api/v1/"
DESCRIPTION = """\
What the pages of this site do, for programs. Amounts are text, never floating-point numbers; days
are `YYYY-MM-DD`, moments are UTC. Errors are problem documents (RFC 9457). Lists come in pieces:
send `next` back as `cursor`. A deed with an `Idempotency-Key` is done once, however often it is
sent.
"""
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A stable word for the kind of problem."},
        "detail": {"type": "string", "description": "What is wrong, and what is accepted."},
        "request_id": {"type": "string", "description": "Name it when you ask for help."},
        "errors": {
            "type": "array",
            "description": "Every wrong member: a JSON pointer into the body, or a parameter.",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
RESPONSES = {
    "400": "The body cannot be read",
    "401": "No token, or none that works",
    "403": "The token lacks the scope, or the deed is not allowed",
    "404": "Absent, or not yours",
    "409": "It does not fit the present state, or is being worked on",
    "413": "The body is too large",
    "415": "The body is of a media type that is not taken",
    "422": "A member or parameter is not accepted",
    "429": "Too many requests; see Retry-After",
    "default": "Another problem",
}


@functools.cache
def document() -> dict[str, Any]:
    """The document as plain data, made once per process. Nobody may change it."""
    from aliquot.api.urls import api

    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    found["info"]["description"] = DESCRIPTION
    found["servers"] = [{"url": settings.SITE_URL}]
    found["components"]["schemas"]["Problem"] = PROBLEM
    found["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made on the page API tokens of an account.",
        }
    }
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, has_object="{" in path)
    return found


@functools.cache
def document_text() -> bytes:
    """The document as JSON."""
    return json.dumps(document(), ensure_ascii=False, indent=1).encode()


def _complete(operation: dict[str, Any], method: str, *, has_object: bool) -> None:
    scope = operation.get("x-scope", "")
    is_deed = operation.pop("x-deed", False)
    media = operation.pop("x-media", "")
    if scope:
        operation["security"] = [{"token": [scope]}]
    if is_deed:
        operation["parameters"].append(_idempotency_key())
    if media:
        operation["responses"]["200"]["content"] = {
            each: {"schema": {"type": "string", "format": "binary"}} for each in media.split(", ")
        }
    kept = {"422", "429", "default"}
    kept |= {"401", "403"} if scope else set()
    kept |= {"404"} if has_object or scope.startswith("staff") else set()
    kept |= {"409"} if method != "get" else set()
    kept |= {"400", "413", "415"} if "requestBody" in operation else set()
    for status in sorted(kept):
        if status not in operation["responses"]:
            operation["responses"][status] = {
                "description": RESPONSES[status],
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }


def _idempotency_key() -> dict[str, Any]:
    return {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": "A key of your own for this deed: sent again, nothing is done twice.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_KEY,
            "pattern": "^[A-Za-z0-9_-]+$",
        },
    }
