"""Files of a closed cycle: always private, never kept by a cache, always saved and not shown."""

from django.http import Http404, HttpRequest, StreamingHttpResponse

from aliquot.accounts.models import User
from aliquot.flows.audit_pack import AuditPack
from aliquot.infra.http.downloads import private
from aliquot.interop.auditpack.archive import archive_name, stream

PAPERS = ("letter", "a4")


def reader(request: HttpRequest) -> User:
    """The person signed in; the views are behind ``login_required``."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def paper_of(request: HttpRequest) -> str:
    """``letter`` unless the address asks for ``a4``."""
    paper = request.GET.get("paper", "letter")
    return paper if paper in PAPERS else "letter"


def archive(pack: AuditPack) -> StreamingHttpResponse:
    """The audit pack, sent while it is being made."""
    response = StreamingHttpResponse(stream(pack), content_type="application/zip")
    return private(response, f"{archive_name(pack)}.zip")
