"""Keeping what the comparison of our books with a gateway's found."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from aliquot.commerce.facts import DaySums
from aliquot.commerce.models import Reconciliation
from aliquot.commerce.services.alerts import tell_staff
from aliquot.infra import audit
from aliquot.lib.dates import long_date


@transaction.atomic
def keep_reconciliation(
    *, gateway: str, day: date, sums: DaySums, differences: Sequence[str], now: datetime
) -> Reconciliation:
    """One day of both books, in place of what was found before; staff are told of differences.

    The same findings again change nothing and tell nobody.
    """
    found: dict[str, Any] = {
        "ours_in": sums.ours_in.cents,
        "ours_out": sums.ours_out.cents,
        "theirs_in": sums.theirs_in.cents,
        "theirs_out": sums.theirs_out.cents,
        "differences": list(differences),
    }
    key: dict[str, Any] = {"gateway": gateway, "day": day, "currency": sums.ours_in.currency}
    before = Reconciliation.objects.select_for_update().filter(**key).first()
    if before is not None and all(getattr(before, name) == found[name] for name in found):
        return before
    kept = Reconciliation.objects.update_or_create(**key, defaults={**found, "made_at": now})[0]
    audit.record(
        action="books.compared",
        actor_id=None,
        subject=kept,
        details={"gateway": gateway, "day": day, "differences": len(differences)},
    )
    if differences:
        tell_staff("commerce/mail/books_differ", {"kept": kept, "day": long_date(day)})
    return kept
