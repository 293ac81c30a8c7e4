"""Rule packs recorded as they are seen, and holders told what a change means for them, once."""

import logging
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.access import open_cycle_of
from aliquot.credentials.errors import PackError
from aliquot.credentials.facts import MailKind
from aliquot.credentials.models import (
    HeldCredential,
    PackRevision,
    ReminderSettings,
    RuleChange,
)
from aliquot.credentials.queries.population import brought_for, holders
from aliquot.credentials.queries.reminders import wishes_of
from aliquot.credentials.queries.rule_changes import (
    cycles_to_tell,
    differences_for,
    pack_of,
    revision_before,
    revisions_in_force,
    sources_of_document,
    what_changed,
)
from aliquot.credentials.rules import Grounds
from aliquot.credentials.rules.reminders import out_of_quiet_hours
from aliquot.credentials.services.stopping import way_out
from aliquot.infra import audit, outbox

PEOPLE = 100  # told in one transaction: on SQLite nobody else writes meanwhile

logger = logging.getLogger("aliquot.credentials")


@transaction.atomic
def record_pack_revisions(*, now: datetime) -> list[PackRevision]:
    """Keep each pack that differs from the one recorded last; those that holders must be told of.

    What is seen first has nothing before it that it could differ from: nobody is told. One audit
    row if anything was new.
    """
    library, known = data.shipped(), revisions_in_force()
    new = [each for each in library.ids if _digest(known.get(each)) != library.digest(each)]
    if not new:
        return []
    recorded = [_record(each, known.get(each), now) for each in new]
    audit.record(
        action="rules.recorded", actor_id=None, subject=recorded[0], details={"credentials": new}
    )
    return [row for row in recorded if row.told_at is None]


def tell_some_holders(*, revision_id: int, now: datetime) -> int:
    """Tell the next holders what a revision changes for them; how many were looked at, 0: all were.

    A crash loses nothing and tells nobody twice: changes, mails and how far it came are one
    transaction, and two runs at once wait for each other.
    """
    with transaction.atomic():
        revision = PackRevision.objects.select_for_update().get(pk=revision_id)
        if revision.told_at is not None:
            return 0
        after = revision.told_through
        found = holders(after=after, credential=revision.credential)
        people: list[int] = list(found[:PEOPLE])
        before = revision_before(revision)
        if people and before is not None and _tell(people, before, revision, now):
            revision.told_through = people[-1]
            revision.save(update_fields=["told_through"])
            return len(people)
        revision.told_at = now
        revision.save(update_fields=["told_at"])
        return 0


@transaction.atomic
def mark_rule_changes_seen(*, held: HeldCredential, now: datetime, actor_id: int) -> int:
    """The holder has read what changed in the rules of the open cycle; how many were new."""
    cycle = open_cycle_of(held)
    count = RuleChange.objects.filter(cycle=cycle, seen_at=None).update(seen_at=now)
    if count:
        audit.record(
            action="credential.rule_changes_seen",
            actor_id=actor_id,
            subject=cycle,
            details={"changes": count},
        )
    return count


def _digest(revision: PackRevision | None) -> str:
    return "" if revision is None else revision.digest


def _record(credential: str, last: PackRevision | None, now: datetime) -> PackRevision:
    document = data.document(credential)
    told_at = now if last is None else None
    row, is_new = PackRevision.objects.get_or_create(
        credential=credential,
        digest=data.digest(credential),
        defaults={
            "document": document,
            "sources": sources_of_document(document),
            "what_changed": what_changed(document),
            "first_seen_at": now,
            "in_force_since": now,
            "told_at": told_at,
        },
    )
    if not is_new:  # a pack that went back to what it was
        row.in_force_since, row.told_through, row.told_at = now, 0, told_at
        row.what_changed = what_changed(document)
        row.save(update_fields=["in_force_since", "told_through", "told_at", "what_changed"])
    return row


def _tell(people: list[int], before: PackRevision, after: PackRevision, now: datetime) -> bool:
    """False where the packs cannot be compared."""
    try:
        old, new = pack_of(before), pack_of(after)
    except PackError:
        logger.exception("Nobody can be told what changed in the rules of %s", after.credential)
        return False
    grounds, changes = Grounds(), []
    for each in brought_for(cycles_to_tell(people, after)):
        found = differences_for(each, before=old, after=new, now=now, grounds=grounds)
        if found:
            change = RuleChange(cycle=each.cycle, revision=after, previous=before, noticed_at=now)
            change.differences = [asdict(row) for row in found]
            changes.append(change)
    RuleChange.objects.bulk_create(changes)
    _mail(changes, after, now)
    return True


def _mail(changes: list[RuleChange], revision: PackRevision, now: datetime) -> None:
    """A mail for each change, in its transaction, unless the holder wants none.

    Within a holder's quiet hours it is owed at once and goes out at their end.
    """
    ids = {change.cycle.held.person_id for change in changes}
    unwilling = ReminderSettings.objects.filter(person__in=ids, rule_changes=False)
    people = User.objects.filter(pk__in=ids, is_active=True).select_related("reminder_settings")
    wanted = people.exclude(pk__in=unwilling.values("person")).in_bulk()
    pack = pack_of(revision)
    for change in changes:
        person = wanted.get(change.cycle.held.person_id)
        if person is not None:
            out = way_out(person, MailKind.RULE_CHANGES)
            outbox.send_template(
                to=person.email,
                template="credentials/mail/rule_change",
                context={
                    "name": person.full_name or person.email,
                    "pack": pack,
                    "ends_on": change.cycle.ends_on,
                    "what_changed": revision.what_changed,
                    "differences": change.differences,
                    "sources": revision.sources,
                    "held_id": change.cycle.held_id,
                    "stop": out.path,
                },
                headers=out.headers,
                send_after=out_of_quiet_hours(now, person.time_zone, wishes_of(person)),
            )
