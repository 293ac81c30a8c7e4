"""Pages that belong to no context: home, the provider's own pages, the theme, errors."""

import sys
from functools import lru_cache
from pathlib import Path

import nh3
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe
from markdown_it import MarkdownIt

from aliquot.catalog.models import Provider
from aliquot.catalog.queries import (
    GENERATION,
    PROVIDER_GENERATION,
    catalog_counts,
    current_provider,
    sample_page,
)
from aliquot.commerce import queries as shop
from aliquot.credentials.queries import featured_credentials, served_credentials
from aliquot.infra import cache, clock
from aliquot.infra.anonymous_pages import SECONDS, anonymous_page
from aliquot.ui.context import THEMES
from aliquot.ui.contrast import accent, is_color
from aliquot.web.shop.words import per_words, price_line, refund_words
from aliquot.web.style import style, style_player

app_name = "pages"

PAGES = ("benefits", "questions", "guarantee", "terms", "privacy", "accessibility", "contact")
DEFAULTS = Path(__file__).parent / "data" / "pages"
THEME_AGE = 365 * 24 * 3600

_CREDIT_TAKEN = (
    "Certificates earned with what is refunded are marked as revoked, with the reason, and no "
    "longer count here. That you completed the course stays on your record."
)
_CREDIT_STAYS = "A refund leaves the credit and the certificates you earned as they are."

EXAMPLE_RACK = [
    {"area": "safety", "needed": "1", "counted": "1", "missing": "0", "met": True},
    {"area": "ethics", "name": "Ethics", "needed": "1", "counted": "0", "missing": "1"},
    {"area": "blood_bank", "needed": "2", "counted": "1.5", "missing": "0.5"},
    {"area": "chemistry", "needed": "2", "counted": "2", "missing": "0", "met": True},
    {"area": "hematology", "needed": "2", "counted": "2", "missing": "0", "met": True},
    {"area": "microbiology", "needed": "2", "counted": "0", "missing": "2"},
    {"area": "any", "needed": "26", "counted": "20", "missing": "6"},
]


@require_safe
@anonymous_page(GENERATION, PROVIDER_GENERATION, shop.GENERATION)
def home(request: HttpRequest) -> HttpResponse:
    """What this is, how much there is, and whom it serves."""
    return render(
        request,
        "web/pages/home.html",
        {
            "counts": catalog_counts(),
            "price_line": _price_line(),
            "credentials": featured_credentials(),
            "credential_count": len(served_credentials()),
            "sample": sample_page(),
            "example_rack": EXAMPLE_RACK,
        },
    )


def _price_line() -> str:
    """As old as a kept page may be, for a price may begin by the clock alone."""
    return cache.remember(
        ["price line"],
        [shop.GENERATION],
        lambda: price_line(shop.on_sale(clock.now())),
        seconds=SECONDS,
    )


@lru_cache(maxsize=32)
def _rendered(file: Path, changed_at: int, replacements: tuple[tuple[str, str], ...]) -> SafeString:
    text = file.read_text(encoding="utf-8")
    for mark, words in replacements:
        text = text.replace(mark, escape(words))
    html = MarkdownIt("commonmark").enable("table").render(text)
    # Cleaned last: an operator's file may hold anything.
    return mark_safe(nh3.clean(html, link_rel="noopener"))  # noqa: S308


def _page_file(name: str) -> Path:
    """The provider's own page where there is one, else the default that we ship."""
    own = Path(settings.DATA) / "pages" / f"{name}.md"
    return own if own.is_file() else DEFAULTS / f"{name}.md"


def _replacements(provider: Provider | None) -> tuple[tuple[str, str], ...]:
    """The marks of a page and their words; what is said of the shop is what holds now."""
    rule = shop.shop_settings()
    prices = [
        f"- {each.product.title}: {each.unit} {per_words(each.product)}"
        for each in shop.on_sale(clock.now())
    ]
    return (
        ("{prices}", "\n".join(prices) or "Nothing is sold here now."),
        ("{refund_rule}", "\n".join(f"- {each}" for each in refund_words(rule))),
        ("{refund_credit}", _CREDIT_TAKEN if rule.refund_revokes_credit else _CREDIT_STAYS),
        ("{refund_days}", str(rule.refund_days)),
        ("{terms_version}", rule.terms_version),
        ("{provider_name}", provider.name if provider else "the provider of this site"),
        ("{provider_email}", provider.contact_email if provider else "the provider of this site"),
        ("{provider_address}", provider.address if provider else ""),
    )


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Benefits, questions, terms and the like: Markdown that a provider replaces."""
    if name not in PAGES:
        raise Http404
    file = _page_file(name)
    html = _rendered(file, file.stat().st_mtime_ns, _replacements(current_provider()))
    title = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#").strip()
    return render(
        request,
        "web/pages/page.html",
        {"html": html, "page_title": title, "name": name, "is_own": file.parent != DEFAULTS},
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie, or forget it: "system". Then back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            chosen,
            max_age=THEME_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    return response


@require_GET
@cache_control(public=True, max_age=300)
def provider_css(request: HttpRequest) -> HttpResponse:
    """The provider's accent as tokens, moved until text reads on it in either theme."""
    provider = current_provider()
    if provider is None or not is_color(provider.accent_color):
        return HttpResponse("", content_type="text/css")
    text = render_to_string("ui/provider.css", {"accent": accent(provider.accent_color)})
    return HttpResponse(text, content_type="text/css")


ERRORS = {
    400: (
        "We could not read that request",
        "Something in it was not as expected. Go back, reload the page and try again.",
    ),
    403: (
        "This page is not open to you",
        "You may be signed in with another account, or the page may belong to somebody else.",
    ),
    404: (
        "We cannot find that page",
        "The address may be mistyped, or the page may have moved. Nothing of yours is lost.",
    ),
    410: (
        "This page is gone for good",
        "It was here once and was removed on purpose. Your records are kept where they were.",
    ),
    429: (
        "Too many tries in a short time",
        "To protect accounts, we slow down after several tries. Wait five minutes and try again.",
    ),
    500: (
        "Something broke on our side",
        "It is not your doing. What you saved before is kept; try again in a minute.",
    ),
    503: (
        "We cannot reach your records right now",
        "It is not your doing, and nothing you saved is lost. Try again in a minute.",
    ),
}
RETRY_SECONDS = 10  # a database that starts anew takes about so long


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """A plain page for an error, with the reference that the logs carry."""
    title, text = ERRORS[status]
    reference = getattr(request, "request_id", "")
    context = {"status": status, "heading": title, "text": text, "reference": reference}
    return render(request, "web/pages/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return error_page(request, 404)


def gone(request: HttpRequest) -> HttpResponse:
    """410, for views whose object was removed on purpose."""
    return error_page(request, 410)


def too_many(request: HttpRequest) -> HttpResponse:
    """429, for views with a limit of their own; the sign-in library brings its template."""
    return error_page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no database, no session, no context processors, since any of them may be what broke.

    503 where it is the database that does not answer: what waits on a device is sent again.
    """
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    status = 503 if is_away else 500
    title, text = ERRORS[status]
    context = {
        "status": status,
        "heading": title,
        "text": text,
        "reference": getattr(request, "request_id", ""),
        "profile": settings.PROFILE,
    }
    response = HttpResponse(render_to_string("web/pages/broken.html", context), status=status)
    if is_away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


urlpatterns = [
    path("", home, name="home"),
    path("about/<slug:name>/", page, name="page"),
    path("theme/", theme, name="theme"),
    path("provider.css", provider_css, name="provider_css"),
    path("style/", style, name="style"),
    path("style/player/", style_player, name="style_player"),
]
