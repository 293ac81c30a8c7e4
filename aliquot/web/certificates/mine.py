"""One's own certificates: the list, the page of each, its PDF."""

import hashlib
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from aliquot.certificates import access, queries
from aliquot.certificates.facts import Drawable
from aliquot.infra.http.downloads import paper_of
from aliquot.lib import codes
from aliquot.web.certificates.forms import FilterForm
from aliquot.web.own import reader

PER_PAGE = 20


@login_required
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """All of them, the newest completion first; nothing here depends on access to courses."""
    form = FilterForm(request.GET)
    chosen = form.chosen()
    found = queries.certificates_of(reader(request), **chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "web/certificates/list.html",
        {
            "section": "certificates",
            "form": form,
            "page": page,
            "lines": [queries.line_of(each) for each in page.object_list],
            "is_filtered": any(chosen.values()),
            "has_period": bool(chosen["from_day"] or chosen["through_day"]),
            "count": page.paginator.count,
        },
    )


@login_required
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A certificate as a page, with what became of it."""
    found = access.certificate_for(reader(request), code)
    return render(
        request,
        "web/certificates/detail.html",
        {
            "section": "certificates",
            "line": queries.line_of(found),
            "printed": queries.printed(found),
            "standing": queries.standing_of(found),
            "replaces": codes.grouped(found.replaces.code) if found.replaces else None,
            "trail": [
                {"label": "Certificates", "url": reverse("certificates:list")},
                {"label": found.content["course"]["title"]},
            ],
        },
    )


@login_required
@require_safe
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF, Letter or A4; a copy the reader has already is not drawn again."""
    found = access.drawable_for(reader(request), code)
    paper = paper_of(request)
    etag = _etag(found, paper)
    unchanged: HttpResponse | None = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == HTTPStatus.NOT_MODIFIED:
        return _private(unchanged)
    content = queries.certificate_pdf(found, paper=paper)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{queries.file_name(found)}"'
    response.headers["ETag"] = etag
    return _private(response)


def _etag(found: Drawable, paper: str) -> str:
    seen = f"{found.content_hash} {found.design} {paper}"
    return f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
