"""Proofs and tables by program: kept once, of their sender alone, refused with the reason."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aliquot.accounts.models import User
from aliquot.ledger.models import Activity, ActivityImport, Proof
from tests.api.matrix import TABLE
from tests.api.program import Answer, Program
from tests.factories.activities import logged, proven
from tests.factories.papers import pdf

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def sent(mine: Program, path: str, content: bytes, media: str, **headers: str) -> Answer:
    return mine.send("POST", path, content, Content_Type=media, **headers)


def test_a_proof_is_sent_twice_and_kept_once_byte_for_byte(
    rosa: User, program: MakeProgram
) -> None:
    mine, activity = program(rosa), logged(rosa, NOW)
    path, paper = f"/me/activities/{activity.pk}/proofs", pdf("mine")
    address = f"{path}?name=scan.pdf&shows=title&shows=date"
    first = sent(mine, address, paper, "application/pdf", Idempotency_Key="scan-1")
    again = sent(mine, address, paper, "application/pdf", Idempotency_Key="scan-1")
    assert (first.status, again.body, again.headers["Idempotent-Replay"]) == (
        201, first.body, "true",
    )  # fmt: skip
    other = sent(mine, address, pdf("other"), "application/pdf", Idempotency_Key="scan-1")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    assert sent(mine, address, paper, "image/png").body == first.body  # the content decides
    assert mine.get(path).body == {"items": [first.body], "next": None}
    assert (first.body["shows"], first.body["name"]) == (["date", "title"], "scan.pdf")
    one = f"{path}/{first.body['id']}"
    file = mine.get(f"{one}/file")
    assert (file.raw, file.headers["Content-Type"]) == (paper, "application/pdf")
    assert mine.put(one, {"shows": ["hours"]}).body["shows"] == ["hours"]
    assert [mine.post(f"{one}/withdraw").status for _ in range(2)] == [204, 404]
    assert (mine.get(path).body["items"], mine.get(f"{one}/file").status) == ([], 404)


@pytest.mark.one_database
def test_a_file_that_is_no_proof_is_refused_and_nothing_is_kept(
    rosa: User, stella: User, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, path = program(rosa), f"/me/activities/{logged(rosa, NOW).pk}/proofs"
    refused = [
        sent(mine, path, b"<html>", "application/pdf"),
        sent(mine, f"{path}?shows=everything", pdf("a"), "application/pdf"),
        sent(mine, path, pdf("a"), "multipart/form-data; boundary=x"),
        sent(mine, path, b"x" * (20 * 1024 * 1024 + 1), "application/pdf"),
        sent(program(stella), path, pdf("a"), "application/pdf"),
    ]
    assert [(each.status, each.body["code"]) for each in refused] == [
        (422, "proof_refused"), (422, "invalid"), (415, "media_type"), (413, "too_large"),
        (404, "not_found"),
    ]  # fmt: skip
    assert refused[1].body["errors"][0]["where"].startswith("shows")
    assert Proof.objects.count() == 0


def test_a_table_is_checked_row_by_row_and_entered_once(rosa: User, program: MakeProgram) -> None:
    mine = program(rosa)
    table = TABLE + b"Another,A society,soon,1,hours,hematology\n"
    made = sent(mine, "/me/activity-imports?name=mine.csv", table, "text/csv").body
    assert {name: made[name] for name in ("file_name", "rows", "good", "wrong", "alike")} == {
        "file_name": "mine.csv", "rows": 2, "good": 1, "wrong": 1, "alike": 0,
    }  # fmt: skip
    path = f"/me/activity-imports/{made['id']}"
    first = mine.get(f"{path}/rows?limit=1").body
    rest = mine.get(f"{path}/rows?limit=1&cursor={first['next']}").body
    assert [each["number"] for each in [*first["items"], *rest["items"]]] == [2, 3]
    assert [each["column"] for each in rest["items"][0]["problems"]] == ["date"]
    unclean = mine.post(f"{path}/confirm", {})
    assert (unclean.status, unclean.body["code"]) == (409, "import_not_clean")
    assert Activity.objects.count() == 0
    entered = [mine.post(f"{path}/confirm", {"only_good": True}).body for _ in range(2)]
    assert [each["entered"] for each in entered] == [1, 0]
    assert [each["title"] for each in mine.get("/me/activities").body["items"]] == ["A webinar"]
    assert b"A webinar" in mine.get("/me/activity-export").raw


@pytest.mark.one_database
def test_a_table_that_cannot_be_read_is_refused_whole(rosa: User, program: MakeProgram) -> None:
    mine = program(rosa)
    answer = sent(mine, "/me/activity-imports", b"nothing\n", "text/csv")
    assert (answer.status, answer.body["code"]) == (422, "table_unreadable")
    assert ActivityImport.objects.count() == 0


@pytest.mark.one_database
def test_a_proof_stays_with_its_activity(rosa: User, program: MakeProgram) -> None:
    mine, activity, other = program(rosa), proven(logged(rosa, NOW), NOW), logged(rosa, NOW)
    proof = activity.proofs.get()
    assert mine.get(f"/me/activities/{other.pk}/proofs/{proof.pk}").status == 404
    assert mine.get(f"/me/activities/{other.pk}/proofs").body["items"] == []
