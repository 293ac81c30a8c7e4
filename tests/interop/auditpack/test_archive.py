"""The transcript in an audit pack gives the verdict that was kept; tables tell every column."""

import json
import tracemalloc
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import queries, services
from aliquot.credentials.adapters import sheet_documents
from aliquot.credentials.data import shipped
from aliquot.flows.audit_pack import open_pack, packed_papers
from aliquot.flows.close_cycle import closing_of, closing_on, drill_of
from aliquot.flows.judge_transcript import judge_transcript
from aliquot.infra import pdf
from aliquot.interop.auditpack import archive
from aliquot.interop.auditpack.tables import INDEX_COLUMNS, SHEET_COLUMNS
from aliquot.interop.transcript.export import transcript_document
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document
from aliquot.ledger.facts import PROOF_FACTS, CreditPart
from aliquot.ledger.services import add_proof, opened_proof, reverse_credit
from tests.factories import papers
from tests.factories.activities import logged
from tests.factories.certificates import LONG_NAMES
from tests.factories.credentials import holding

pytestmark = pytest.mark.one_database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "closing-a-cycle.md"


def judged_again(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The verdict of the transcript, read as ``aliquot standing`` reads it."""
    content = json.dumps(transcript_document(snapshot)).encode()
    transcript = read_transcript(content, library=shipped())
    verdicts = judge_transcript(transcript)
    [credential] = verdict_document(transcript.as_of, verdicts)["credentials"]
    return dict(credential)


def assert_same(snapshot: dict[str, Any]) -> None:
    again, kept = judged_again(snapshot), snapshot["verdict"]
    for name in ("window", "needed", "counted", "missing", "surplus", "met"):
        assert again[name] == kept[name]
    assert again["allocations"] == kept["allocations"]
    assert again["not_counted"] == kept["not_counted"]


def test_the_transcript_gives_the_same_verdict(rosa: User, now: datetime) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal("1.5"), "remainder": Decimal(3)})
    blood = logged(rosa, now, approvals=("pace",), title="Hostile “title”\u202e <b>")
    logged(
        rosa, now, approvals=(), amount=None, areas=(), title="Split", kind="in_service",
        parts=(CreditPart(Decimal(1), ("chemistry",)), CreditPart(Decimal("0.5"), ("ethics",))),
    )  # fmt: skip
    logged(rosa, now, amount=Decimal(3), areas=("hematology",), kind="semester_hours")
    logged(rosa, now, completed_on=date(2023, 5, 1), title="Of the cycle before")
    services.pin_activity(
        held=held, activity_id=blood.pk, requirement="remainder", amount=Decimal(1), now=now,
        actor_id=rosa.pk,
    )  # fmt: skip
    snapshot = closing_of(held, now=now).snapshot
    assert len(snapshot["activities"]) == 5
    assert_same(snapshot)


def test_a_pin_that_holds_no_longer_is_left_out_of_the_transcript(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa)
    blood = logged(rosa, now, approvals=("pace",))
    services.pin_activity(
        held=held, activity_id=blood.pk, requirement="remainder", amount=Decimal(1), now=now,
        actor_id=rosa.pk,
    )  # fmt: skip
    reverse_credit(activity=blood, reason="A mistake", actor_id=rosa.pk, now=now)
    snapshot = closing_of(held, now=now).snapshot
    assert transcript_document(snapshot)["pins"] == []
    assert_same(snapshot)


@pytest.mark.parametrize(
    ("credential", "end"),
    [
        ("lic_fl", date(2028, 8, 31)),
        ("lic_ca", date(2027, 6, 30)),
        ("lic_tn", date(2027, 6, 30)),
        ("amt_mt", date(2027, 6, 30)),
        ("lic_pr", date(2027, 6, 30)),
        ("ascp_mls", date(2027, 6, 30)),
    ],
)
def test_every_kind_of_credential_comes_back_the_same(
    rosa: User, now: datetime, credential: str, end: date
) -> None:
    held = holding(rosa, credential, ends_on=end, first_certified_on=date(1999, 5, 1))
    logged(rosa, now, completed_on=date(2026, 9, 3), amount=Decimal(2))
    logged(rosa, now, completed_on=date(2025, 9, 3), amount=Decimal(3), approvals=("pace",))
    assert_same(closing_of(held, now=now).snapshot)


def test_an_earlier_day_comes_back_the_same(rosa: User, now: datetime) -> None:
    held = holding(
        rosa, first_certified_on=date(1999, 5, 1), opening_balances={"safety": Decimal(1)}
    )
    logged(rosa, now, completed_on=date(2026, 9, 3))
    assert_same(closing_on(held, day=date(2026, 10, 1)).snapshot)


def test_the_example_of_the_page_is_true(rosa: User, now: datetime) -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    held = holding(rosa, ends_on=date(2026, 12, 31))
    logged(rosa, now, approvals=("pace",), title="Unproven")
    whole = logged(
        rosa, now, approvals=("pace",), title="Management", amount=Decimal(26),
        areas=("management",),
    )  # fmt: skip
    spare = logged(
        rosa, now, approvals=("pace",), title="Spare", amount=Decimal(2),
        completed_on=date(2026, 5, 3),
    )  # fmt: skip
    prove(whole, now)
    drill = drill_of(closing_of(held, now=now))
    assert (drill.at_stake, drill.uncovered) == (Decimal(2), Decimal(2))
    prove(spare, now)
    drill = drill_of(closing_of(held, now=now))
    [stand_in] = drill.stand_ins
    assert (drill.records, drill.at_stake, drill.uncovered) == (3, Decimal("1.5"), Decimal(0))
    assert (stand_in.activity, stand_in.amount) == (str(spare.pk), Decimal("1.5"))
    for sentence in (
        "1 of 3 records would fail an audit today.",
        "1.5 points are unproven; 1.5 points of Spare can stand in; 0 points would be lost.",
        "2 of 3 records would fail, 2 points are unproven, and 2 points would be lost.",
    ):
        assert sentence in page


def prove(activity: Any, now: datetime) -> None:
    add_proof(
        activity=activity, paper=opened_proof(papers.pdf(f"Proof {activity.pk}")), name="scan.pdf",
        shows=PROOF_FACTS, now=now, actor_id=activity.person_id,
    )  # fmt: skip


def test_a_pack_of_any_size_holds_one_paper_in_memory(
    rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven = logged(rosa, now, approvals=("pace",))
    prove(proven, now)
    pack = open_pack(closing_of(holding(rosa), now=now), now=now)
    [paper] = list(packed_papers(pack))
    big = 500_000
    many = (replace(paper, content=bytes([number % 256]) * big) for number in range(100))
    monkeypatch.setattr(archive, "packed_papers", lambda _: many)
    monkeypatch.setattr(archive, "_documents", lambda *_: iter(()))
    tracemalloc.start()
    sizes = [len(piece) for piece in archive.stream(pack)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 100 * big
    assert peak < 5 * big


def test_the_page_names_every_column() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*SHEET_COLUMNS, *INDEX_COLUMNS) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES.keys())
def test_the_pdf_takes_every_name(rosa: User, now: datetime, name: str) -> None:
    held = holding(rosa)
    logged(rosa, now, approvals=("pace",), title=name, provider_name=name[:150])
    rosa.full_name = name
    rosa.save()
    held.person.full_name = name
    sheet = closing_of(held, now=now).sheet
    drawn = queries.sheet_pdf(sheet, paper="a4", at=now)
    assert drawn.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in drawn or b"/Marked" in drawn
    assert queries.sheet_pdf(sheet, paper="a4", at=now) == drawn


def test_nothing_that_a_person_typed_is_markup(rosa: User, now: datetime) -> None:
    held = holding(rosa)
    logged(rosa, now, approvals=("pace",), title="#panic() *bold* $x$ <label> @ref")
    sheet = closing_of(held, now=now).sheet
    data = sheet_documents.data_of(sheet, paper="letter")
    titles = [row["title"] for group in data["groups"] for row in group["rows"]]
    assert titles == ["#panic() *bold* $x$ <label> @ref"]
    assert pdf.render(sheet_documents.TEMPLATE, data, at=now).startswith(b"%PDF-")
