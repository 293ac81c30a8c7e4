"""What happened and what went wrong: audit, mail not delivered, failed jobs, checks, backups."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.accounts import access, services
from aliquot.accounts.models import User
from aliquot.accounts.queries import person_by_email
from aliquot.infra import audit_reading
from aliquot.infra.jobs.queue import failed_for_good
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.infra.upkeep_runs import last_backup, last_check
from aliquot.staff import words
from aliquot.staff.frame import PAGE_LENGTH, show, staff_of
from aliquot.staff.gate import staff_page


class AuditForm(forms.Form):
    """Which entries to see; everything empty: all."""

    by = forms.CharField(label="Done by (e-mail address)", required=False, max_length=254)
    what = forms.ChoiceField(
        label="Action",
        required=False,
        choices=[("", "Any"), *sorted(words.ACTIONS.items(), key=lambda choice: choice[1])],
    )
    kind = forms.ChoiceField(
        label="Done to",
        required=False,
        choices=[("", "Anything"), *((key, name) for key, name in words.OBJECTS.items())],
    )
    number = forms.CharField(label="Its number", required=False, max_length=80)

    def clean_by(self) -> User | None:
        """The person with this address."""
        address = self.cleaned_data["by"]
        if not address:
            return None
        found = person_by_email(address)
        if found is None:
            raise forms.ValidationError("Nobody signs in with this address.")
        return found


@staff_page(access.can_administer)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Every deed, newest first, and how it is sealed. Looking is itself an entry."""
    viewer = staff_of(request)
    form = AuditForm(request.GET)
    rows: QuerySet[AuditEntry] = AuditEntry.objects.none()
    actor: User | None = None
    if form.is_valid():
        wanted = form.cleaned_data
        actor = wanted["by"]
        rows = audit_reading.entries(
            actor_id=actor.pk if actor else None,
            action=wanted["what"],
            object_type=wanted["kind"],
            object_id=wanted["number"],
        )
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    entries = list(page.object_list)
    people = User.objects.in_bulk({each.actor_id for each in entries if each.actor_id})
    services.record_viewing(people=people.values(), page="audit", viewer=viewer)
    context = {
        "form": form,
        "page": page,
        "lines": [_line(each, people, viewer.time_zone) for each in entries],
        "seal": audit_reading.newest_block(),
        "zone": viewer.time_zone,
    }
    status = 422 if form.errors else 200
    return show(request, "operations/audit.html", context, section="staff:audit", status=status)


def _line(entry: AuditEntry, people: dict[int, User], zone: str) -> dict[str, Any]:
    seal = getattr(entry, "seal", None)
    return {
        "when": words.moment(entry.recorded_at, zone),
        "action": words.action_words(entry.action),
        "actor": people.get(entry.actor_id) if entry.actor_id else None,
        "actor_id": entry.actor_id,
        "object": words.object_words(entry),
        "details": words.details_words(entry.details),
        "steps": [words.action_words(each["action"]) for each in entry.details.get("steps", [])],
        "block": seal.block_id if seal else None,
        "number": entry.pk,
        "request_id": entry.request_id,
    }


@staff_page(access.can_support)
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Mails that were given up, newest first: to whom, what about, and why."""
    viewer = staff_of(request)
    rows = (
        OutboxMail.objects.filter(given_up_at__isnull=False)
        .order_by("-given_up_at", "-pk")
        .defer("text", "html", "attachments")
    )
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    addresses = {address.lower() for row in page for address in row.recipients}
    seen = User.objects.filter(email__in=addresses)
    services.record_viewing(people=seen, page="mail", viewer=viewer)
    lines = [
        {"mail": row, "to": ", ".join(row.recipients), "when": words.moment(moment, zone)}
        for zone in [viewer.time_zone]
        for row in page
        if (moment := row.given_up_at) is not None
    ]
    return show(request, "operations/mail.html", {"page": page, "lines": lines})


@staff_page(access.can_administer)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs that were given up: which, when, and the error."""
    zone = staff_of(request).time_zone
    page = Paginator(failed_for_good(), PAGE_LENGTH).get_page(request.GET.get("page"))
    lines = [
        {
            "job": row,
            "when": words.moment(row.finished_at, zone) if row.finished_at else "",
            "error": row.exception_class_path.rpartition(".")[2],
            "last_line": (row.traceback.strip().splitlines() or [""])[-1],
        }
        for row in page
    ]
    return show(request, "operations/jobs.html", {"page": page, "lines": lines})


@staff_page(access.can_administer)
@require_safe
def upkeep(request: HttpRequest) -> HttpResponse:
    """The last check of the invariants, line by line, and the last backup."""
    zone = staff_of(request).time_zone
    check, backup = last_check(), last_backup()
    context = {
        "broken": _broken(findings()),
        "failed": failed_for_good().count(),
        "check": check,
        "checked": words.moment(check.ended_at, zone) if check else "",
        "lines": [_checked(each) for each in check.report["invariants"]] if check else [],
        "backup": backup,
        "backed_up": words.moment(backup.began_at, zone) if backup else "",
    }
    return show(request, "operations/upkeep.html", context, section="staff:upkeep")


def findings() -> int:
    """How many invariants the last check found broken."""
    check = last_check()
    if check is None:
        return 0
    return sum(bool(each["violations"]) for each in check.report["invariants"])


def _broken(count: int) -> str:
    if not count:
        return ""
    return f"{count} promises are broken" if count > 1 else "One promise is broken"


def _checked(each: dict[str, Any]) -> dict[str, Any]:
    counted = ", ".join(f"{count:,} {what}" for what, count in each["counted"].items())
    return {**each, "counts": counted, "more": each["violations"] - len(each["first"])}
