"""Credentials by program: asked as the page asks, declared as it was checked, one's own alone."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from aliquot.accounts.models import User
from aliquot.credentials.models import CyclePin, Declaration, HeldCredential
from tests.api.program import Program
from tests.factories.activities import logged, proven
from tests.factories.credentials import credit, declared, holding

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
MLS = {"credential": "ascp_mls", "ends_on": "2027-06-30", "first_certified_on": "2011-05-14"}


@pytest.fixture(autouse=True)
def on_a_fixed_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_credential_is_added_corrected_renewed_and_removed(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    asks = mine.get("/credentials/ascp_mls").body["asks"]
    assert (asks["first_certified_on"], asks["formerly_nca"], asks["licensed_on"]) == (
        True, True, False,
    )  # fmt: skip
    made = mine.post("/me/credentials", MLS)
    again = mine.post("/me/credentials", MLS)
    assert (made.status, again.body) == (201, made.body)
    path = f"/me/credentials/{made.body['id']}"
    corrected = mine.put(path, {"ends_on": "2027-06-30", "formerly_nca": True}).body
    assert (corrected["first_certified_on"], corrected["formerly_nca"]) == (None, True)
    following = [mine.post(f"{path}/next", {"ends_on": "2030-06-30"}).body for _ in range(2)]
    assert following[0] == following[1]
    assert sorted(each["ends_on"] for each in following[0]["cycles"]) == [
        "2027-06-30", "2030-06-30",
    ]  # fmt: skip
    assert [mine.post(f"{path}/remove").status for _ in range(2)] == [204, 404]
    assert mine.get("/me/credentials").body["items"] == []


@pytest.mark.one_database
def test_what_a_credential_requires_is_told_with_its_sources(program: MakeProgram) -> None:
    mls = program(None).get("/credentials/ascp_mls").body
    newest, older = mls["rule_sets"]
    assert [(line["id"], line["needed"]) for line in newest["requirements"]] == [
        ("safety", "1"), ("ethics", "1"), ("blood_bank", "2"), ("chemistry", "2"),
        ("hematology", "2"), ("microbiology", "2"), ("remainder", "26"),
    ]  # fmt: skip
    assert (newest["renewals_from"], newest["total"], newest["confirmed"]) == (
        "2023-01-01", "36", "yes",
    )  # fmt: skip
    assert (older["renewals_to"], older["requirements"][-1]["needed"]) == ("2022-12-31", "27")
    assert newest["requirements"][-1]["accepts"] == "any"
    assert newest["requirements"][4]["accepts"] == ["hematology"]
    assert newest["requirements"][4]["fills"].startswith("Hematology")
    assert newest["sources"][0].keys() == {"id", "where", "dated"}
    assert mls["last_verified"] == "2026-11-23"


def test_what_is_held_tells_each_requirement_by_when_and_why(
    rosa: User, marcus: User, program: MakeProgram
) -> None:
    held = holding(rosa)
    credit(rosa, hematology="3")
    credit(marcus, chemistry="2")
    mine = program(rosa).get(f"/me/credentials/{held.pk}").body
    lines = {line["id"]: line for line in mine["requirements"]}
    asked = [
        (name, line["needed"], line["counted"], line["missing"]) for name, line in lines.items()
    ]
    assert asked == [
        ("safety", "1", "0", "1"), ("ethics", "1", "0", "1"), ("blood_bank", "2", "0", "2"),
        ("chemistry", "2", "0", "2"), ("hematology", "2", "2", "0"),
        ("microbiology", "2", "0", "2"), ("remainder", "26", "1", "25"),
    ]  # fmt: skip
    assert (mine["finish_by"], lines["safety"]["finish_by"], lines["hematology"]["finish_by"]) == (
        "2027-05-31", "2027-05-31", None,
    )  # fmt: skip
    assert [part["amount"] for part in lines["hematology"]["counts"]] == ["2"]
    assert [part["amount"] for part in lines["remainder"]["counts"]] == ["1"]
    assert lines["hematology"]["counts"][0]["because"].startswith(
        "Hematology counts toward Hematology (2 points needed). Rules for cycles that end from"
    )
    assert lines["chemistry"]["counts"] == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"credential": "nothing"}, "credential"),
        ({"ends_on": "2047-06-30"}, "ends_on"),
        ({"licensed_on": "2026-01-01"}, "licensed_on"),
        ({"first_renewal": True}, "first_renewal"),
        ({"specialties": ["alchemy"]}, "specialties"),
    ],
)
def test_what_a_credential_does_not_ask_is_named_and_nothing_is_kept(
    rosa: User, program: MakeProgram, change: dict[str, Any], named: str
) -> None:
    answer = program(rosa).post("/me/credentials", MLS | change)
    assert (answer.status, answer.body["code"]) == (422, "invalid_claim")
    assert list(answer.body["problems"]) == [named]
    assert HeldCredential.objects.count() == 0


def test_points_brought_along_are_stated_anew_as_a_whole(rosa: User, program: MakeProgram) -> None:
    mine, path = program(rosa), f"/me/credentials/{holding(rosa).pk}/opening-balances"
    stated = mine.put(path, {"points": {"hematology": "1.5", "chemistry": "2"}}).body["points"]
    assert (stated["hematology"], stated["chemistry"], stated["blood_bank"]) == ("1.5", "2", "0")
    stated = mine.put(path, {"points": {"hematology": "1"}}).body["points"]
    assert (stated["hematology"], stated["chemistry"]) == ("1", "0")
    wrong = mine.put(path, {"points": {"alchemy": "1"}})
    assert (wrong.status, list(wrong.body["problems"])) == (422, ["alchemy"])
    assert mine.get(path).body["points"] == stated


def test_a_line_is_noted_as_typed_once_and_taken_back(rosa: User, program: MakeProgram) -> None:
    mine, path = program(rosa), f"/me/credentials/{holding(rosa).pk}"
    activity = proven(logged(rosa, NOW), NOW)
    line = {"activity": activity.pk, "requirement": "blood_bank"}
    pinned = [mine.post(f"{path}/pins", line | {"amount": "1.5"}).body for _ in range(2)]
    assert pinned == [line | {"amount": "1.5", "cost": "0"}] * 2
    assert CyclePin.objects.count() == 1
    (row,) = [row for group in mine.get(f"{path}/pack").body["groups"] for row in group["rows"]]
    assert row == {
        "activity": str(activity.pk), "requirement": "blood_bank", "amount": "1.5",
        "typed": "1.5", "is_typed": True,
    }  # fmt: skip
    too_much = mine.post(f"{path}/pins", line | {"amount": "5"})
    assert (too_much.status, list(too_much.body["problems"])) == (422, ["amount"])
    assert [mine.post(f"{path}/pins/remove", line).status for _ in range(2)] == [204, 204]
    assert CyclePin.objects.filter(removed_at=None).count() == 0


def test_a_cycle_is_declared_as_it_was_checked(rosa: User, program: MakeProgram) -> None:
    mine, held = program(rosa), holding(rosa)
    path = f"/me/credentials/{held.pk}"
    check = mine.get(f"{path}/declaration-check?declared_on=2026-11-20").body
    said = {"declared_on": "2026-11-20", "confirmation_number": "A 1", "checked": check["checked"]}
    proven(logged(rosa, NOW), NOW)
    changed = mine.post(f"{path}/declarations", said)
    assert (changed.status, changed.body["code"]) == (409, "changed_since_check")
    assert Declaration.objects.count() == 0
    check = mine.get(f"{path}/declaration-check?declared_on=2026-11-20").body
    said |= {"checked": check["checked"]}
    made = [mine.post(f"{path}/declarations", said) for _ in range(2)]
    assert (made[0].status, made[1].body) == (201, made[0].body)
    one = f"{path}/declarations/{made[0].body['id']}"
    sheet = mine.get(one).body["sheet"]
    assert (sheet["groups"], sheet["declared_on"]) == (check["sheet"]["groups"], "2026-11-20")
    assert mine.get(f"{path}/pack").body["declaration_id"] == made[0].body["id"]
    assert [mine.post(f"{one}/withdraw").status for _ in range(2)] == [204, 204]
    (line,) = mine.get(f"{path}/declarations").body["items"]
    assert line["withdrawn_on"] == "2026-11-23"
    ahead = mine.get(f"{path}/declaration-check?declared_on=2026-11-24")
    assert (ahead.status, list(ahead.body["problems"])) == (422, ["declared_on"])


@pytest.mark.one_database
def test_an_audit_is_rehearsed_and_its_papers_come_as_one_archive(
    rosa: User, program: MakeProgram
) -> None:
    mine, held = program(rosa), holding(rosa)
    activity = logged(rosa, NOW)
    path = f"/me/credentials/{held.pk}"
    drill = mine.get(f"{path}/audit").body
    assert [(each["activity"], each["faults"]) for each in drill["findings"]] == [
        (str(activity.pk), ["no_proof"])
    ]
    assert (drill["passes"], drill["at_stake"], drill["uncovered"]) == (False, "1.5", "1.5")
    proven(activity, NOW)
    answer = mine.get(f"{path}/audit/zip")
    names = zipfile.ZipFile(io.BytesIO(answer.raw)).namelist()
    assert answer.headers["Content-Type"] == "application/zip"
    assert sum(name.endswith(".pdf") for name in names) >= 1
    assert mine.get(f"{path}/pack/pdf").raw.startswith(b"%PDF-")
    assert b"Blood bank update" in mine.get(f"{path}/pack/csv").raw


@pytest.mark.one_database
def test_reminders_are_chosen_and_half_of_quiet_hours_is_refused(
    rosa: User, program: MakeProgram
) -> None:
    mine, held = program(rosa), holding(rosa)
    wishes = {
        "days": [30, 90],
        "rule_changes": False,
        "quiet_from": "21:00",
        "quiet_until": "07:00",
    }
    saved = mine.put("/me/reminders", wishes).body
    assert {name: saved[name] for name in wishes} == wishes | {"days": [90, 30]}
    assert [(each["held_id"], each["days"]) for each in saved["coming"]] == [(held.pk, 90)]
    for wrong, named in (
        (wishes | {"quiet_until": None}, "quiet_until"),
        (wishes | {"quiet_until": "21:00"}, "quiet_until"),
    ):
        answer = mine.put("/me/reminders", wrong)
        assert (answer.status, list(answer.body["problems"])) == (422, [named])
    assert mine.get("/me/reminders").body == saved


@pytest.mark.one_database
def test_the_list_of_declarations_takes_the_same_queries_for_one_and_for_three(
    rosa: User, program: MakeProgram, django_assert_num_queries: Any
) -> None:
    from aliquot.credentials.services import withdraw_declaration

    mine, held = program(rosa), holding(rosa)
    path = f"/me/credentials/{held.pk}/declarations"
    mine.get(path)
    for count in (1, 3):
        while Declaration.objects.count() < count:
            made = declared(held, NOW)
            withdraw_declaration(declaration=made, now=NOW, actor_id=rosa.pk)
        with django_assert_num_queries(5):
            assert len(mine.get(path).body["items"]) == count
