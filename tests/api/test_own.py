"""One's own records: standing and plan as the commands print them, activities, orders, lists."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.credentials.data import shipped
from aliquot.flows.judge_transcript import judge_transcript
from aliquot.flows.place_order import Wish
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document
from tests.api.program import Program
from tests.factories.activities import logged
from tests.factories.catalog import approve, published_course
from tests.factories.certificates import certificate
from tests.factories.credentials import holding
from tests.factories.shop import bought, open_shop, ordered

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_fixed_day() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_the_standing_is_the_document_of_the_command(rosa: User, program: MakeProgram) -> None:
    holding(rosa)
    activity = logged(rosa, NOW)
    transcript = {
        "as_of": "2026-11-23",
        "credentials": [
            {"id": "ascp_mls", "first_certified_on": "2011-05-14", "cycle_ends_on": "2027-06-30"}
        ],
        "activities": [
            {"id": str(activity.pk), "title": activity.title, "completed_on": "2026-03-12",
             "kind": "contact_hours", "amount": "1.5", "areas": ["blood_bank"]}
        ],
    }  # fmt: skip
    read = read_transcript(json.dumps(transcript).encode(), library=shipped())
    expected = verdict_document(read.as_of, judge_transcript(read))
    assert program(rosa).get("/me/standing").body == expected


def test_the_plan_names_courses_that_close_gaps(rosa: User, program: MakeProgram) -> None:
    approve(published_course("HEM-101"), kind="pace")
    nothing = program(rosa).get("/me/plan").body
    assert (nothing["courses"], nothing["optimal"], nothing["verdict"]["credentials"]) == (
        [], True, [],
    )  # fmt: skip
    holding(rosa)
    plan = program(rosa).get("/me/plan?margin=0").body
    assert plan["courses"] == ["here-HEM-101"]
    assert [step["course"] for step in plan["steps"]] == ["HEM-101"]
    assert plan["verdict"]["credentials"][0]["counted"] == "1.25"


def test_credentials_are_listed_with_their_cycles(rosa: User, program: MakeProgram) -> None:
    held = holding(rosa)
    mine = program(rosa)
    (line,) = mine.get("/me/credentials").body["items"]
    assert (line["id"], line["credential"]) == (held.pk, "ascp_mls")
    assert [each["ends_on"] for each in line["cycles"]] == ["2027-06-30"]
    assert line.items() <= mine.get(f"/me/credentials/{held.pk}").body.items()


def test_an_activity_is_corrected_and_withdrawn_and_nothing_is_lost(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    old = logged(rosa, NOW)
    claim = {"title": "Blood bank update", "provider": "State laboratory society",
             "completed_on": "2026-03-12",
             "parts": [{"amount": "2", "areas": ["blood_bank"]}]}  # fmt: skip
    new = mine.post(f"/me/activities/{old.pk}/correct", claim).body
    assert (new["amount"], new["corrects_id"], new["approvals"]) == ("2", old.pk, None)
    assert mine.get(f"/me/activities/{old.pk}").status == 404
    late = mine.post(f"/me/activities/{old.pk}/correct", claim | {"title": "Another"})
    assert (late.status, late.body["code"]) == (409, "already_corrected")
    assert mine.post(f"/me/activities/{new['id']}/withdraw", {}).status == 204
    assert mine.get("/me/activities").body == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("member", "value"),
    [("amount", 1.5), ("amount", "1.505"), ("completed_on", 20260301), ("kind", "hours"),
     ("areas", ["alchemy"]), ("title", None), ("person", 1), ("approvals", "pace")],
)  # fmt: skip
def test_a_wrong_member_is_named_and_nothing_is_kept(
    rosa: User, program: MakeProgram, member: str, value: Any
) -> None:
    mine = program(rosa)
    claim = {"title": "A webinar", "provider": "A society", "completed_on": "2026-03-01",
             "amount": "1.5", "areas": ["hematology"]}  # fmt: skip
    answer = mine.post("/me/activities", claim | {member: value})
    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert answer.body["errors"][0]["where"].startswith(f"/{member}")
    assert mine.get("/me/activities").body["items"] == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b'{"a": "\\u0000"}', "application/json", 400),
        (b"[" * 20_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b" " * 70_000, "application/json", 413),
        (b"", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(
    rosa: User, program: MakeProgram, body: bytes, kind: str, status: int
) -> None:
    mine = program(rosa)
    response = mine.client.post(
        "/api/v1/me/activities", body, content_type=kind,
        headers={"Authorization": f"Bearer {mine.token}"},
    )  # fmt: skip
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_an_order_is_told_with_its_money_and_what_a_refund_gives_today(
    rosa: User, program: MakeProgram
) -> None:
    open_shop()
    order = bought(rosa, "unlimited-year", now=NOW)
    mine = program(rosa)
    (line,) = mine.get("/me/orders").body["items"]
    assert (line["number"], line["state"]) == (order.number, "paid")
    found = mine.get(f"/me/orders/{order.number}").body
    assert found["paid"] == found["captured"] == found["total"]
    assert found["given_back"] == {"amount": "0.00", "currency": "USD"}
    meter = mine.get(f"/me/orders/{order.number}/refund").body
    assert (meter["answer"], meter["amount"]) == ("eligible", found["paid"])


def test_a_list_in_pieces_loses_nothing_when_something_is_added(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    ids = [logged(rosa, NOW, title=f"Update {number}").pk for number in range(3)]
    first = mine.get("/me/activities?limit=2").body
    logged(rosa, NOW, title="Meanwhile")
    rest = mine.get(f"/me/activities?limit=2&cursor={first['next']}").body
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["next"] is None


def test_lists_need_the_same_number_of_queries_for_one_and_for_three(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    open_shop()
    counts: list[dict[str, int]] = []
    for codes in (("HEM-1",), ("HEM-2", "HEM-3")):
        for code in codes:
            certificate(rosa, NOW, code=code)
            logged(rosa, NOW, title=code)
            ordered(rosa, Wish("unlimited-year"), now=NOW, key=code)
        holding(rosa, "ascp_mls" if codes == ("HEM-1",) else "ascp_mlt")
        counts.append({path: queries(mine, path) for path in LISTS})
    assert counts == [LISTS, LISTS]


LISTS = {
    "/me/enrollments": 6,
    "/me/completions": 5,
    "/me/certificates": 4,
    "/me/activities": 5,
    "/me/credentials": 5,
    "/me/orders": 5,
}


def queries(mine: Program, path: str) -> int:
    mine.get(path)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert mine.get(path).status == 200
    return len(found)


def test_the_profile_is_changed_and_a_wrong_field_is_named(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    wanted = {"full_name": "Rosa Méndez-Ortiz", "time_zone": "America/Chicago"}
    assert mine.put("/me", wanted).body["full_name"] == "Rosa Méndez-Ortiz"
    wrong = mine.put("/me", wanted | {"time_zone": "Mars/Base"})
    assert (wrong.status, wrong.body["code"], wrong.body["field"]) == (
        422, "invalid_profile", "time_zone",
    )  # fmt: skip
    assert mine.get("/me").body["time_zone"] == "America/Chicago"
