"""The plan page: fewest hours over all credentials, why, when, and what if; nobody else's."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import icalendar
import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.catalog.queries import GENERATION
from aliquot.credentials import services
from aliquot.credentials.models import HeldCredential
from aliquot.infra import cache
from aliquot.learning import services as learning
from tests.factories.catalog import approve, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import credit, holding
from tests.factories.learning import started
from tests.web.credentials.plans import (
    ALL_BUT_HEMATOLOGY,
    FLORIDA,
    course,
    listed,
    outside,
    rows,
    whole_catalog,
)
from tests.web.credentials.reading import ALL, NOW, heading, words


def test_the_headline_says_how_many_hours_close_everything(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-1", "A short smear", hematology="0.5")
    course("HEM-2", "Smears", hematology="2")
    course("HEM-3", "Long smears", hematology="3")
    response = rosas.get("/plan/?margin=0")
    assert heading(response) == "2 hours close everything: 1 course"
    assert listed(response) == ["Smears"]
    page = words(response)
    assert "Closes 2 points of Hematology for MLS(ASCP)." in page
    assert "Proven: no other choice of these courses needs fewer hours." in page
    assert "For MLS(ASCP). Finish it by May 31, 2027." in page


def test_two_points_to_spare_are_planned_unless_told_otherwise(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    course("IMM-2", "Antibodies", immunology="2")
    response = rosas.get("/plan/")
    assert heading(response) == "4 hours close everything: 2 courses"
    page = words(response)
    assert "It plans 2 to spare above each total: a proof that fails in an audit" in page
    assert "Adds 2 points to spare for MLS(ASCP)." in page


def test_a_margin_that_cannot_be_reached_is_said(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL)
    course("HEM-1", hematology="1")
    response = rosas.get("/plan/")
    assert heading(response) == "Nothing is missing. 1 hour more makes it safe"
    assert "MLS(ASCP): only 1 point to spare can be planned from these courses." in words(response)


def test_one_course_closes_gaps_of_two_credentials(rosas: Client, rosa: User) -> None:
    balances = {each: amount for each, amount in ALL.items() if each != "hematology"}
    holding(rosa, opening_balances=balances)
    holding(rosa, "ascp_mlt", ends_on=date(2027, 12, 31), opening_balances=balances)
    course("HEM-2", "Smears", hematology="2")
    page = words(rosas.get("/plan/?margin=0"))
    assert (
        "Closes 2 points of Hematology for MLS(ASCP); also 2 points of Hematology for MLT(ASCP)."
        in page
    )
    assert "For MLS(ASCP) and MLT(ASCP) together. Finish it by May 31, 2027." in page


def test_points_brought_along_for_one_credential_never_fill_another(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, opening_balances=ALL)
    holding(rosa, "ascp_mlt", ends_on=date(2027, 12, 31), opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    assert listed(rosas.get("/plan/?margin=0")) == ["Smears"]


def test_a_pin_in_force_is_planned_around(rosas: Client, rosa: User) -> None:
    held = holding(
        rosa, opening_balances=ALL | {"hematology": Decimal(0), "remainder": Decimal(25)}
    )
    done = credit(rosa, hematology="2")
    course("HEM-1", "Smears", hematology="1")
    course("AAA-1", "Antibodies", immunology="1")
    assert listed(rosas.get("/plan/?margin=0")) == ["Antibodies"]
    services.pin_activity(
        held=held, activity_id=done.pk, requirement="remainder", amount=Decimal(1), now=NOW,
        actor_id=rosa.pk,
    )  # fmt: skip
    assert listed(rosas.get("/plan/?margin=0")) == ["Smears"]


def test_only_courses_that_the_body_takes_are_chosen_and_the_gap_says_so(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Refused", approvals=(), hematology="2")
    response = rosas.get("/plan/?margin=0")
    assert heading(response) == "No course here closes what is missing"
    page = words(response)
    assert "MLS(ASCP): 2 points of Hematology stay open" in page
    assert "One course is about it, but with no approval that ASCP takes." in page
    assert "that ASCP takes. Needed by May 31, 2027." in page
    assert "/plan/courses/add/?area=hematology" in response.content.decode()


def test_a_gap_no_course_is_about_says_so(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL | {"ethics": Decimal(0), "hematology": Decimal(0)})
    course("HEM-2", "Smears", hematology="2")
    response = rosas.get("/plan/?margin=0")
    assert heading(response) == "2 hours close all but 1 requirement: 1 course"
    page = words(response)
    assert "MLS(ASCP): 1 point of" in page
    assert "No course in the catalog is about what ASCP takes for" in page


def test_an_approval_that_has_ended_counts_nothing(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", hematology="2", valid_through=date(2026, 11, 22))
    assert listed(rosas.get("/plan/?margin=0")) == []


def test_an_approval_that_ends_first_decides_by_when(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", hematology="2", valid_through=date(2026, 12, 31))
    assert "Finish by December 31, 2026" in words(rosas.get("/plan/?margin=0"))


def test_what_was_done_in_the_cycle_is_left_out_and_named(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    done = published_course("HEM-101", title="Smears I", hours="1", pages=1)
    approve(done, kind="pace")
    finished(rosa, done, NOW - timedelta(days=400))
    course("HEM-2", "Smears II", hematology="2")
    page = words(rosas.get("/plan/?margin=0"))
    assert "Smears II" in page
    assert "Done already Left out: taken again so soon they earn no new credit. Smears I" in page


def test_between_equals_what_is_in_progress_goes_first(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    for code in ("AAA-1", "HEM-2"):
        approve(published_course(code, title=f"Smears {code}", hours="2", pages=1), kind="pace")
    assert listed(rosas.get("/plan/?margin=0")) == ["Smears AAA-1"]
    started(rosa, Course.objects.get(code="HEM-2"), NOW)
    response = rosas.get("/plan/?margin=0")
    assert listed(response) == ["Smears HEM-2"]
    assert "In progress, page 1" in words(response)


def test_between_equals_what_is_owned_goes_first(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("AAA-1", "Not mine", is_free=False, hematology="2")
    mine = course("HEM-2", "Mine", is_free=False, hematology="2")
    learning.grant_entitlement(
        person=rosa, source="grant", course=mine, starts_at=NOW - timedelta(days=1), ends_at=None,
        hours_limit=None, actor_id=None, now=NOW,
    )  # fmt: skip
    response = rosas.get("/plan/?margin=0")
    assert listed(response) == ["Mine"]
    assert "Yours already" in words(response)


def test_by_price_what_is_free_wins_and_what_has_no_price_is_said(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Short and unpriced", is_free=False, hematology="2")
    course("HEM-3", "Long and free", hematology="3")
    response = rosas.get("/plan/?margin=0&by=price")
    assert heading(response) == "$0 closes everything: 1 course"
    assert listed(response) == ["Long and free"]
    assert "1 course has no price here, so the cheapest plan cannot choose them." in words(response)


def test_an_offer_from_elsewhere_is_chosen_like_any_other(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-3", "Long smears", hematology="3")
    outside(rosa)
    response = rosas.get("/plan/?margin=0")
    assert listed(response) == ["Smears, live"]
    page = words(response)
    assert "At A society · $20 · Finish by May 31, 2027" in page
    assert "Smears, live 2 contact hours · A society · $20" in page


OVER = [
    ({"ends_on": date(2026, 11, 22)}, "This cycle ended on November 22, 2026"),
    ({"ends_on": date(2026, 12, 10)}, "November 10, 2026 was the last sensible day."),
]  # fmt: skip


@pytest.mark.parametrize(("said", "why"), OVER)
def test_a_cycle_for_which_it_is_too_late_is_left_out_and_said(
    rosas: Client, rosa: User, said: dict[str, Any], why: str
) -> None:
    holding(rosa, **said)
    course("HEM-2", hematology="2")
    response = rosas.get("/plan/")
    assert heading(response) == "There is no cycle to plan for now"
    assert why in words(response)
    assert listed(response) == []


def test_what_if_a_course_is_left_out_or_put_in(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    course("HEM-3", "Long smears", hematology="3")
    before = rows()
    without = rosas.get("/plan/?margin=0&without=here-HEM-2")
    assert listed(without) == ["Long smears"]
    assert "Left out by you Smears Put it back" in words(without)
    assert "This is a “what if”: nothing is kept." in words(without)
    put_in = rosas.get("/plan/?margin=0&with_=here-HEM-3")
    assert heading(put_in) == "3 hours close everything: 1 course"
    assert listed(put_in) == ["Long smears"]
    page = words(put_in)
    assert "Put in by you" in page
    assert "Proven: no other choice of these courses beside those you put in needs" in page
    assert rows() == before


def test_a_course_left_out_that_would_fill_the_gap_is_blamed(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    page = words(rosas.get("/plan/?margin=0&without=here-HEM-2"))
    assert "You left out 1 course that would fill it." in page


def test_what_if_only_one_credential_counts(rosas: Client, rosa: User) -> None:
    first = holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    holding(
        rosa, "ascp_mlt", ends_on=date(2027, 12, 31),
        opening_balances=ALL | {"chemistry": Decimal(0)},
    )  # fmt: skip
    course("HEM-2", "Smears", hematology="2")
    course("CHE-2", "Lipids", chemistry="2")
    assert listed(rosas.get("/plan/?margin=0")) == ["Smears", "Lipids"]
    response = rosas.get(f"/plan/?margin=0&only={first.pk}")
    assert listed(response) == ["Smears"]
    assert "Not planned for MLT(ASCP) You left it out." in words(response)


def test_a_limit_that_cannot_be_kept_says_what_could(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL | {"remainder": Decimal(12)})
    for number in range(7):
        course(f"IMM-{number}", immunology="2")
    page = words(rosas.get("/plan/?margin=0&most=1"))
    assert (
        "1 hour a month are not enough to be ready in time: it takes at least 2 hours a month."
        in page
    )
    assert "7 months, at most 2 hours in any of them." in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("margin=-1", "Enter a number from 0 to 100."),
        ("margin=x", "Enter a number, such as 1.5."),
        ("margin=1.234", "Enter a number with at most two decimals."),
        ("margin=NaN", "Enter a number from 0 to 100."),
        ("most=0", "Enter a number of hours from 0.25 to 200."),
        ("by=fun", "Choose hours or price."),
        ("only=x", "Choose credentials of the list."),
        ("only=999999", "Choose credentials of the list."),
    ],
)
def test_what_cannot_be_asked_is_said_and_the_plan_shown_all_the_same(
    rosas: Client, rosa: User, query: str, message: str
) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    response = rosas.get(f"/plan/?{query}")
    assert response.status_code == 422
    assert "<title>Error: Plan:" in response.content.decode()
    assert message in words(response)
    assert listed(response) == ["Smears"]


@pytest.mark.parametrize(
    "query", ["without=", "with=%00", "without=" + "x" * 400, "with=nothing", "nothing=1"]
)
def test_odd_addresses_are_no_error(rosas: Client, rosa: User, query: str) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    assert rosas.get(f"/plan/?{query}").status_code == 200


def test_a_plan_that_is_not_proven_says_so(
    rosas: Client, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    monkeypatch.setattr("aliquot.credentials.adapters.highs.solve", lambda *_, **__: None)
    page = words(rosas.get("/plan/?margin=0"))
    assert "Not proven best: the search stopped after 5 seconds." in page
    assert "Proven: no other" not in page


def test_without_a_credential_the_way_in_is_shown(rosas: Client) -> None:
    page = words(rosas.get("/plan/"))
    assert "Which credential do you hold?" in page
    assert rosas.get("/plan/calendar.ics").status_code == 404


def test_an_expired_credential_is_planned_for_without_a_day(rosas: Client, rosa: User) -> None:
    held = holding(rosa, ends_on=date(2026, 10, 31))
    HeldCredential.objects.filter(pk=held.pk).update(expired=True)
    for number in range(18):
        course(f"IMM-{number}", immunology="2")
    page = words(rosas.get("/plan/?margin=0"))
    assert "MLS(ASCP) No day presses" in page


def test_the_calendar_holds_a_day_for_each_course_and_the_last_days(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears; a, b", hematology="2")
    response = rosas.get("/plan/calendar.ics?margin=0")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="plan.ics"'
    calendar = icalendar.Calendar.from_ical(response.content)
    assert [(each.start, str(each["SUMMARY"])) for each in calendar.events] == [
        (date(2026, 11, 30), "Finish: Smears; a, b (2 h)"),
        (date(2027, 5, 31), "MLS(ASCP): last sensible day to finish and declare"),
    ]


def held_and_courses(person: User, count: int) -> None:
    for credential, ends_on in (
        ("ascp_mls", date(2027, 6, 30)), ("ascp_mlt", date(2027, 12, 31)), ("lic_fl", FLORIDA),
    )[:count]:  # fmt: skip
        holding(person, credential, ends_on=ends_on)
    for number in range(count):
        course(f"HEM-{number}", hematology="1.5")
        outside(person, title=f"Outside {number}")
        credit(person, hematology="0.25")
        started(person, published_course(f"RUN-{number}", hours="1", pages=1), NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_of_everything(
    rosas: Client, rosa: User, django_assert_num_queries: Any, count: int
) -> None:
    held_and_courses(rosa, count)
    rosas.get("/courses/")  # the catalog is held from here on
    with django_assert_num_queries(18):
        assert rosas.get("/plan/").status_code == 200


def test_a_whole_cycle_of_a_new_holder_can_be_planned_from_a_catalog(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, first_certified_on=date(2024, 6, 1))
    whole_catalog(molecular=13)
    response = rosas.get("/plan/")
    assert heading(response) == "38 hours close everything: 19 courses"
    assert "Proven: no other choice" in words(response)
    exactly = rosas.get("/plan/?margin=0")
    assert heading(exactly) == "36 hours close everything: 18 courses"


def test_the_day_is_that_of_the_person(rosas: Client, rosa: User, monkeypatch: Any) -> None:
    late = datetime(2027, 6, 1, 3, 0, tzinfo=UTC)  # still May 31 in New York
    monkeypatch.setattr("aliquot.infra.clock.now", lambda: late)
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    course("HEM-2", "Smears", hematology="2")
    assert listed(rosas.get("/plan/?margin=0")) == ["Smears"]


def test_the_next_step_is_the_first_course_here(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL | {"hematology": Decimal(0), "chemistry": Decimal(0)})
    outside(rosa)
    course("CHE-2", "Lipids", chemistry="2")
    page = rosas.get("/plan/?margin=0").content.decode()
    assert '<a class="button" href="/courses/che-2/">Start: Lipids</a>' in page


@pytest.mark.django_db
def test_a_public_page_says_that_a_full_cycle_can_be_planned_only_if_it_can(
    client: Client,
) -> None:
    sentence = "A full cycle of MLS(ASCP) can be planned from this catalog"
    whole_catalog(molecular=11)
    assert sentence not in words(client.get("/for/ascp-mls/"))
    last = course("MOL-99", "The last one", molecular="2")
    cache.raise_generation(GENERATION)
    page = words(client.get("/for/ascp-mls/"))
    assert f"{sentence}: 18 courses, 36 hours, and no choice needs fewer hours." in page
    last.approvals.update(withdrawn_at=NOW)
    cache.raise_generation(GENERATION)
    assert sentence not in words(client.get("/for/ascp-mls/"))
