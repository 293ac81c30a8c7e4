"""Files of one's own: saved and not shown, kept by nobody on the way."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from aliquot.infra.pdf import PAPERS


def paper_of(request: HttpRequest) -> str:
    """The size of paper to draw on: ``letter`` unless the address asks for ``a4``."""
    paper = request.GET.get("paper", "letter")
    return paper if paper in PAPERS else "letter"


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A whole file under a name of ours."""
    return private(HttpResponse(content, content_type=media_type), name)


def private[Response: HttpResponseBase](response: Response, name: str) -> Response:
    """The same for a response that is there, such as one that is sent while it is made."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
