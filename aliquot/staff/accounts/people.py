"""People: searching them, and one page per person with all that is known and was done."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.accounts import access, services
from aliquot.accounts.facts import STATES, time_zones
from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.queries import (
    factors_of,
    license_numbers_of,
    open_closing_of,
    people_matching,
)
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import certificates_of, line_of
from aliquot.infra import audit_reading, clock
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Entitlement
from aliquot.learning.queries import rights_of, shelf_of
from aliquot.ledger.models import Activity
from aliquot.lib.dates import short_date
from aliquot.staff import words
from aliquot.staff.accounts.record import SECTION, opened
from aliquot.staff.frame import PAGE_LENGTH, show, staff_of
from aliquot.staff.gate import staff_page
from aliquot.staff.learning import EntitlementLine, entitlement_lines


@staff_page(access.can_support)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People whose name or address holds ``q``. Without it nobody: this is no directory."""
    query = request.GET.get("q", "").strip()[:100]
    page = Paginator(people_matching(query), PAGE_LENGTH).get_page(request.GET.get("page"))
    services.record_viewing(people=list(page), page="search", viewer=staff_of(request))
    context = {"query": query, "page": page}
    return show(request, "accounts/people.html", context, section=SECTION)


@staff_page(access.can_support)
@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: who they are, what they may open, what they did, and what was done for them."""
    found = opened(request, person_id, page="record")
    zone = staff_of(request).time_zone
    rights = entitlement_lines(found, rights_of(found), now=clock.now())
    certificates = list(certificates_of(found))
    shows_reads = request.GET.get("show") == "reads"
    entries = _entries(found, rights, certificates)
    reads = {"action": "person.viewed_by_staff"}
    entries = entries.filter(**reads) if shows_reads else entries.exclude(**reads)
    page = Paginator(entries, PAGE_LENGTH).get_page(request.GET.get("page"))
    closing = open_closing_of(found)
    factors = factors_of(found)
    context = {
        "person": found,
        "factors": factors,
        "closing": closing,
        "closed_on": words.moment(closing.closed_at, zone) if closing else "",
        "erased_on": words.moment(closing.erase_at, zone) if closing else "",
        "facts": _facts(found, factors),
        "roles": StaffRole.objects.filter(person=found).order_by("role"),
        "is_self": found.pk == staff_of(request).pk,
        "rights": rights,
        "shelf": shelf_of(found),
        "certificates": [line_of(each) for each in certificates],
        "page": page,
        "views": [
            {"label": "Deeds", "url": request.path, "current": not shows_reads},
            {
                "label": "Reads by staff",
                "url": f"{request.path}?show=reads#timeline",
                "current": shows_reads,
            },
        ],
        "events": _events(found, list(page), zone),
    }
    return show(request, "accounts/person.html", context, section=SECTION)


def _facts(person: User, factors: list[str]) -> list[dict[str, Any]]:
    licenses = [
        f"{STATES.get(each.state, each.state)}, {each.profession}, {each.number}"
        for each in license_numbers_of(person)
    ]
    rows = [
        ("Time zone", time_zones().get(person.time_zone, person.time_zone)),
        ("License numbers", "\n".join(licenses)),
        ("ASCP customer ID", person.ascp_customer_id),
        ("ASCLS member number", person.ascls_member_number),
        ("Second factor", ", ".join(factors).capitalize() or "Not set up"),
        ("Joined", short_date(person.date_joined.date())),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _entries(person: User, rights: list[EntitlementLine], certificates: list[Certificate]) -> Any:
    """What the person did, and what anybody did to the person or what is theirs."""
    objects = {
        "accounts.user": [person.pk],
        Entitlement._meta.label_lower: [each.right.id for each in rights],
        "certificates.certificate": [each.pk for each in certificates],
        "learning.completion": {each.completion_id for each in certificates},
        Activity._meta.label_lower: Activity.objects.filter(person=person).values_list(
            "pk", flat=True
        ),
    }
    return audit_reading.entries_around(actor_id=person.pk, objects=objects)


def _events(person: User, entries: list[AuditEntry], zone: str) -> list[dict[str, str]]:
    actors = User.objects.in_bulk({each.actor_id for each in entries if each.actor_id})
    return [
        {
            "when": words.moment(each.recorded_at, zone),
            "title": words.action_words(each.action),
            "text": _said(person, each, actors),
        }
        for each in entries
    ]


def _said(person: User, entry: AuditEntry, actors: dict[int, User]) -> str:
    """The details, and by whom, where that is somebody else."""
    if entry.actor_id == person.pk:
        by = ""
    elif entry.actor_id is None:
        by = "By the system."
    else:
        by = f"By {actors.get(entry.actor_id, f'person {entry.actor_id}')}."
    details = words.details_words(entry.details)
    is_about_another = entry.object_type == "accounts.user" and entry.object_id != str(person.pk)
    about = f"About {words.object_words(entry)}." if is_about_another else ""
    return " ".join(part for part in (about, f"{details}." if details else "", by) if part)
