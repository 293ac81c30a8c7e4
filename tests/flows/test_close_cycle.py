"""Closing a cycle: what was declared is frozen, and an audit is rehearsed with today's papers."""

import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.accounts.services import add_license_number
from aliquot.certificates.models import Certificate
from aliquot.certificates.services import revoke_certificate
from aliquot.credentials import data, queries, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts.closing import Drill, Fault
from aliquot.credentials.models import Cycle, Declaration, HeldCredential
from aliquot.flows.close_cycle import (
    closing_of,
    declare,
    drill_of,
    drill_of_declaration,
)
from aliquot.infra.models import AuditEntry
from aliquot.ledger.facts import PROOF_FACTS
from aliquot.ledger.services import add_proof, opened_proof, reverse_credit
from tests.factories.activities import logged
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import certificate, finished
from tests.factories.credentials import holding
from tests.factories.papers import pdf

DECLARED_ON = date(2026, 11, 20)


def noted(held: HeldCredential, now: datetime, **changes: Any) -> Declaration:
    said: dict[str, Any] = {"declared_on": DECLARED_ON, "confirmation_number": "A 123"}
    return declare(held=held, now=now, actor_id=held.person_id, **(said | changes))


def prove(activity: Any, now: datetime, *shows: str) -> None:
    add_proof(
        activity=activity, paper=opened_proof(pdf(activity.title)), name="scan.pdf",
        shows=shows or PROOF_FACTS, now=now, actor_id=activity.person_id,
    )  # fmt: skip


def approved(person: User, now: datetime, **said: Any) -> Any:
    return logged(person, now, approvals=("pace",), **said)


def completed(person: User, now: datetime, kind: str) -> Certificate:
    """A course of 1.25 hours with an approval of that kind, finished here."""
    provider()
    course = published_course("HEM-101", hours="1.25", pages=1)
    approve(course, kind=kind, is_demonstration=False)
    return finished(person, course, now)


def found(drill: Drill) -> list[tuple[Any, ...]]:
    return [(each.faults, each.not_shown, each.counted) for each in drill.findings]


def test_declaring_keeps_a_snapshot_with_its_hash_and_one_audit_row(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1)})
    done = certificate(rosa, now - timedelta(days=9))
    blood = approved(rosa, now, course_number="BB-7")
    prove(blood, now)
    before = Cycle.objects.get().revision
    for _ in range(2):
        declaration = noted(held, now)
    row = Declaration.objects.get()
    assert row == declaration
    assert queries.digest_of(row.snapshot) == row.snapshot_hash
    assert (row.snapshot["declared_on"], row.snapshot["as_of"]) == ("2026-11-20", "2026-11-20")
    assert row.snapshot["holder"] == {"name": "Rosa Méndez", "licenses": []}
    papers = {each["title"]: each["papers"] for each in row.snapshot["activities"]}
    assert [paper["id"] for paper in papers[done.content["course"]["title"]]] == [done.code]
    [proof] = papers["Blood bank update"]
    assert (proof["kind"], proof["name"]) == ("proof", "scan.pdf")
    assert row.snapshot["rules"]["document"]["id"] == "ascp_mls"
    assert [source["id"] for source in [{"id": x} for x in row.snapshot["rules"]["cited"]]] == [
        "S14", "S9", "S1",
    ]  # fmt: skip
    entry = AuditEntry.objects.get(action="credential.declared")
    assert entry.details == {"declared_on": "2026-11-20", "snapshot": row.snapshot_hash}
    assert Cycle.objects.get().revision == before + 1


def test_what_was_declared_never_changes_whatever_happens_later(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = holding(rosa)
    certificate(rosa, now - timedelta(days=9))
    blood = approved(rosa, now)
    declaration = noted(held, now)
    before = copy.deepcopy(declaration.snapshot)
    sheet = queries.sheet_of(before)
    reverse_credit(activity=blood, reason="A mistake", actor_id=rosa.pk, now=now)
    approved(rosa, now, title="Another")
    rosa.full_name = "Rosa Bell"
    rosa.save()
    changed = copy.deepcopy(data.document("ascp_mls"))
    changed["rule_sets"][0]["total"] = 40
    monkeypatch.setattr(data.shipped(), "_documents", {"ascp_mls": changed})
    monkeypatch.setattr(data.shipped(), "_read", {})
    declaration.refresh_from_db()
    assert declaration.snapshot == before
    assert queries.digest_of(declaration.snapshot) == declaration.snapshot_hash
    assert queries.sheet_of(declaration.snapshot) == sheet


def test_only_what_was_completed_by_that_day_is_declared(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    approved(rosa, now, title="Before", completed_on=DECLARED_ON)
    approved(rosa, now, title="After", completed_on=DECLARED_ON + timedelta(days=1))
    declaration = noted(held, now)
    assert [each["title"] for each in declaration.snapshot["activities"]] == ["Before"]


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"declared_on": date(2026, 11, 24)},
        {"declared_on": "Check the date: it is in the future."},
    ),
    (
        {"declared_on": date(2024, 6, 30)},
        {"declared_on": "Check the date: this cycle began on July 1, 2024."},
    ),
    (
        {"confirmation_number": "7" * 81},
        {"confirmation_number": "Enter at most 80 letters and digits."},
    ),
    (
        {"confirmation_number": "7\0"},
        {"confirmation_number": "Enter at most 80 letters and digits."},
    ),
]


@pytest.mark.parametrize(("said", "problems"), BAD)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    rosa: User, now: datetime, said: dict[str, Any], problems: dict[str, str]
) -> None:
    held = holding(rosa)
    with pytest.raises(InvalidClaimError) as refusal:
        noted(held, now, **said)
    assert refusal.value.problems == problems
    assert Declaration.objects.count() == 0
    assert AuditEntry.objects.filter(action="credential.declared").count() == 0


def test_a_second_one_is_refused_until_the_first_is_taken_back(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    first = noted(held, now)
    with pytest.raises(InvalidClaimError) as refusal:
        noted(held, now, confirmation_number="B 9")
    assert refusal.value.problems == {
        "declared_on": "It is noted already, for November 20, 2026. Take that back first."
    }
    for _ in range(2):
        services.withdraw_declaration(declaration=first, now=now, actor_id=rosa.pk)
    second = noted(held, now, confirmation_number="B 9")
    rows = Declaration.objects.order_by("pk")
    assert [(row.pk, row.withdrawn_at) for row in rows] == [(first.pk, now), (second.pk, None)]
    assert AuditEntry.objects.filter(action="credential.declaration_withdrawn").count() == 1


def test_what_was_typed_is_kept_as_it_was_once_declared(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    blood = approved(rosa, now)
    pin: dict[str, Any] = {
        "held": held, "activity_id": blood.pk, "requirement": "blood_bank", "now": now,
        "actor_id": rosa.pk,
    }  # fmt: skip
    services.pin_activity(**pin, amount=Decimal(1))
    declaration = noted(held, now)
    assert declaration.snapshot["pins"] == [
        {"activity": str(blood.pk), "requirement": "blood_bank", "amount": "1"}
    ]
    with pytest.raises(InvalidClaimError, match="noted as done already"):
        services.pin_activity(**pin, amount=Decimal("1.5"))
    with pytest.raises(InvalidClaimError, match="noted as done already"):
        services.unpin_activity(**pin)


def test_the_status_says_that_it_was_declared(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    declaration = noted(held, now)
    declared = queries.standing_of(held, now=now).declared
    assert declared is not None
    assert (declared.id, declared.declared_on, declared.confirmation_number) == (
        declaration.pk, DECLARED_ON, "A 123",
    )  # fmt: skip
    services.withdraw_declaration(declaration=declaration, now=now, actor_id=rosa.pk)
    assert queries.standing_of(held, now=now).declared is None


def test_an_audit_names_what_has_no_proof_with_most_at_stake_first(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1)})
    approved(rosa, now, title="Unproven", amount=Decimal("1.5"))
    named = approved(rosa, now, title="Two facts", amount=Decimal("0.5"))
    prove(named, now, "date", "title", "participant")
    drill = drill_of(closing_of(held, now=now))
    assert found(drill) == [
        ((Fault.NO_PROOF,), (), Decimal("1.5")),
        ((Fault.OPENING_BALANCE,), (), Decimal(1)),
        ((Fault.NOT_SHOWN,), ("provider", "hours"), Decimal("0.5")),
    ]
    assert (drill.records, drill.at_stake, drill.uncovered) == (3, Decimal(3), Decimal(3))
    assert drill.stand_ins == ()


def test_surplus_with_a_proof_stands_in_for_what_fails(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 12, 31))
    approved(rosa, now, title="Unproven", amount=Decimal("1.5"))
    whole = approved(rosa, now, title="Management", amount=Decimal(26), areas=("management",))
    prove(whole, now)
    spare = approved(rosa, now, title="Proven", amount=Decimal(2), completed_on=date(2026, 5, 3))
    prove(spare, now)
    drill = drill_of(closing_of(held, now=now))
    assert found(drill) == [((Fault.NO_PROOF,), (), Decimal("1.5"))]
    assert drill.uncovered == 0
    [stand_in] = drill.stand_ins
    assert (stand_in.activity, stand_in.amount) == (str(spare.pk), Decimal("1.5"))


def test_surplus_without_a_proof_stands_in_for_nothing(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 12, 31))
    for _ in range(2):
        approved(rosa, now, amount=Decimal(2))
    whole = approved(
        rosa, now, amount=Decimal(26), areas=("management",), completed_on=date(2026, 1, 3)
    )
    prove(whole, now)
    drill = drill_of(closing_of(held, now=now))
    assert found(drill) == [
        ((Fault.NO_PROOF,), (), Decimal(2)),
        ((Fault.NO_PROOF,), (), Decimal(0)),
    ]
    assert (drill.at_stake, drill.uncovered, drill.stand_ins) == (Decimal(2), Decimal(2), ())


def test_all_passes_where_everything_is_proven(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    prove(approved(rosa, now), now)
    drill = drill_of(closing_of(held, now=now))
    assert drill.passes
    assert (drill.records, drill.at_stake, drill.uncovered) == (1, Decimal(0), Decimal(0))


def test_a_revoked_certificate_proves_nothing(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    done = completed(rosa, now, "pace")
    assert drill_of(closing_of(held, now=now)).passes
    revoke_certificate(certificate=done, reason="Not hers.", actor_id=None, now=now)
    assert found(drill_of(closing_of(held, now=now))) == [((Fault.NO_PROOF,), (), Decimal("1.25"))]


def test_california_wants_course_and_agency_numbers(rosa: User, now: datetime) -> None:
    held = holding(rosa, "lic_ca", ends_on=date(2027, 6, 30), first_certified_on=None)
    plain = approved(rosa, now, amount=Decimal(2))
    prove(plain, now, "date", "title", "provider", "participant", "hours")
    assert found(drill_of(closing_of(held, now=now))) == [
        ((Fault.NOT_SHOWN,), ("course_number", "agency_number"), Decimal(2))
    ]
    numbered = approved(
        rosa, now, amount=Decimal(2), title="Numbered", course_number="12", agency_number="0001"
    )
    prove(numbered, now, "date", "title", "provider", "participant", "hours")
    assert len(found(drill_of(closing_of(held, now=now)))) == 1


def test_florida_wants_the_license_number_on_the_certificate(rosa: User, now: datetime) -> None:
    held = holding(rosa, "lic_fl", ends_on=date(2028, 8, 31), first_certified_on=None)
    activity = approved(rosa, now, amount=Decimal(2), completed_on=date(2026, 9, 3))
    prove(activity, now, *(fact for fact in PROOF_FACTS if fact != "license_number"))
    assert found(drill_of(closing_of(held, now=now))) == [
        ((Fault.NOT_SHOWN,), ("license_number",), Decimal(2))
    ]


def test_a_certificate_issued_before_the_license_number_was_entered_does_not_carry_it(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, "lic_fl", ends_on=date(2028, 8, 31), first_certified_on=None)
    completed(rosa, now, "fl_board")
    [first] = drill_of(closing_of(held, now=now)).findings
    assert "license_number" in first.not_shown
    add_license_number(
        person=rosa, state="FL", profession="Technologist", number="TN 1", actor_id=rosa.pk
    )
    [still] = drill_of(closing_of(held, now=now)).findings
    assert "license_number" in still.not_shown


def test_a_name_that_the_profile_does_not_have_any_more_is_found(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    completed(rosa, now, "pace")
    rosa.full_name = "Rosa Bell"
    rosa.save()
    held = HeldCredential.objects.get(pk=held.pk)
    [finding] = drill_of(closing_of(held, now=now)).findings
    assert Fault.OTHER_NAME in finding.faults


def test_typed_at_the_body_and_withdrawn_since_is_found(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    blood = approved(rosa, now)
    services.pin_activity(
        held=held, activity_id=blood.pk, requirement="blood_bank", amount=Decimal(1), now=now,
        actor_id=rosa.pk,
    )  # fmt: skip
    reverse_credit(activity=blood, reason="A mistake", actor_id=rosa.pk, now=now)
    [finding] = drill_of(closing_of(held, now=now)).findings
    assert (finding.faults, finding.why) == (
        (Fault.NOT_COUNTED,), "the activity was withdrawn",
    )  # fmt: skip


def test_a_proof_added_after_declaring_mends_the_audit_of_the_declaration(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    blood = approved(rosa, now)
    declaration = noted(held, now)
    assert len(drill_of_declaration(declaration).findings) == 1
    prove(blood, now)
    assert drill_of_declaration(declaration).passes
    declaration.refresh_from_db()
    assert declaration.snapshot["activities"][0]["papers"] == []


NEXT = [
    ("ascp_mls", date(2027, 6, 30), (date(2030, 6, 30), 3, False)),
    ("ascp_mls", date(2028, 2, 29), (date(2031, 2, 28), 3, False)),
    ("lic_fl", date(2028, 8, 31), (date(2030, 8, 31), 2, True)),
    ("lic_nd", date(2028, 6, 30), (date(2030, 6, 30), 2, True)),
    ("lic_ca", date(2027, 3, 31), (date(2029, 3, 31), 2, False)),
]


@pytest.mark.parametrize(("credential", "ends_on", "proposal"), NEXT)
def test_the_next_end_is_a_proposal_that_only_some_bodies_fix(
    rosa: User, credential: str, ends_on: date, proposal: tuple[date, int, bool]
) -> None:
    held = holding(rosa, credential, ends_on=ends_on, first_certified_on=None)
    found = queries.next_end(held.cycles.get())
    assert found is not None
    assert (found.ends_on, found.years, found.is_fixed) == proposal


def test_the_reads_do_not_grow_with_what_there_is(
    rosa: User, now: datetime, django_assert_num_queries: Any
) -> None:
    held = holding(rosa)
    prove(approved(rosa, now), now)
    with django_assert_num_queries(8):
        closing_of(held, now=now)
    for number in range(3):
        prove(approved(rosa, now, title=f"More {number}"), now)
    with django_assert_num_queries(8):
        closing_of(held, now=now)


def test_the_moment_of_these_tests_is_fixed(now: datetime) -> None:
    assert now == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
