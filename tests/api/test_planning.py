"""Planning by program: what if, courses from elsewhere, calendars, effects before they happen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from aliquot.accounts.models import User
from aliquot.credentials.models import OutsideOffer
from aliquot.infra.models import AuditEntry
from aliquot.ledger.models import Activity
from tests.api.matrix import CLAIM, OFFER
from tests.api.program import Program
from tests.factories.activities import logged
from tests.factories.credentials import holding, outside_offer
from tests.web.credentials.plans import course

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_fixed_day() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def titles(raw: bytes) -> list[str]:
    return [str(each["summary"]) for each in Calendar.from_ical(raw.decode()).walk("VEVENT")]


def test_the_plan_answers_what_if(rosa: User, program: MakeProgram) -> None:
    held, mine = holding(rosa), program(rosa)
    course("HEM-1", "Cells", hematology="2")
    course("HEM-2", "More cells", hematology="2.5")
    added = mine.post("/me/outside-offers", OFFER).body
    usual = mine.get("/me/plan?margin=0").body
    assert {each["id"] for each in usual["steps"]} == {"here-HEM-1", "here-HEM-2"}
    assert usual["choices"] == [
        {"id": added["candidate"], "title": OFFER["title"], "provider": "A society",
         "course": None, "hours": "2"}
    ]  # fmt: skip
    asked = f"exclude=here-HEM-2&include={added['candidate']}&most=1&only={held.pk}"
    other = mine.get(f"/me/plan?margin=0&{asked}").body
    assert {each["id"]: each["is_asked"] for each in other["steps"]} == {
        "here-HEM-1": False, added["candidate"]: True,
    }  # fmt: skip
    assert [each["id"] for each in other["held_back"]] == ["here-HEM-2"]
    assert max(float(each["hours"]) for each in other["months"]) <= 1
    closes = {each["id"]: each["closes"] for each in other["steps"]}
    assert closes["here-HEM-1"] == [
        {"held_id": held.pk, "credential": "ascp_mls", "requirement": "hematology", "amount": "2"}
    ]
    days = titles(mine.get(f"/me/plan/calendar?margin=0&{asked}").raw)
    assert [each for each in days if each.startswith("Finish")] == [
        "Finish: Cells (2 h)", f"Finish: {OFFER['title']} (2 h)",
    ]  # fmt: skip
    refused = mine.get("/me/plan?margin=101&most=0.1")
    assert [each["where"].split(".")[0] for each in refused.body["errors"]] == ["margin", "most"]


def test_a_course_from_elsewhere_is_kept_once_changed_and_removed(
    rosa: User, stella: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    first, again = (mine.post("/me/outside-offers", OFFER) for _ in range(2))
    assert (first.status, again.body, OutsideOffer.objects.count()) == (201, first.body, 1)
    assert (first.body["price"], first.body["approvals"]) == (OFFER["price"], [])
    path = f"/me/outside-offers/{first.body['id']}"
    free = mine.put(path, {"title": "Other", "parts": [{"hours": "0", "areas": ["ethics"]}]})
    assert (free.status, free.body["code"], set(free.body["problems"])) == (
        422, "invalid_offer", {"parts"},
    )  # fmt: skip
    changed = mine.put(path, OFFER | {"price": None, "approvals": None})
    assert (changed.body["price"], changed.body["approvals"]) == (None, None)
    assert program(stella).get(path).status == 404
    assert [mine.post(f"{path}/remove").status for _ in range(2)] == [204, 404]
    assert mine.get("/me/outside-offers").body["items"] == []
    outside_offer(rosa, NOW)
    assert AuditEntry.objects.filter(action="outside_offer.removed").count() == 1


def test_the_secret_address_of_a_calendar_is_shown_once_and_not_taken_away_by_a_repetition(
    rosa: User, program: MakeProgram
) -> None:
    held, mine = holding(rosa), program(rosa)
    assert mine.get("/me/calendar-feed").body == {"made_at": None}
    made = mine.post("/me/calendar-feed", {"replaces": None})
    assert (made.status, made.body["made_at"]) == (201, "2026-11-23T20:00:00Z")
    repeated = mine.post("/me/calendar-feed", {"replaces": None})
    assert (repeated.status, repeated.body["code"]) == (409, "calendar_feed_changed")
    assert mine.get("/me/calendar-feed").body == {"made_at": made.body["made_at"]}
    address = made.body["url"].removeprefix("http://localhost:8000")
    read = Client().get(address).content
    assert read == mine.get("/me/calendar").raw
    assert read == mine.get(f"/me/credentials/{held.pk}/calendar").raw
    assert "MLS(ASCP): the cycle ends" in titles(read)
    assert mine.post("/me/calendar-feed/off").body == {"made_at": None}
    assert Client().get(address).status_code == 404
    wrong = mine.post("/me/calendar-feed", {"replaces": "yesterday"})
    assert (wrong.status, "2026-11-23T20:00:00Z" in wrong.body["detail"]) == (422, True)


def test_where_an_activity_would_count_is_told_before_it_is_entered(
    rosa: User, program: MakeProgram
) -> None:
    held, mine = holding(rosa), program(rosa)
    checked = mine.post("/me/activity-check", CLAIM | {"approvals": None})
    (effect,) = checked.body["effects"]
    assert (effect["held_id"], effect["missing_without"], effect["missing"]) == (
        held.pk, "36", "34.5",
    )  # fmt: skip
    assert [(each["requirement"], each["amount"]) for each in effect["counted"]] == [
        ("hematology", "1.5")
    ]
    assert (checked.body["looks_like"], Activity.objects.count()) == ([], 0)
    entered = mine.post("/me/activities", CLAIM | {"approvals": None}).body
    now = mine.get(f"/me/activities/{entered['id']}/effects").body["items"]
    assert now == [effect | {"missing_without": None}]
    again = mine.post("/me/activity-check", CLAIM).body
    assert [each["id"] for each in again["looks_like"]] == [entered["id"]]
    instead = mine.post("/me/activity-check", CLAIM | {"instead_of": entered["id"]}).body
    assert instead["looks_like"] == []
    wrong = mine.post("/me/activity-check", CLAIM | {"completed_on": "2027-01-01"})
    assert (wrong.body["code"], set(wrong.body["problems"])) == (
        "invalid_activity", {"completed_on"},
    )  # fmt: skip


def test_the_history_of_an_activity_tells_every_state_from_each_of_them(
    rosa: User, stella: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    old = mine.post("/me/activities", CLAIM).body["id"]
    new = mine.post(f"/me/activities/{old}/correct", CLAIM | {"amount": "2"}).body["id"]
    mine.post(f"/me/activities/{new}/withdraw", {"reason": "Entered by mistake"})
    told = mine.get(f"/me/activities/{old}/history").body["items"]
    assert told == mine.get(f"/me/activities/{new}/history").body["items"]
    assert [
        (each["activity_id"], each["parts"][0]["amount"], each["corrected_by"]) for each in told
    ] == [(new, "2", None), (old, "1.5", new)]
    assert told[0]["reason"] == "Entered by mistake"
    assert mine.get(f"/me/activities/{new}/effects").body == {"items": []}
    assert program(stella).get(f"/me/activities/{old}/history").status == 404


@pytest.mark.one_database
def test_lists_cost_the_same_number_of_queries_however_long_they_are(
    rosa: User, program: MakeProgram
) -> None:
    mine, activity = program(rosa), logged(rosa, NOW).pk
    held = holding(rosa).pk
    paths = (
        "/me/outside-offers", "/me/tokens", f"/me/credentials/{held}/rule-changes",
    )  # fmt: skip
    cost(mine, "/me")  # the first of the day notes that the token was used
    found = []
    for number in range(3):
        outside_offer(rosa, NOW, title=f"Course {number}")
        program(rosa)
        if number != 1:
            found.append([cost(mine, path) for path in paths])
    assert found[0] == found[1] == [4, 4, 5]
    history = []
    for number in range(3):
        history.append(cost(mine, f"/me/activities/{activity}/history"))
        answer = mine.post(
            f"/me/activities/{activity}/correct", CLAIM | {"amount": str(number + 1)}
        )
        activity = answer.body["id"]
    assert history == [7, 7, 7]


def cost(mine: Program, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert mine.get(path).status == 200
    return len(captured)
