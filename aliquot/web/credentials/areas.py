"""The public page of subject areas: what counts as what, and why."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from aliquot.credentials import queries
from aliquot.infra.anonymous_pages import anonymous_page


@require_safe
@anonymous_page("provider")
def areas(request: HttpRequest) -> HttpResponse:
    """The tree, each edge with where it comes from."""
    context = {
        "section": "credential",
        "tree": queries.area_tree(),
        "sources": queries.area_sources(),
        "canonical": settings.SITE_URL + reverse("credentials:areas"),
    }
    return render(request, "web/credentials/areas.html", context)


urlpatterns = [path("areas/", areas, name="areas")]
