"""Answers that are files: saved and not shown, kept by nobody on the way."""

from typing import Annotated, Literal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query

FileName = Annotated[
    str, Query(max_length=200, description="What you call the file; only ever shown.")
]
Paper = Annotated[Literal["letter", "a4"], Query(description="The size of the paper.")]


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A whole file under a name of ours."""
    return private(HttpResponse(content, content_type=media_type), name)


def private[Response: HttpResponseBase](response: Response, name: str) -> Response:
    """The same for a response that is there."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
