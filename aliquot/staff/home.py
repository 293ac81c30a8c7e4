"""The first page: search by anything, and what needs somebody's attention."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from aliquot.accounts import access, services
from aliquot.accounts.models import User
from aliquot.accounts.queries import people_matching
from aliquot.catalog.queries import current_provider, office
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import line_of
from aliquot.commerce.queries import refund_queue
from aliquot.infra.jobs.queue import failed_for_good
from aliquot.infra.models import OutboxMail
from aliquot.lib import codes
from aliquot.staff.frame import show, staff_of, today_of
from aliquot.staff.gate import staff_page
from aliquot.staff.operations import findings

HITS = 10  # of each kind; "see all" leads on
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to look after: how many, of what, and where."""

    count: int
    words: str
    url: str


@staff_page()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search results for ``q``, else what needs attention."""
    words = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    context: dict[str, Any] = {"query": words}
    if words:
        context |= _found(request, words)
    else:
        context["concerns"] = _concerns(request)
        is_asked = access.can_administer(staff_of(request))
        context["is_new"] = is_asked and current_provider() is None
    return show(request, "home.html", context, section="staff:home")


def _found(request: HttpRequest, words: str) -> dict[str, Any]:
    """What the person who asks may find. Reading a name in the results is a read that is logged."""
    viewer = staff_of(request)
    courses = list(office.all_courses(today_of(request), words=words)[:HITS])
    people: list[User] = []
    certificate: Certificate | None = None
    if access.can_support(viewer):
        people = list(people_matching(words)[: HITS + 1])
        certificate = _certificate(words)
        seen = [*people[:HITS], *([certificate.person] if certificate else [])]
        services.record_viewing(people=seen, page="search", viewer=viewer)
    return {
        "courses": courses,
        "people": people[:HITS],
        "has_more_people": len(people) > HITS,
        "certificate": line_of(certificate) if certificate else None,
        "holder": certificate.person if certificate else None,
        "has_found": bool(courses or people or certificate),
    }


def _certificate(words: str) -> Certificate | None:
    try:
        code = codes.parse(words)
    except codes.MistypedCodeError:
        return None
    return (
        Certificate.objects.filter(code=code)
        .select_related("person", "revocation", "replaced_by")
        .first()
    )


def _concerns(request: HttpRequest) -> list[Concern]:
    today, viewer, courses = today_of(request), staff_of(request), reverse("staff:courses")
    concerns = [
        Concern(
            office.courses_past_review(today).count(),
            "Courses past their review date",
            f"{courses}?show=overdue",
        ),
        Concern(
            office.approvals_ending(today).count(),
            "Approvals that end within 90 days",
            f"{courses}?show=ending",
        ),
    ]
    if access.can_support(viewer):
        given_up = OutboxMail.objects.filter(given_up_at__isnull=False).count()
        concerns.append(Concern(given_up, "Mails not delivered", reverse("staff:mail")))
    if access.can_handle_money(viewer):
        waiting = refund_queue(is_open=True).count()
        concerns.append(Concern(waiting, "Refunds that wait", reverse("staff:refunds")))
    if access.can_administer(viewer):
        concerns.append(
            Concern(failed_for_good().count(), "Jobs that failed", reverse("staff:jobs"))
        )
        concerns.append(Concern(findings(), "Broken promises of the data", reverse("staff:upkeep")))
    return concerns
