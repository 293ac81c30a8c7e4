"""Deeds about mail before a last sensible day: what a person wishes, and sending what is due."""

import logging
from collections.abc import Collection
from datetime import datetime, time

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.credentials.errors import InvalidClaimError, UnjudgeableError
from aliquot.credentials.facts import REMINDER_DAYS, MailKind, NextReminder
from aliquot.credentials.models import Cycle, Reminder, ReminderSettings
from aliquot.credentials.queries import standing_of
from aliquot.credentials.queries.reminder_mail import reminder_mail
from aliquot.credentials.queries.reminders import due_cycles, next_reminder_of, remindable_cycles
from aliquot.credentials.queries.standings import CycleStanding
from aliquot.credentials.services.held import locked
from aliquot.credentials.services.stopping import way_out
from aliquot.infra import audit, outbox
from aliquot.lib.errors import NotFoundError

logger = logging.getLogger("aliquot.reminders")

_FIELDS = ("days", "rule_changes", "quiet_from", "quiet_until")


@transaction.atomic
def save_reminder_settings(
    *,
    person: User,
    days: Collection[int],
    rule_changes: bool,
    quiet_from: time | None,
    quiet_until: time | None,
    now: datetime,
    actor_id: int,
) -> ReminderSettings:
    """Which reminders a person wants, and when no mail may come.

    InvalidClaimError names the field: days that are no reminder, or half of the quiet hours.
    """
    if not set(days) <= set(REMINDER_DAYS):
        raise InvalidClaimError({"days": "Choose among 180, 90, 30, 7 and 1 days."})
    if (quiet_from is None) != (quiet_until is None):
        field = "quiet_from" if quiet_from is None else "quiet_until"
        raise InvalidClaimError({field: "Quiet hours need a beginning and an end."})
    wanted = (sorted(days, reverse=True), rule_changes, quiet_from, quiet_until)
    return _store(person, dict(zip(_FIELDS, wanted, strict=True)), now=now, actor_id=actor_id)


@transaction.atomic
def stop_mail(*, person: User, kind: MailKind, now: datetime) -> None:
    """No more mail of this kind, asked for by the link in one; the rest of the settings stays."""
    wanted: dict[str, object] = (
        {"days": []} if kind is MailKind.REMINDERS else {"rule_changes": False}
    )
    _store(person, wanted, now=now, actor_id=person.pk)


def send_due_reminders(*, now: datetime) -> int:
    """Write every reminder that is due into the outbox; returns how many. Safe to repeat.

    A cycle that cannot be judged is logged and holds up nobody else.
    """
    count = 0
    for cycle in due_cycles(now=now):
        try:
            count += send_reminder(cycle=cycle, now=now)
        except NotFoundError:
            continue  # removed in this moment
        except UnjudgeableError as error:
            logger.warning("no reminder for cycle %d: %s", cycle.pk, error)
    return count


@transaction.atomic
def send_reminder(*, cycle: Cycle, now: datetime) -> bool:
    """Judge a cycle, write the mail that is due and note it, all or nothing; whether there was one.

    The row of the reminder makes it go once, whoever else is at it.
    """
    held = locked(cycle.held)
    row = remindable_cycles().filter(pk=cycle.pk).first()
    coming = next_reminder_of(row, now=now) if row else None
    if row is None or coming is None or coming.goes_at > now:
        return False
    standing = standing_of(held, now=now)
    last = standing.verdict.finish_by
    if last is None or standing.verdict.as_of > last:  # over where the cycle is at home
        return False
    reminder = Reminder.objects.create(cycle=row, finish_by=last, days=coming.days, queued_at=now)
    _owe_mail(standing, coming, row.held.person)
    audit.record(
        action="credential.reminder_sent",
        actor_id=None,
        subject=reminder,
        details={"cycle": row.pk, "finish_by": last, "days": coming.days},
    )
    return True


def _owe_mail(standing: CycleStanding, coming: NextReminder, person: User) -> None:
    out = way_out(person, MailKind.REMINDERS)
    outbox.send_template(
        to=person.email,
        template="credentials/mail/reminder",
        context={
            "mail": reminder_mail(standing, person=person),
            "name": person.full_name,
            "days": coming.days,
            "held_id": standing.held.pk,
            "stop": out.path,
        },
        headers=out.headers,
    )


def _store(
    person: User, wanted: dict[str, object], *, now: datetime, actor_id: int
) -> ReminderSettings:
    """Keep what differs from what is stored, or from what holds while nothing is."""
    person = User.objects.select_for_update().get(pk=person.pk)
    row = ReminderSettings.objects.filter(person=person).first()
    if row is None:
        row = ReminderSettings(person=person, days=list(REMINDER_DAYS), rule_changes=True)
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    row.updated_at = now
    row.save()
    audit.record(
        action="credential.reminders_chosen",
        actor_id=actor_id,
        subject=row,
        details={"to": changed},
    )
    return row
