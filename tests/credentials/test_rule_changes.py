"""A change of a rule pack reaches the holders it concerns, in words, once."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from aliquot.accounts.models import User
from aliquot.cli.population import tell_rule_changes
from aliquot.credentials import access, services, tasks
from aliquot.credentials.facts import MailKind
from aliquot.credentials.models import PackRevision, ReminderSettings, RuleChange
from aliquot.credentials.queries import rule_changes as queries
from aliquot.credentials.queries.rule_changes import untold_revisions
from aliquot.credentials.services import rule_changes, save_reminder_settings
from aliquot.infra import clock
from aliquot.infra.health import mail_waits
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.factories.credentials import credit, holding
from tests.factories.packs import Packs

SENTENCE = "The total goes from 36 to 40 points; the points of any area from 26 to 30."


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    return Packs(tmp_path, monkeypatch)


def tell(now: datetime) -> int:
    """Record what is in force and tell everybody; how many people were looked at."""
    services.record_pack_revisions(now=now)
    looked_at = 0
    for revision in list(untold_revisions()):
        while people := services.tell_some_holders(revision_id=revision.pk, now=now):
            looked_at += people
    return looked_at


def said(change: RuleChange) -> dict[str, tuple[str, str]]:
    return {each["what"]: (each["before"], each["after"]) for each in change.differences}


@pytest.fixture
def later(packs: Packs, rosa: User, now: datetime) -> datetime:
    """Rosa holds MLS(ASCP); the packs were recorded; a day later they ask for more."""
    holding(rosa)
    credit(rosa, ethics="1.5")
    assert tell(now) == 0
    packs.ask_for_40_points_from_2027()
    return now + timedelta(days=1)


def test_a_first_release_is_recorded_and_nobody_is_told(
    packs: Packs, rosa: User, now: datetime
) -> None:
    holding(rosa)
    before = AuditEntry.objects.count()
    assert tell(now) == 0
    assert tell(now + timedelta(days=1)) == 0
    assert list(PackRevision.objects.values_list("credential", "told_at")) == [
        ("ascp_mls", now), ("ascp_mlt", now),
    ]  # fmt: skip
    assert (RuleChange.objects.count(), OutboxMail.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == before + 1


def test_a_holder_learns_what_is_otherwise_for_the_own_cycle(rosa: User, later: datetime) -> None:
    assert tell(later) == 1
    change = RuleChange.objects.get()
    assert said(change) == {
        "Points in all": ("36 points", "40 points"),
        "Medical ethics": ("1 point", "2 points"),
        "Any area": ("26 points", "29 points"),
        "Still missing": ("34.5 points", "38.5 points"),
    }
    assert change.revision.what_changed == SENTENCE
    assert change.previous.digest != change.revision.digest
    assert "S14" in change.revision.sources
    mail = OutboxMail.objects.get()
    assert mail.recipients == ["rosa@example.org"]
    assert mail.subject == "The rules of MLS(ASCP) have changed for you"
    assert SENTENCE in mail.text
    out = access.stop_token(rosa, MailKind.RULE_CHANGES)
    stop = f"http://localhost:8000/credentials/reminders/stop/{out}/"
    assert f"No more mails about rule changes: {stop}" in mail.text
    assert mail.headers["List-Unsubscribe"] == f"<{stop}>"
    assert "- Points in all: 40 points (before: 36 points)\n" in mail.text
    assert f"/credentials/{change.cycle.held_id}/rules/" in mail.text


def test_told_twice_nothing_more_is_written(rosa: User, later: datetime) -> None:
    tell(later)
    before = (RuleChange.objects.count(), OutboxMail.objects.count(), AuditEntry.objects.count())
    assert tell(later) == 0
    assert tell(later + timedelta(days=1)) == 0
    after = (RuleChange.objects.count(), OutboxMail.objects.count(), AuditEntry.objects.count())
    assert before == after == (1, 1, before[2])


def test_who_is_not_concerned_hears_nothing(
    rosa: User, marcus: User, nadia: User, stella: User, packs: Packs, now: datetime
) -> None:
    holding(marcus, ends_on=date(2026, 12, 30))  # ends under the rules that stay
    holding(nadia, "ascp_mlt")
    gone = holding(stella)
    services.remove_credential(held=gone, now=now, actor_id=stella.pk)
    tell(now)
    packs.ask_for_40_points_from_2027()
    holding(rosa, now=now + timedelta(days=2))  # began under the rules of today
    tell(now + timedelta(days=1))
    assert (RuleChange.objects.count(), OutboxMail.objects.count()) == (0, 0)


def test_who_wants_no_such_mail_still_sees_it_in_the_product(rosa: User, later: datetime) -> None:
    ReminderSettings.objects.create(person=rosa, days=[], rule_changes=False, updated_at=later)
    tell(later)
    assert (RuleChange.objects.count(), OutboxMail.objects.count()) == (1, 0)


def test_in_quiet_hours_the_mail_waits_for_their_end_and_is_not_late(
    rosa: User, marcus: User, later: datetime
) -> None:
    """It is 6 pm in New York: Rosa works nights and sleeps from noon to 8 pm; Marcus is awake."""
    holding(marcus)
    save_reminder_settings(
        person=rosa, days=[30], rule_changes=True, quiet_from=time(12), quiet_until=time(20),
        now=later, actor_id=rosa.pk,
    )  # fmt: skip
    with time_machine.travel(later, tick=False):
        assert tell(later) == 2
    hers, his = OutboxMail.objects.order_by("send_after").reverse()
    assert (hers.recipients, hers.send_after) == ([rosa.email], later + timedelta(hours=2))
    assert (his.recipients, his.send_after) == ([marcus.email], later)
    OutboxMail.objects.filter(pk=his.pk).delete()
    assert mail_waits(now=later + timedelta(hours=1)) == timedelta(0)
    assert mail_waits(now=later + timedelta(hours=3)) == timedelta(hours=1)
    OutboxMail.objects.update(attempts=1)
    assert mail_waits(now=later + timedelta(hours=1)) == timedelta(hours=1)


def test_a_crash_in_the_middle_tells_nobody_twice_and_leaves_nobody_out(
    rosa: User, stella: User, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(stella)
    monkeypatch.setattr(rule_changes, "PEOPLE", 1)
    [revision] = services.record_pack_revisions(now=later)
    assert services.tell_some_holders(revision_id=revision.pk, now=later) == 1
    send = rule_changes.outbox.send_template

    def crash(**mail: Any) -> None:
        send(**mail)
        raise RuntimeError("power cut")

    monkeypatch.setattr(rule_changes.outbox, "send_template", crash)
    with pytest.raises(RuntimeError):
        services.tell_some_holders(revision_id=revision.pk, now=later)
    assert (RuleChange.objects.count(), OutboxMail.objects.count()) == (1, 1)
    monkeypatch.setattr(rule_changes.outbox, "send_template", send)
    assert tell(later) == 1
    told = sorted(OutboxMail.objects.values_list("recipients", flat=True))
    assert told == [["rosa@example.org"], ["stella@example.org"]]
    revision.refresh_from_db()
    assert revision.told_at == later


def test_two_releases_are_told_one_after_the_other(
    rosa: User, later: datetime, packs: Packs
) -> None:
    services.record_pack_revisions(now=later)
    packs.change("ascp_mls", "closes_days_before_end: 30", "closes_days_before_end: 20")
    tell(later + timedelta(days=1))
    first, second = RuleChange.objects.order_by("pk")
    assert "Points in all" in said(first)
    assert said(second) == {
        "Window for filing": (
            "April 1, 2027 to May 31, 2027", "April 1, 2027 to June 10, 2027",
        ),
        "Last sensible day": ("May 31, 2027", "June 10, 2027"),
    }  # fmt: skip


def test_a_release_that_goes_back_is_told_too(rosa: User, later: datetime, packs: Packs) -> None:
    tell(later)
    packs.change("ascp_mls", "total: 40", "total: 41")
    packs.change("ascp_mls", "remainder: 29", "remainder: 30")
    tell(later + timedelta(days=1))
    packs.change("ascp_mls", "total: 41", "total: 40")
    packs.change("ascp_mls", "remainder: 30", "remainder: 29")
    assert tell(later + timedelta(days=2)) == 1
    assert PackRevision.objects.filter(credential="ascp_mls").count() == 3
    assert tell(later + timedelta(days=3)) == 0


def test_what_counts_is_told_in_words(rosa: User, later: datetime, packs: Packs) -> None:
    packs.change("ascp_mls", "approvals_accepted: [pace, cmle,", "approvals_accepted: [cmle,")
    packs.change("ascp_mls", "fraction_of_total: 1/2", "fraction_of_total: 1/4")
    tell(later)
    found = said(RuleChange.objects.get())
    assert found["Limits"][0].startswith(
        "College quarter hours, College semester hours: at most 1/2 of the total; "
    )
    assert found["Limits"][1].startswith(
        "College quarter hours, College semester hours: at most 1/4 of the total; "
    )
    assert found["Approvals that count"] == ("with P.A.C.E.", "without P.A.C.E.")
    assert found["Your points that count"] == ("1.5 points", "0 points")


def test_a_pack_that_cannot_be_compared_stops_nobody(
    rosa: User, later: datetime, packs: Packs
) -> None:
    queries._pack.cache_clear()
    PackRevision.objects.filter(credential="ascp_mls").update(document={"id": "ascp_mls"})
    assert tell(later) == 0
    assert RuleChange.objects.count() == 0
    assert not untold_revisions().exists()


def test_reading_it_is_one_deed(rosa: User, later: datetime) -> None:
    tell(later)
    held = RuleChange.objects.get().cycle.held
    for _ in range(2):
        services.mark_rule_changes_seen(held=held, now=later, actor_id=rosa.pk)
    assert RuleChange.objects.get().seen_at == later
    assert AuditEntry.objects.filter(action="credential.rule_changes_seen").count() == 1


def test_the_job_tells_and_goes_on_in_another_job(
    rosa: User, stella: User, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(stella)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(rule_changes, "PEOPLE", 1)
    monkeypatch.setattr(tasks, "AT_MOST", 1)
    queued: list[int] = []
    monkeypatch.setattr(type(tasks.tell_rule_changes), "enqueue", lambda _: queued.append(1))
    tasks.tell_rule_changes.call()
    assert (RuleChange.objects.count(), len(queued)) == (1, 1)
    tasks.tell_rule_changes.call()
    tasks.tell_rule_changes.call()
    assert (RuleChange.objects.count(), len(queued)) == (2, 2)
    assert not untold_revisions().exists()


def test_the_command_tells_how_many(rosa: User, later: datetime, capsys: Any) -> None:
    assert tell_rule_changes([]) == 0
    assert tell_rule_changes([]) == 0
    assert capsys.readouterr().out == "ascp_mls: 1 holders told.\n"


def test_opening_balances_are_judged_by_both_packs(packs: Packs, rosa: User, now: datetime) -> None:
    holding(rosa, opening_balances={"remainder": Decimal(26)})
    tell(now)
    packs.ask_for_40_points_from_2027()
    tell(now + timedelta(days=1))
    found = said(RuleChange.objects.get())
    assert found["Still missing"] == ("10 points", "14 points")
    assert "Your points that count" not in found
