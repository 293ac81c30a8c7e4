"""The addresses that search engines may list."""

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from aliquot.catalog import queries
from aliquot.credentials.queries import served_credentials

PAGES = ("benefits", "questions", "accessibility", "privacy", "terms", "contact")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Home, catalog, courses, what each credential needs, the provider's pages."""
    addresses = [
        (reverse("pages:home"), ""),
        (reverse("catalog:list"), ""),
        (reverse("shop:pricing"), ""),
        *(
            (reverse("catalog:course", args=[entry.slug]), entry.published_on.isoformat())
            for entry in queries.entries()
        ),
        *((reverse("credentials:for_body", args=[each.slug]), "") for each in served_credentials()),
        (reverse("credentials:areas"), ""),
        *((reverse("pages:page", args=[name]), "") for name in PAGES),
    ]
    rows = "".join(
        f"<url><loc>{escape(settings.SITE_URL + address)}</loc>"
        f"{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for address, day in dict(addresses).items()
    )
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )
