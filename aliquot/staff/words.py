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
    "account.closed": "Account closed",
    "account.erased": "Account deleted",
    "account.reopened": "Account opened again",
    "accreditor.saved": "Accreditor saved",
    "activities.imported": "Table of activities entered",
    "activity.corrected": "Activity corrected",
    "activity.logged": "Activity entered",
    "activity.withdrawn": "Activity withdrawn",
    "attempt.started": "Test started",
    "attempt.submitted": "Test submitted",
    "books.compared": "Books compared with a gateway",
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
    "course.returned": "Course given back",
    "course.review_by_set": "Review date changed",
    "course.started": "Course started",
    "courses.published": "Courses published",
    "credential.activity_pinned": "Line marked as typed at the body",
    "credential.activity_unpinned": "Line no longer marked as typed",
    "credential.added": "Credential added",
    "credential.calendar_feed_made": "Calendar address made",
    "credential.calendar_feed_switched_off": "Calendar address switched off",
    "credential.corrected": "Credential corrected",
    "credential.cycle_started": "Next cycle started",
    "credential.declaration_withdrawn": "Declaration taken back",
    "credential.declared": "Declared",
    "credential.opening_balances_recorded": "Points brought along recorded",
    "credential.reminder_sent": "Reminder sent",
    "credential.reminders_chosen": "Reminders chosen",
    "credential.removed": "Credential removed",
    "credential.rule_changes_seen": "Change of rules read",
    "credit.entered": "Credit entered",
    "credit.reversed": "Credit taken back",
    "document.issued": "Receipt or note issued",
    "document.sent": "Receipt or note sent again",
    "entitlement.end_noticed": "Told that access ends",
    "entitlement.granted": "Access granted",
    "entitlement.restored": "Access given back",
    "entitlement.withdrawn": "Access withdrawn",
    "evaluation.recorded": "Evaluation submitted",
    "gift.canceled": "Gift canceled",
    "gift.opened": "Gift opened",
    "gift.promised": "Gift promised",
    "gift.sent": "Gift sent",
    "gift.sent_again": "Gift sent again, or its address changed",
    "import.sent": "Table of activities sent",
    "money.capture": "Money received",
    "money.chargeback": "Money taken back by the bank",
    "money.chargeback_won": "Money given back by the bank",
    "money.refund": "Money paid back",
    "order.canceled": "Order canceled",
    "order.free": "Order settled without a payment",
    "order.invoiced": "Invoice of an order sent",
    "order.lapsed": "Order not paid in time",
    "order.paid": "Order paid",
    "order.placed": "Order placed",
    "outside_offer.added": "Course from elsewhere added",
    "outside_offer.changed": "Course from elsewhere changed",
    "outside_offer.removed": "Course from elsewhere removed",
    "payment.abandoned": "Payment given up",
    "payment.asked": "Saved card asked for a payment",
    "payment.captured": "Payment made",
    "payment.double": "Paid a second time",
    "payment.failed": "Payment failed",
    "payment.opened": "Payment begun",
    "payment.recorded": "Payment recorded by staff",
    "payment.refused": "Payment refused: it does not fit the order",
    "payment.settled": "Payment looked at",
    "person.closed": "Signed out for good",
    "person.created": "Account made",
    "person.email_changed": "E-mail address changed",
    "person.erased": "Profile deleted",
    "person.exported": "Took a copy of all records",
    "person.factor_added": "Second factor added",
    "person.factor_forgotten": "One-time codes removed: their key is lost",
    "person.factor_removed": "Second factor removed",
    "person.factor_reset": "Recovery codes made anew",
    "person.factors_removed": "All second factors removed: they were lost",
    "person.license_number_kept": "License number saved",
    "person.license_number_removed": "License number removed",
    "person.password_changed": "Password changed",
    "person.password_reset": "Password reset by mail",
    "person.password_set": "Password set",
    "person.profile_changed": "Profile changed",
    "person.reopened": "May sign in again",
    "person.role_granted": "Staff role given",
    "person.role_withdrawn": "Staff role taken away",
    "person.sessions_ended": "Signed out on every device",
    "person.signed_in": "Signed in",
    "person.signed_out": "Signed out",
    "person.signed_up": "Signed up",
    "person.viewed_by_staff": "Record read by staff",
    "price.set": "Price set",
    "product.saved": "Product saved",
    "proof.added": "Proof added",
    "proof.described": "Proof described",
    "proof.withdrawn": "Proof withdrawn",
    "provider.saved": "Provider settings saved",
    "refund.approved": "Refund approved",
    "refund.asked": "Refund asked for",
    "refund.begun": "Refund begun by staff",
    "refund.decided": "Refund decided",
    "refund.declined": "Refund declined",
    "refund.ended": "Refund could not be sent",
    "refund.failed": "Refund failed at the gateway",
    "refund.found": "Refund found at the gateway",
    "refund.renewed": "Refund sent again",
    "refund.requested": "Refund requested",
    "refund.sent": "Refund sent to the gateway",
    "refund.succeeded": "Refund paid back",
    "renewal.switched_off": "Renewal switched off",
    "receipt.resent": "Receipt sent again",
    "renewal.declined": "Charge of a renewal declined",
    "renewal.done": "Subscription renewed",
    "renewal.given_up": "Renewal given up, its holder told",
    "renewal.moved": "Renewal moved to another day",
    "renewal.noticed": "Renewal announced",
    "renewal.ordered": "Renewal ordered",
    "renewal.switched_on": "Renewal switched on",
    "rules.recorded": "Rules recorded",
    "tax_exemption.approved": "Tax exemption approved",
    "tax_exemption.sent": "Tax exemption sent",
    "tax_exemption.withdrawn": "Tax exemption withdrawn",
    "tax_filing.refund": "Refund recorded for its tax",
    "tax_filing.refused": "Record for the tax refused",
    "tax_filing.sale": "Sale recorded for its tax",
    "tax_rate.added": "Tax rate entered",
    "tax_rate.ended": "Tax rate ended",
    "voucher.created": "Voucher made",
    "voucher.withdrawn": "Voucher withdrawn",
    "shop_settings.saved": "Rules of the shop saved",
    "token.made": "API token made",
    "token.revoked": "API token revoked",
    "webhook.changed": "Webhook changed",
    "webhook.made": "Webhook made",
    "webhook.removed": "Webhook removed",
    "webhook.replayed": "Webhook message sent again",
    "webhook.switched_off": "Webhook switched off",
    "webhook.switched_on": "Webhook switched on",
}

OBJECTS = {
    "accounts.apitoken": "API token",
    "accounts.licensenumber": "license number",
    "accounts.user": "person",
    "assessment.attempt": "attempt",
    "catalog.accreditor": "accreditor",
    "catalog.course": "course",
    "catalog.courseversion": "course version",
    "catalog.provider": "provider",
    "certificates.certificate": "certificate",
    "commerce.document": "document",
    "commerce.gatewayevent": "event of a gateway",
    "commerce.gift": "gift",
    "commerce.moneyentry": "movement of money",
    "commerce.offlinepayment": "payment",
    "commerce.order": "order",
    "commerce.payment": "payment",
    "commerce.price": "price",
    "commerce.product": "product",
    "commerce.reconciliation": "comparison of books",
    "commerce.refund": "refund",
    "commerce.renewal": "renewal",
    "commerce.shopsettings": "shop settings",
    "commerce.taxexemption": "tax exemption",
    "commerce.taxrate": "tax rate",
    "commerce.voucher": "voucher",
    "credentials.calendarfeed": "calendar address",
    "credentials.cycle": "cycle",
    "credentials.declaration": "declaration",
    "credentials.heldcredential": "credential",
    "credentials.outsideoffer": "course from elsewhere",
    "credentials.packrevision": "rules",
    "credentials.reminder": "reminder",
    "credentials.remindersettings": "reminders",
    "learning.completion": "completion",
    "learning.enrollment": "enrollment",
    "learning.entitlement": "entitlement",
    "learning.evaluation": "evaluation",
    "ledger.activity": "activity",
    "ledger.activityimport": "table of activities",
    "ledger.proof": "proof",
}

# The details worth reading, in the order they are read.
_DETAILS = {
    "page": "where",
    "fields": "changed",
    "role": "role",
    "factors": "removed",
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
    "tokens_ended": "API tokens ended",
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


WAYS_TO_PAY = {"offline": "invoice", "stripe": "Stripe", "test": "test payment"}


def way_to_pay(gateway: str) -> str:
    """How an order is paid, in a word; a gateway of one's own keeps its name."""
    return WAYS_TO_PAY.get(gateway, gateway)


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
