"""Tampering with sealed audit rows is found: change, deletion, insertion, reordering."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from aliquot.infra import append_only, audit, seals
from aliquot.infra.models import AuditBlock, AuditEntry, Generation, SealedEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[AuditBlock]:
    """Seven entries in three blocks."""
    monkeypatch.setattr(seals, "BLOCK_SIZE", 3)
    row = Generation.objects.create(name="catalog")
    for number in range(7):
        audit.record(action=f"deed.{number}", actor_id=1, subject=row, details={"n": number})
    assert seals.seal_entries(now=now) == 3
    return list(AuditBlock.objects.order_by("id"))


def test_every_entry_is_sealed_once_and_the_chain_holds(chain: list[AuditBlock]) -> None:
    assert [block.entry_count for block in chain] == [3, 3, 1]
    assert chain[0].previous_hash == seals.GENESIS
    assert [block.previous_hash for block in chain[1:]] == [block.hash for block in chain[:2]]
    assert SealedEntry.objects.count() == 7
    assert seals.head() == chain[2].hash
    assert list(seals.problems()) == []


def test_sealing_again_makes_no_block_until_there_are_new_entries(
    chain: list[AuditBlock], now: datetime
) -> None:
    assert seals.seal_entries(now=now + timedelta(minutes=5)) == 0
    audit.record(action="new", actor_id=1, subject=Generation.objects.get())
    assert seals.seal_entries(now=now + timedelta(minutes=10)) == 1
    assert AuditBlock.objects.count() == 4
    assert list(seals.problems(trusted_head=chain[2].hash)) == []


def test_an_entry_that_commits_late_is_sealed_late(chain: list[AuditBlock], now: datetime) -> None:
    """On PostgreSQL a row with a lower id may become visible after higher ones were sealed."""
    AuditEntry.objects.create(id=-5, recorded_at=now, action="late", object_type="x", object_id="1")
    assert seals.seal_entries(now=now) == 1
    assert AuditEntry.objects.get(pk=-5).seal.block_id > chain[2].pk
    assert list(seals.problems()) == []


def test_only_the_first_sealing_of_a_day_looks_at_what_was_sealed_long_ago(
    chain: list[AuditBlock], now: datetime
) -> None:
    """The trail grows for ever; a job comes round every five minutes."""
    tomorrow, kept = now + timedelta(days=2), Generation.objects.get()
    audit.record(action="new", actor_id=1, subject=kept)
    assert seals.seal_entries(now=tomorrow) == 1
    AuditEntry.objects.create(id=-5, recorded_at=now, action="late", object_type="x", object_id="1")
    audit.record(action="newer", actor_id=1, subject=kept)
    assert seals.seal_entries(now=tomorrow + timedelta(minutes=5)) == 1
    assert list(AuditEntry.objects.filter(seal=None).values_list("pk", flat=True)) == [-5]
    assert seals.seal_entries(now=tomorrow + timedelta(days=1)) == 1
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert list(seals.problems()) == []


def change_details() -> None:
    AuditEntry.objects.filter(action="deed.4").update(details={"n": 40})


def change_actor() -> None:
    AuditEntry.objects.filter(action="deed.0").update(actor_id=2)


def delete_entry() -> None:
    SealedEntry.objects.filter(entry__action="deed.1").delete()
    AuditEntry.objects.filter(action="deed.1").delete()


def swap_two_entries() -> None:
    first, second = AuditEntry.objects.filter(action__in=["deed.0", "deed.1"]).order_by("id")
    AuditEntry.objects.filter(pk=first.pk).update(action=second.action, details=second.details)
    AuditEntry.objects.filter(pk=second.pk).update(action=first.action, details=first.details)


def move_entry_to_another_block() -> None:
    last = AuditBlock.objects.order_by("-id")[0]
    SealedEntry.objects.filter(entry__action="deed.0").update(block=last)


def delete_middle_block() -> None:
    middle = AuditBlock.objects.order_by("id")[1]
    SealedEntry.objects.filter(block=middle).delete()
    AuditEntry.objects.filter(action__in=["deed.3", "deed.4", "deed.5"]).delete()
    middle.delete()


def insert_into_block() -> None:
    forged = AuditEntry.objects.create(
        recorded_at=datetime.fromisoformat("2026-11-23T00:00:00Z"),
        action="forged",
        object_type="x",
        object_id="1",
    )
    SealedEntry.objects.create(entry=forged, block=AuditBlock.objects.order_by("id")[0])


@pytest.mark.parametrize(
    "tamper",
    [
        change_details,
        change_actor,
        delete_entry,
        swap_two_entries,
        move_entry_to_another_block,
        delete_middle_block,
        insert_into_block,
    ],
)
def test_tampering_is_found_even_by_someone_who_lifted_the_triggers(
    chain: list[AuditBlock], tamper: Callable[[], None]
) -> None:
    with append_only.lifted():
        tamper()
    assert list(seals.problems()) != []


def test_rehashing_the_changed_block_breaks_the_next_one(chain: list[AuditBlock]) -> None:
    with append_only.lifted():
        change_actor()
        block = chain[0]
        entries = list(AuditEntry.objects.filter(seal__block=block).order_by("id"))
        forged = seals._hash(block.previous_hash, block.sealed_at, entries)
        AuditBlock.objects.filter(pk=block.pk).update(hash=forged)
    assert list(seals.problems()) == [
        f"Audit block {chain[1].pk} does not follow the block before it."
    ]


def test_cutting_off_the_newest_block_is_found_by_a_head_kept_elsewhere(
    chain: list[AuditBlock],
) -> None:
    kept = seals.head()
    with append_only.lifted():
        SealedEntry.objects.filter(block=chain[2]).delete()
        AuditEntry.objects.filter(action="deed.6").delete()
        chain[2].delete()
    assert list(seals.problems()) == []
    assert list(seals.problems(trusted_head=kept)) == [
        "The audit chain no longer contains the trusted head: blocks were cut off."
    ]


def test_a_second_sealer_cannot_fork_the_chain(
    chain: list[AuditBlock], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit.record(action="new", actor_id=1, subject=Generation.objects.get())
    monkeypatch.setattr(seals, "head", lambda: chain[1].hash)  # what a slower sealer still saw
    assert seals.seal_entries(now=now) == 0
    assert AuditBlock.objects.count() == 3
