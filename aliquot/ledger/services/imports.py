"""Tables of activities: judged when they are sent, entered when their holder says so, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.infra import audit
from aliquot.ledger import queries, rules
from aliquot.ledger.errors import (
    ImportNotCleanError,
    InvalidActivityError,
    NothingToImportError,
)
from aliquot.ledger.facts import ImportedRow
from aliquot.ledger.models import ActivityImport
from aliquot.ledger.services.activities import checked_claim, enter

MOST_WAITING = 5  # tables not yet confirmed that are kept; older ones give way


@transaction.atomic
def store_import(
    *,
    person: User,
    file_name: str,
    rows: Sequence[ImportedRow],
    now: datetime,
    actor_id: int | None,
) -> ActivityImport:
    """Keep a table with everything that is wrong with it; nothing of it is entered yet."""
    person = User.objects.select_for_update().get(pk=person.pk)
    sent = ActivityImport.objects.create(
        person=person,
        file_name=rules.shown_name(file_name) or "table",
        rows=queries.plain_rows(_judged(person, row, now) for row in rows),
        uploaded_at=now,
    )
    waiting = ActivityImport.objects.filter(person=person, confirmed_at=None).order_by("-pk")
    too_old = list(waiting.values_list("pk", flat=True)[MOST_WAITING:])
    ActivityImport.objects.filter(pk__in=too_old).delete()
    audit.record(action="import.sent", actor_id=actor_id, subject=sent, details={"rows": len(rows)})
    return sent


@transaction.atomic
def confirm_import(
    *,
    sent: ActivityImport,
    only_good: bool,
    without_lookalikes: bool,
    now: datetime,
    actor_id: int | None,
) -> int:
    """Enter the rows of a table, all in one transaction; returns how many were entered.

    ``only_good`` leaves out rows with problems, else one such row refuses all;
    ``without_lookalikes`` leaves out rows that seem to be there already. Confirmed before: nothing
    happens, 0. Raises ImportNotCleanError, NothingToImportError.
    """
    # The person first, as everywhere: two tables confirmed at once must see each other's rows.
    person = User.objects.select_for_update().get(pk=sent.person_id)
    sent = ActivityImport.objects.select_for_update().get(pk=sent.pk)
    if sent.confirmed_at is not None:
        return 0
    report = queries.import_report(sent)
    wanted = [each for each in report if not (without_lookalikes and each.looks_like)]
    judged = [_judged(person, each.row, now) for each in wanted]
    good = [row.claim for row in judged if not row.problems]
    if len(good) < len(judged) and not only_good:
        raise ImportNotCleanError("Some rows have problems. Nothing was entered.")
    if not good:
        raise NothingToImportError("There is no row to enter.")
    entered = enter(person, good, now)
    sent.confirmed_at = now
    sent.save(update_fields=["confirmed_at"])
    audit.record(
        action="activities.imported",
        actor_id=actor_id,
        subject=sent,
        details={"activities": [activity.pk for activity in entered]},
    )
    return len(entered)


def _judged(person: User, row: ImportedRow, now: datetime) -> ImportedRow:
    """The row with what the rules say of it; a good one in the form in which it is entered."""
    try:
        claim = checked_claim(person=person, claim=row.claim, now=now)
    except InvalidActivityError as error:
        found = {
            name: problem
            for name, problem in error.problems.items()
            if name.partition(".")[0] not in row.problems
        }
        return replace(row, problems={**found, **row.problems})
    return row if row.problems else replace(row, claim=claim)
