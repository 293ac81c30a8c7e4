"""Telling the people who run the shop what only a person can settle."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from aliquot.accounts.models import StaffRole
from aliquot.catalog.queries import current_provider
from aliquot.commerce.models import Payment
from aliquot.commerce.services.payments import lock_payment
from aliquot.infra import audit, audit_reading, outbox
from aliquot.lib.money import Money

logger = logging.getLogger("aliquot.commerce")
_WATCHERS = (StaffRole.Role.ADMINISTRATOR, StaffRole.Role.FINANCE)


@transaction.atomic
def note_mismatch(*, payment: Payment, sentence: str) -> bool:
    """A payment does not fit its order: an audit row and a mail to staff, once per sentence.

    True if it is news. Nothing is granted meanwhile; the payment is looked at again every hour.
    """
    payment = lock_payment(payment)
    told = audit_reading.entries(
        action="payment.refused", object_type="commerce.payment", object_id=str(payment.pk)
    )
    if any(entry.details.get("sentence") == sentence for entry in told):
        return False
    audit.record(
        action="payment.refused",
        actor_id=None,
        subject=payment,
        details={"order": payment.order.number, "sentence": sentence},
    )
    tell_staff(
        "commerce/mail/payment_refused",
        {
            "payment": payment,
            "order": payment.order,
            "sentence": sentence,
            "total": Money(payment.amount, payment.currency),
        },
    )
    return True


def tell_staff(template: str, context: Mapping[str, Any]) -> None:
    """A mail to the provider's contact address; without one, to administrators and finance."""
    provider = current_provider()
    to = [provider.contact_email] if provider and provider.contact_email else _watchers()
    if not to:
        logger.error("nobody to tell: %s", template)
        return
    outbox.send_template(to=to, template=template, context=context)


def _watchers() -> list[str]:
    roles = StaffRole.objects.filter(role__in=_WATCHERS)
    return sorted(set(roles.values_list("person__email", flat=True)))
