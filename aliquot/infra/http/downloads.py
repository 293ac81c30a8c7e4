"""Files of one's own: saved and not shown, kept by nobody on the way."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A whole file under a name of ours."""
    return private(HttpResponse(content, content_type=media_type), name)


def private[Response: HttpResponseBase](response: Response, name: str) -> Response:
    """The same for a response that is there, such as one that is sent while it is made."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
