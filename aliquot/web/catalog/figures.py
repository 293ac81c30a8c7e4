"""Figures of courses: those of preview pages for everyone, the others for who takes the course."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from aliquot.assessment.queries import page_questions
from aliquot.catalog import access, queries
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Figure
from aliquot.infra import storage
from aliquot.learning.access import has_enrolled

A_YEAR = 365 * 24 * 3600
# A drawing opened by its own address may do nothing at all.
POLICY = "default-src 'none'; style-src 'none'; sandbox"


@require_safe
def figure(request: HttpRequest, slug: str, version: int, key: str) -> HttpResponse:
    """One image. Its address names the version, so what it answers never changes."""
    found = access.figure_of(slug, version, key)
    is_public = _is_public(found)
    if not is_public and not _may_see(request, found):
        raise CourseNotFoundError("There is no such figure.")
    tag = f'"{found.file.sha256}"'
    keep = "public" if is_public else "private"
    headers = {
        "ETag": tag,
        "Cache-Control": f"{keep}, max-age={A_YEAR}, immutable",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'inline; filename="{found.file_name}"',
    }
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304, headers=headers)
    else:
        response = HttpResponse(
            storage.read(found.file), content_type=found.file.media_type, headers=headers
        )
    if not is_public:
        patch_vary_headers(response, ["Cookie"])
    return response


def _is_public(figure: Figure) -> bool:
    """It stands on a preview page of a course that is not hidden, or at a question of one."""
    version = figure.version
    if version.course.availability == "hidden":
        return False
    if figure.key in queries.preview_figure_keys(version):
        return True
    previews = set(queries.preview_page_ids(version))
    return any(
        question.figure_key == figure.key and question.page_id in previews
        for question in page_questions(version.pk).values()
    )


def _may_see(request: HttpRequest, figure: Figure) -> bool:
    return has_enrolled(request.user, figure.version) or access.can_see_hidden(request.user)
