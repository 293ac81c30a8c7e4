"""Files of a closed cycle: always private, never kept by a cache, always saved and not shown."""

from django.http import Http404, HttpRequest, StreamingHttpResponse

from aliquot.accounts.models import User
from aliquot.flows.audit_pack import AuditPack
from aliquot.infra import clock
from aliquot.infra.http.downloads import private
from aliquot.interop.auditpack.archive import archive_name, sent


def reader(request: HttpRequest) -> User:
    """The person signed in; the views are behind ``login_required``."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def archive(pack: AuditPack) -> StreamingHttpResponse:
    """The audit pack, sent while it is being made. Raises TooManyRequestsError."""
    response = StreamingHttpResponse(sent(pack, now=clock.now()), content_type="application/zip")
    return private(response, f"{archive_name(pack)}.zip")
