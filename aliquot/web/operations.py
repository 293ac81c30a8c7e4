"""Addresses for machines and operators: health, robots, security contact, reports, demo mail."""

import ipaddress
from dataclasses import asdict
from datetime import timedelta
from http import HTTPStatus

import nh3
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.crypto import constant_time_compare
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from aliquot.infra import clock, health, limits, metrics, policy_reports
from aliquot.infra.http.requests import client_network, monitor_address
from aliquot.infra.models import OutboxMail

app_name = "operations"

MAILS_ON_A_PAGE = 25
# What answers a visitor and is nothing to search for; a session's pages only lead to signing in.
NOT_FOR_SEARCH = ("/account/", "/demo/")

HEADINGS = {
    403: "This is not open to you",
    409: "That does not fit how things stand now",
    422: "We could not accept that",
    429: "Too many tries in a short time",
}


def refusal(request: HttpRequest, *, status: int, message: str) -> HttpResponse:
    """The page for a refusal that a deed explained in words (see infra/http/refusals.py)."""
    context = {
        "status": status,
        "heading": HEADINGS.get(status, HEADINGS[422]),
        "text": message,
        "reference": getattr(request, "request_id", ""),
    }
    return render(request, "web/pages/error.html", context, status=status)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Each line looked at, with its limit; 503 when something essential fails."""
    looked_at = health.lines(now=clock.now())
    ready = health.is_ready(looked_at)
    body = {
        "ready": ready,
        "problems": [line.words for line in looked_at if not line.is_good],
        "lines": [asdict(line) for line in looked_at],
    }
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus; for anybody who may not read them there is no such page."""
    if not _may_measure(request):
        raise Http404
    body = metrics.exposition(now=clock.now())
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(body, content_type=metrics.CONTENT_TYPE, headers=headers)


def _may_measure(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if token and constant_time_compare(shown, token):
        return True
    try:
        address = ipaddress.ip_address(monitor_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(each) for each in settings.METRICS_ADDRESSES)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read what visitors read."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {start}" for start in NOT_FOR_SEARCH),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness."""
    contact = settings.SECURITY_CONTACT
    if "://" not in contact and not contact.startswith("mailto:"):
        contact = f"mailto:{contact}"
    expires = clock.now() + timedelta(days=180)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Where browsers report violations of the content security policy."""
    now = clock.now()
    try:
        limits.check(
            scope="csp-report",
            key=client_network(request),
            limit=60,
            period=timedelta(minutes=1),
            now=now,
        )
    except limits.TooManyRequestsError:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        size = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        size = 0
    if not 0 < size <= policy_reports.LARGEST_BODY:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    policy_reports.keep_reports(request.read(size), now=now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The demo's mailbox: every mail it would have sent, newest first."""
    _demo_only()
    mails = OutboxMail.objects.order_by("-id").defer("text", "html")
    page = Paginator(mails, MAILS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/operations/mail_list.html", {"page": page})


@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail of the demo: its text, and its HTML as a cleaned fragment."""
    _demo_only()
    found = get_object_or_404(OutboxMail, pk=mail_id)
    html = mark_safe(nh3.clean(found.html)) if found.html else ""  # noqa: S308 (cleaned)
    return render(request, "web/operations/mail.html", {"mail": found, "html": html})


def _demo_only() -> None:
    if not settings.IS_DEMO:
        raise Http404


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics_page, name="metrics"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("csp-report", csp_report, name="csp_report"),
    path("demo/mail/", mail_list, name="mail_list"),
    path("demo/mail/<int:mail_id>/", mail, name="mail"),
]
