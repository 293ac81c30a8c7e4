"""The words of the back office: moments, and what each kind of audit entry means."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from aliquot.accounts.models import StaffRole
from aliquot.credentials.queries import served_credentials
from aliquot.infra.models import AuditEntry
from aliquot.lib.dates import short_date
from aliquot.lib.decimals import shortest

# Every action that the code records; a test compares.
ACTIONS = {
    "accreditor.saved": "Accreditor saved",
    "attempt.started": "Test started",
    "attempt.submitted": "Test submitted",
    "certificate.issued": "Certificate issued",
    "certificate.reissued": "Certificate reissued with a corrected name",
    "certificate.revoked": "Certificate revoked",
    "completion.revoked": "Certificate revoked",
    "course.approval_added": "Approval entered",
    "course.approval_withdrawn": "Approval withdrawn",
    "course.availability_set": "Availability changed",
    "course.completed": "Course completed",
    "course.finished": "Course finished, certificate issued",
    "course.free_set": "Price changed",
    "course.published": "Course version published",
    "course.review_by_set": "Review date changed",
    "course.started": "Course started",
    "courses.published": "Courses published",
    "credential.added": "Credential added",
    "credential.corrected": "Credential corrected",
    "credential.cycle_started": "Next cycle started",
    "credential.opening_balances_recorded": "Points brought along recorded",
    "credential.removed": "Credential removed",
    "credit.entered": "Credit entered",
    "credit.reversed": "Credit taken back",
    "entitlement.granted": "Access granted",
    "entitlement.withdrawn": "Access withdrawn",
    "evaluation.recorded": "Evaluation submitted",
    "person.created": "Account made",
    "person.email_changed": "E-mail address changed",
    "person.factor_added": "Second factor added",
    "person.factor_removed": "Second factor removed",
    "person.factor_reset": "Recovery codes made anew",
    "person.license_number_kept": "License number saved",
    "person.license_number_removed": "License number removed",
    "person.password_changed": "Password changed",
    "person.password_reset": "Password reset by mail",
    "person.password_set": "Password set",
    "person.profile_changed": "Profile changed",
    "person.role_granted": "Staff role given",
    "person.role_withdrawn": "Staff role taken away",
    "person.signed_in": "Signed in",
    "person.signed_out": "Signed out",
    "person.signed_up": "Signed up",
    "person.viewed_by_staff": "Record read by staff",
    "provider.saved": "Provider settings saved",
}

OBJECTS = {
    "accounts.user": "person",
    "accounts.licensenumber": "license number",
    "assessment.attempt": "attempt",
    "catalog.accreditor": "accreditor",
    "catalog.course": "course",
    "catalog.courseversion": "course version",
    "catalog.provider": "provider",
    "certificates.certificate": "certificate",
    "credentials.cycle": "cycle",
    "credentials.heldcredential": "credential",
    "learning.completion": "completion",
    "learning.enrollment": "enrollment",
    "learning.entitlement": "entitlement",
    "learning.evaluation": "evaluation",
    "ledger.activity": "activity",
}

# The details worth reading, in the order they are read.
_DETAILS = {
    "page": "where",
    "fields": "changed",
    "role": "role",
    "course": "course",
    "from": "from",
    "to": "to",
    "successor": "successor",
    "accreditor": "accreditor",
    "number": "number",
    "hours": "hours",
    "valid_from": "valid from",
    "valid_through": "valid through",
    "source": "source",
    "starts_at": "from",
    "ends_at": "until",
    "hours_limit": "up to hours",
    "credential": "credential",
    "name": "name",
    "reason": "reason",
    "credit_taken_back": "credit taken back",
    "sessions_ended": "sessions ended",
}
_NAMES: Mapping[str, str] = {
    **dict(StaffRole.Role.choices),
    **{each.id: each.letters for each in served_credentials()},
}


def moment(when: datetime, zone: str) -> str:
    """``Nov 23, 2026, 6:00 PM EST``: a moment on the reader's own clock."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date())}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def action_words(action: str) -> str:
    """What happened, in words; an action of an older release is shown by its name."""
    return ACTIONS.get(action, action.replace(".", ": ").replace("_", " "))


def object_words(entry: AuditEntry) -> str:
    """What it happened to: ``certificate 12``."""
    return f"{OBJECTS.get(entry.object_type, entry.object_type)} {entry.object_id}"


def details_words(details: Mapping[str, Any]) -> str:
    """The details worth reading, in one line."""
    parts = [
        f"{label}: {_value(details[name])}"
        for name, label in _DETAILS.items()
        if _is_worth_reading(details.get(name))
    ]
    line = "; ".join(parts)
    return line[:1].upper() + line[1:]


def _is_worth_reading(value: Any) -> bool:
    return isinstance(value, bool) or bool(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each).replace("_", " ") for each in value)
    text = _NAMES.get(str(value), str(value))
    return _as_day(text) or _as_amount(text) or text


def _as_day(text: str) -> str:
    try:
        moment_read = parse_datetime(text)
        return short_date(moment_read.date() if moment_read else date.fromisoformat(text))
    except ValueError:
        return ""


def _as_amount(text: str) -> str:
    if "." not in text:
        return ""
    try:
        return shortest(Decimal(text))
    except InvalidOperation:
        return ""
