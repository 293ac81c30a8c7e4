"""Stored verdicts: the figures of the page, stale whenever those may be others."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from inspect import isfunction
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from aliquot.accounts.models import User
from aliquot.credentials import services, tasks
from aliquot.credentials.models import Cycle, CycleVerdict, HeldCredential
from aliquot.credentials.queries import (
    CycleStanding,
    Summary,
    population,
    standing_of,
    standings_of,
    summaries_of,
)
from aliquot.demo.generator.command import generate
from aliquot.infra.models import AuditEntry
from aliquot.ledger import services as ledger
from aliquot.ledger.facts import ActivityClaim
from aliquot.ledger.models import Activity
from aliquot.lib.decimals import shortest
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import credit, holding


def refresh(now: datetime, *people: User) -> services.Refreshed:
    return services.refresh_verdicts([person.pk for person in people], now=now)


def stale(now: datetime, *people: User) -> list[int]:
    return population.stale_cycles([person.pk for person in people], now=now)


def figures(standing: CycleStanding) -> dict[str, Any]:
    """The figures of the page, as they are stored."""
    verdict = standing.verdict

    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else shortest(amount)

    return {
        "cycle_id": standing.cycle.pk,
        "as_of": verdict.as_of,
        "situation": standing.situation.value,
        "finish_by": verdict.finish_by,
        "needed": verdict.needed,
        "counted": verdict.counted,
        "missing": verdict.missing,
        "met": verdict.met,
        "requirements": [
            {
                "id": line.id,
                "needed": text(line.needed),
                "counted": text(line.counted),
                "missing": text(line.missing),
            }
            for line in verdict.requirements
        ],
    }


def stored(standing: CycleStanding) -> dict[str, Any]:
    row = CycleVerdict.objects.get(cycle=standing.cycle)
    return {name: getattr(row, name) for name in figures(standing)}


def summed(person: User, now: datetime) -> list[Summary]:
    """What the page says of each credential, in its order, as one line needs it."""
    return [
        Summary(
            held_id=standing.held.pk,
            held=standing.verdict.held,
            situation=standing.situation,
            declaration=standing.verdict.declaration,
            finish_by=standing.verdict.finish_by,
            needed=standing.verdict.needed,
            counted=standing.verdict.counted,
            missing=standing.verdict.missing,
            met=standing.verdict.met,
            declared=standing.declared,
        )
        for standing in standings_of(person, now=now)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_for_random_people_the_stored_figures_are_those_of_the_page(
    db: None, now: datetime, seed: int
) -> None:
    generate(learners=40, seed=seed, as_of=now.date())
    people = list(User.objects.all())
    _pin_something(people, Random(seed), now)
    judged = {person.pk: summaries_of(person, now=now) for person in people}
    outcome = refresh(now, *people)
    assert (outcome.people, outcome.judged, outcome.problems) == (40, 80, ())
    for person in people:
        for standing in standings_of(person, now=now):
            assert stored(standing) == figures(standing)
        assert summaries_of(person, now=now) == judged[person.pk] == summed(person, now)
    assert stale(now, *people) == []
    assert refresh(now, *people) == services.Refreshed(people=40)


def _pin_something(people: list[User], chance: Random, now: datetime) -> None:
    """What a quarter of them typed at the body."""
    for person in people[::4]:
        for standing in standings_of(person, now=now):
            shares = [
                (int(record.activity.id), share)
                for record in standing.records
                if record.activity.id.isdigit()
                for share in record.counted
            ]
            if shares and standing.verdict.needed is not None:
                activity, share = chance.choice(shares)
                services.pin_activity(
                    held=standing.held,
                    activity_id=activity,
                    requirement=share.requirement,
                    amount=share.amount,
                    now=now,
                    actor_id=person.pk,
                )


def test_a_verdict_holds_up_to_its_last_day_and_is_stale_the_day_after(
    db: None, now: datetime
) -> None:
    now = now.replace(hour=15)  # the same day in every zone, summer or winter
    generate(learners=25, seed=7, as_of=now.date())
    people = list(User.objects.all())
    refresh(now, *people)
    checked = 0
    for row in CycleVerdict.objects.select_related("cycle__held__person"):
        held, last = row.cycle.held, row.good_through
        first = figures(standing_of(held, now=now)) | {"as_of": None}
        for days in (0, 1, 7, 40, 200, (last - row.as_of).days if last < date.max else 900):
            later = now + timedelta(days=days)
            if row.as_of + timedelta(days=days) > last:
                assert row.cycle_id in stale(later, held.person)
            else:
                assert figures(standing_of(held, now=later)) | {"as_of": None} == first
                checked += 1
    assert checked > 100


def test_the_day_turns_where_the_holder_lives(rosa: User, now: datetime) -> None:
    rosa.time_zone = "Pacific/Honolulu"
    rosa.save()
    held = holding(rosa, ends_on=now.date())  # 23:00 UTC: one in the afternoon there
    cycle = held.cycles.get()
    refresh(now, rosa)
    row = CycleVerdict.objects.get()
    assert (row.as_of, row.good_through, row.situation) == (now.date(), now.date(), "late")
    assert stale(now + timedelta(hours=10), rosa) == []
    assert stale(now + timedelta(hours=11), rosa) == [cycle.pk]
    refresh(now + timedelta(hours=11), rosa)
    row.refresh_from_db()
    assert (row.as_of, row.good_through, row.situation) == (
        date(2026, 11, 24), date.max, "over",
    )  # fmt: skip


@dataclass
class Desk:
    """Rosa's credential with one activity and a pin, judged; what each deed is done to."""

    rosa: User
    held: HeldCredential
    activity: Activity
    pinned: Activity
    now: datetime


@pytest.fixture
def desk(rosa: User, now: datetime) -> Desk:
    provider()
    held = holding(rosa)
    activity = credit(rosa, hematology="2")
    pinned = credit(rosa, chemistry="1")
    services.pin_activity(
        held=held,
        activity_id=pinned.pk,
        requirement="remainder",
        amount=Decimal(1),
        now=now,
        actor_id=rosa.pk,
    )
    refresh(now, rosa)
    assert stale(now, rosa) == []
    return Desk(rosa, held, activity, pinned, now)


CLAIM = ActivityClaim("A meeting", "A society", date(2026, 5, 1), "contact_hours", Decimal(1))


def correct(desk: Desk) -> None:
    cycle = desk.held.cycles.get()
    services.correct_credential(
        held=desk.held, ends_on=cycle.ends_on, first_certified_on=None, formerly_nca=True,
        international=False, expired=False, now=desk.now, actor_id=desk.rosa.pk,
    )  # fmt: skip


DEEDS: dict[str, Callable[[Desk], Any]] = {
    "add_credential": lambda desk: holding(desk.rosa, "ascp_mlt"),
    "correct_credential": correct,
    "record_opening_balances": lambda desk: services.record_opening_balances(
        held=desk.held, points={"safety": Decimal(1)}, now=desk.now, actor_id=desk.rosa.pk
    ),
    "start_next_cycle": lambda desk: services.start_next_cycle(
        held=desk.held, ends_on=date(2030, 6, 30), now=desk.now, actor_id=desk.rosa.pk
    ),
    "pin_activity": lambda desk: services.pin_activity(
        held=desk.held,
        activity_id=desk.activity.pk,
        requirement="remainder",
        amount=Decimal(1),
        now=desk.now,
        actor_id=desk.rosa.pk,
    ),
    "unpin_activity": lambda desk: services.unpin_activity(
        held=desk.held,
        activity_id=desk.pinned.pk,
        requirement="remainder",
        now=desk.now,
        actor_id=desk.rosa.pk,
    ),
    "log_activity": lambda desk: ledger.log_activity(
        person=desk.rosa, claim=replace(CLAIM, areas=("ethics",)), now=desk.now, actor_id=None
    ),
    "correct_activity": lambda desk: ledger.correct_activity(
        activity=desk.activity,
        claim=replace(CLAIM, areas=("ethics",)),
        now=desk.now,
        actor_id=None,
    ),
    "withdraw_activity": lambda desk: ledger.withdraw_activity(
        activity=desk.activity, reason="Twice.", now=desk.now, actor_id=None
    ),
    "reverse_credit": lambda desk: ledger.reverse_credit(
        activity=desk.activity, reason="An error.", now=desk.now, actor_id=None
    ),
    "record_completion_credit": lambda desk: finished(
        desk.rosa, published_course("HEM-101", pages=2), desk.now
    ),
}
# The verdict stays what it is, or nobody asks for it any more; each with its reason.
WITHOUT = {
    "declare_cycle": "raises the revision all the same: what was declared is no open cycle",
    "withdraw_declaration": "raises the revision all the same",
    "confirm_import": "enters activities as log_activity does, with entries of their own",
    "store_import": "enters nothing yet",
    "erase_credentials": "of a closed account: no verdict is shown to anybody again",
    "erase_papers": "proofs and tables go, the ledger stays",
    "checked_claim": "checks, and enters nothing",
    "opened_proof": "opens a file, and keeps nothing yet",
    **dict.fromkeys(
        (
            "renew_calendar_feed",
            "save_reminder_settings",
            "send_due_reminders",
            "send_reminder",
            "stop_mail",
            "switch_off_calendar_feed",
        ),
        "tells dates, and changes nothing",
    ),
    "add_outside_offer": "a course that may be taken earns nothing yet",
    "change_outside_offer": "a course that may be taken earns nothing yet",
    "remove_outside_offer": "a course that may be taken earns nothing yet",
    "mark_rule_changes_seen": "read, not changed",
    "record_pack_revisions": "another pack has another digest",
    "tell_some_holders": "tells, and changes nothing",
    "remove_credential": "the cycle is followed no longer",
    "refresh_verdicts": "stores verdicts",
    "refresh_some": "stores verdicts",
    "forget_closed_cycles": "of cycles that are followed no longer",
    "add_proof": "proves what counts already",
    "describe_proof": "proves what counts already",
    "withdraw_proof": "what it proved still counts; the audit drill says what is missing",
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_that_may_change_the_verdict_makes_it_stale(desk: Desk, name: str) -> None:
    DEEDS[name](desk)
    assert len(stale(desk.now, desk.rosa)) == 1
    refresh(desk.now, desk.rosa)
    services.forget_closed_cycles()
    assert stale(desk.now, desk.rosa) == []
    for standing in standings_of(desk.rosa, now=desk.now):
        assert stored(standing) == figures(standing)


def test_every_deed_of_both_rooms_is_listed() -> None:
    """A new deed must say whether it changes verdicts: add it to DEEDS, or to WITHOUT."""
    deeds = {
        name
        for room in (services, ledger)
        for name in room.__all__
        if isfunction(getattr(room, name))
    }
    assert sorted(deeds - DEEDS.keys() - WITHOUT.keys()) == []
    assert sorted((DEEDS.keys() | WITHOUT.keys()) - deeds) == []


def test_another_pack_or_another_release_makes_it_stale(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = holding(rosa).cycles.get()
    refresh(now, rosa)
    assert stale(now, rosa) == []
    monkeypatch.setattr(population.data, "digest", lambda credential: "another")
    assert stale(now, rosa) == [cycle.pk]
    monkeypatch.undo()
    assert stale(now, rosa) == []
    population._digest.cache_clear()
    monkeypatch.setattr(population, "__version__", "99.0")
    assert stale(now, rosa) == [cycle.pk]
    population._digest.cache_clear()


def test_only_what_is_stale_is_judged_again(rosa: User, stella: User, now: datetime) -> None:
    for person in (rosa, stella):
        holding(person)
    assert refresh(now, rosa, stella).judged == 2
    credit(rosa, ethics="1")
    later = now + timedelta(hours=1)
    assert refresh(later, rosa, stella).judged == 1
    judged_at = dict(CycleVerdict.objects.values_list("cycle__held__person", "judged_at"))
    assert judged_at == {rosa.pk: later, stella.pk: now}
    before = AuditEntry.objects.count()
    everything = services.refresh_verdicts([rosa.pk, stella.pk], now=later, judged_before=later)
    assert everything.judged == 1  # Rosa's was judged at that moment
    assert AuditEntry.objects.count() == before


def test_a_cycle_that_cannot_be_judged_holds_nobody_up(
    rosa: User, stella: User, now: datetime
) -> None:
    for person in (rosa, stella):
        holding(person)
    refresh(now, rosa, stella)
    wrong = Cycle.objects.get(held__person=rosa)
    HeldCredential.objects.filter(pk=wrong.held_id).update(credential="gone")
    outcome = refresh(now, rosa, stella)
    assert (outcome.judged, outcome.problems) == (
        0, (f"Cycle {wrong.pk} of gone: no rules for the credential 'gone'.",),
    )  # fmt: skip
    assert list(CycleVerdict.objects.values_list("cycle__held__person", flat=True)) == [stella.pk]


def test_verdicts_of_closed_cycles_and_removed_credentials_are_forgotten(
    rosa: User, now: datetime
) -> None:
    mls, mlt = holding(rosa), holding(rosa, "ascp_mlt")
    refresh(now, rosa)
    services.start_next_cycle(held=mls, ends_on=date(2030, 6, 30), now=now, actor_id=rosa.pk)
    services.remove_credential(held=mlt, now=now, actor_id=rosa.pk)
    assert services.forget_closed_cycles() == 2
    assert services.forget_closed_cycles() == 0
    refresh(now, rosa)
    assert list(CycleVerdict.objects.values_list("cycle__ends_on", flat=True)) == [
        date(2030, 6, 30)
    ]


def test_the_job_goes_on_in_another_job(
    rosa: User, stella: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (rosa, stella):
        holding(person, ends_on=timezone.now().date() + timedelta(days=300))
    monkeypatch.setattr(tasks, "AT_MOST", 1)
    monkeypatch.setattr(population.pages_of_holders, "__kwdefaults__", {
        "after": 0, "credential": "", "size": 1,
    })  # fmt: skip
    queued: list[int] = []
    monkeypatch.setattr(
        type(tasks.refresh_verdicts), "enqueue", lambda _, after: queued.append(after)
    )
    first, second = sorted([rosa.pk, stella.pk])
    tasks.refresh_verdicts.call()
    assert (CycleVerdict.objects.count(), queued) == (1, [first])
    tasks.refresh_verdicts.call(after=first)
    tasks.refresh_verdicts.call(after=second)
    assert (CycleVerdict.objects.count(), queued) == (2, [first, second])


@pytest.mark.parametrize("people", [1, 3])
def test_a_page_of_people_is_a_fixed_number_of_queries(
    db: None, now: datetime, people: int, django_assert_num_queries: Any
) -> None:
    generate(learners=people, seed=3, as_of=now.date())
    page = list(User.objects.values_list("pk", flat=True))
    with django_assert_num_queries(11):
        services.refresh_verdicts(page, now=now)
    with django_assert_num_queries(2):
        services.refresh_verdicts(page, now=now)
