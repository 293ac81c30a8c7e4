"""Files of a closed cycle: always private, never kept by a cache, always saved and not shown."""

from django.http import StreamingHttpResponse

from aliquot.flows.audit_pack import AuditPack
from aliquot.infra import clock
from aliquot.infra.http.downloads import private
from aliquot.interop.auditpack.archive import archive_name, sent


def archive(pack: AuditPack) -> StreamingHttpResponse:
    """The audit pack, sent while it is being made. Raises TooManyRequestsError."""
    response = StreamingHttpResponse(sent(pack, now=clock.now()), content_type="application/zip")
    return private(response, f"{archive_name(pack)}.zip")
