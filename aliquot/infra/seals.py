"""Seals over the audit trail: blocks of entries, each block's hash covering the one before.

A job seals, not the deeds: a chain that grew inside each transaction would make all writes queue.
Changed, added, missing or reordered entries break the recomputed hash of their block, and with it
of every later one. Cutting off the newest blocks leaves a shorter chain that is whole, so whoever
needs proof against that keeps the head (``head()``) somewhere else; the job logs it.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from aliquot.infra.models import AuditBlock, AuditEntry, SealedEntry
from aliquot.infra.streams import by_key

GENESIS = "0" * 64
BLOCK_SIZE = 1000
DAY = timedelta(days=1)

logger = logging.getLogger("aliquot.audit")


def seal_entries(*, now: datetime) -> int:
    """Seal every entry that is in no block yet; returns how many blocks were made.

    Two sealers at once cannot fork the chain: the second one's block is refused by the unique
    ``previous_hash`` and left to the next run.
    """
    made, after = 0, _looked_through(now)
    while entries := list(_unsealed(after)[:BLOCK_SIZE]):
        try:
            with transaction.atomic():
                block = _seal(entries, now=now)
        except IntegrityError:
            break
        made, after = made + 1, entries[-1].pk
        logger.info("sealed %d audit entries, head %s", block.entry_count, block.hash)
    return made


def head() -> str:
    """The hash of the newest block: it vouches for everything before it."""
    newest = AuditBlock.objects.order_by("-id").values_list("hash", flat=True).first()
    return newest or GENESIS


def problems(*, trusted_head: str = "") -> Iterator[str]:
    """Recompute every seal; one sentence per damage, none when all is well.

    ``trusted_head`` is a head kept elsewhere: the chain must still contain it.
    """
    previous = GENESIS
    seen = {GENESIS}
    for block in by_key(AuditBlock.objects.all(), page=100):
        if block.previous_hash != previous:
            yield f"Audit block {block.pk} does not follow the block before it."
        entries = list(AuditEntry.objects.filter(seal__block=block).order_by("id"))
        if len(entries) != block.entry_count:
            yield (
                f"Audit block {block.pk} sealed {block.entry_count} entries, "
                f"{len(entries)} are left."
            )
        if _hash(block.previous_hash, block.sealed_at, entries) != block.hash:
            yield f"Audit block {block.pk} does not match its entries: something was changed."
        previous = block.hash
        seen.add(block.hash)
    if trusted_head and trusted_head not in seen:
        yield "The audit chain no longer contains the trusted head: blocks were cut off."


def _looked_through(now: datetime) -> int | None:
    """The id up to which nothing is looked for: the last one that was sealed a day ago.

    An id below it may still become visible, of a transaction that ran for a day. So the first
    sealing of each day looks through everything (None).
    """
    newest = AuditBlock.objects.order_by("-id").first()
    if newest is None or newest.sealed_at.date() != now.date():
        return None
    old = AuditBlock.objects.filter(sealed_at__lt=now - DAY).order_by("-id").first()
    found: int | None = SealedEntry.objects.filter(block=old).aggregate(last=Max("entry"))["last"]
    return found


def _unsealed(after: int | None) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.order_by("id")
    if after is None:
        return entries.filter(seal=None)
    seals = SealedEntry.objects.filter(entry=OuterRef("pk"), entry__gt=after)
    return entries.filter(~Exists(seals), pk__gt=after)


def _seal(entries: list[AuditEntry], *, now: datetime) -> AuditBlock:
    previous = head()
    block = AuditBlock.objects.create(
        sealed_at=now,
        entry_count=len(entries),
        previous_hash=previous,
        hash=_hash(previous, now, entries),
    )
    SealedEntry.objects.bulk_create(SealedEntry(entry=entry, block=block) for entry in entries)
    return block


def _hash(previous: str, sealed_at: datetime, entries: list[AuditEntry]) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, moments in UTC to the microsecond."""
    document = {
        "previous": previous,
        "sealed_at": _moment(sealed_at),
        "entries": [
            [
                entry.pk,
                _moment(entry.recorded_at),
                entry.actor_id,
                entry.action,
                entry.object_type,
                entry.object_id,
                entry.details,
                entry.request_id,
            ]
            for entry in entries
        ],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
