"""My credentials: every number the engine's, every point with its reason, nobody else's."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import queries
from aliquot.credentials.models import HeldCredential
from aliquot.infra.models import AuditEntry
from aliquot.lib.decimals import shortest
from tests.factories.catalog import approve, published_course
from tests.factories.credentials import credit, holding
from tests.web.credentials.reading import ALL, NOW, heading, words


def test_every_number_on_the_page_is_the_engines(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances={"chemistry": Decimal("2.25"), "remainder": Decimal("3.5")})
    credit(rosa, hematology="2.75", safety_patient="0.25")
    credit(rosa, day=date(2020, 1, 1), title="An old meeting", chemistry="4")
    credit(rosa, title="A vendor's lunch", approvals=[], microbiology="1")
    [standing] = queries.standings_of(rosa, now=NOW)
    page = words(rosas.get("/credentials/"))
    verdict = standing.verdict
    for line in verdict.requirements:
        assert f"{line.title} {line.counted:f} of {line.needed:f}" in page
    assert f"All {verdict.counted:f} {verdict.needed:f} {verdict.missing:f}" in page
    shown = re.findall(r"Amount: ([\d.]+)", page)
    counted = [
        shortest(sum((row.amount for row in record.counted), Decimal(0)))
        for record in standing.records
        if record.counted
    ]
    assert sorted(shown) == sorted(counted)
    refused = re.findall(r"Not counted: ([\d.]+)", page)
    assert sorted(refused) == sorted(f"{r.amount:f}" for r in verdict.not_counted)


def test_what_does_not_count_says_why(rosas: Client, rosa: User) -> None:
    holding(rosa)
    credit(rosa, day=date(2024, 6, 30), title="A day too early", chemistry="1")
    credit(rosa, title="A vendor's lunch", approvals=[], chemistry="1")
    page = words(rosas.get("/credentials/"))
    assert (
        "Completed on June 30, 2024; what counts is completed from July 1, 2024 to June 30, 2027"
        in page
    )
    assert "It has no approval; accepted: P.A.C.E." in page


STATES = [
    (date(2027, 6, 30), {}, "36 points to go. Finish and declare by May 31, 2027"),
    (
        date(2027, 6, 30), ALL,
        "All 36 points are in. Declare from April 1, 2027, to May 31, 2027",
    ),
    (date(2027, 1, 20), ALL, "All 36 points are in. Declare by December 21, 2026"),
    (date(2026, 12, 10), {}, "36 points to go before December 10, 2026"),
    (
        date(2026, 12, 10), ALL,
        "All 36 points are in. Declare today: the cycle ends December 10, 2026",
    ),
    (date(2026, 11, 22), {}, "This cycle ended on November 22, 2026, 36 points short"),
    (date(2026, 11, 22), ALL, "This cycle ended on November 22, 2026 with all 36 points"),
]  # fmt: skip


@pytest.mark.parametrize(("ends_on", "balances", "title"), STATES)
def test_the_headline_gives_the_date_first(
    rosas: Client, rosa: User, ends_on: date, balances: dict[str, Decimal], title: str
) -> None:
    holding(rosa, ends_on=ends_on, opening_balances=balances)
    assert heading(rosas.get("/credentials/")) == title


def test_a_voluntary_holder_sees_the_last_three_years_and_no_deadline(
    rosas: Client, rosa: User
) -> None:
    holding(rosa, first_certified_on=date(1998, 5, 14))
    page = rosas.get("/credentials/")
    assert heading(page) == "Voluntary: 0 of 36 points in the last three years"
    assert "November 24, 2023 to November 23, 2026" in words(page)
    assert "days left" not in words(page)
    assert "Last sensible day" not in words(page)


def test_an_expired_one_sees_what_getting_it_back_takes(rosas: Client, rosa: User) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30))
    rosas.post(
        f"/credentials/{held.pk}/change/",
        {"ends_on": "6/30/2026", "first_certified_on": "5/14/2011", "expired": "on"},
    )
    page = rosas.get("/credentials/")
    assert heading(page) == "36 points to go to get MLS(ASCP) back"


def test_a_cycle_of_2022_is_judged_without_ethics(rosas: Client, rosa: User) -> None:
    holding(rosa, ends_on=date(2022, 12, 31))
    page = words(rosas.get("/credentials/"))
    assert "ASCP rules for renewals 2004 to 2022" in page
    assert "Medical ethics 0 of 1" not in page
    assert "Any area 0 of 27" in page


def test_a_cycle_before_all_known_rules_says_so(rosas: Client, rosa: User) -> None:
    holding(rosa, ends_on=date(2003, 6, 30), first_certified_on=None)
    page = words(rosas.get("/credentials/"))
    assert "No rules are known for cycles that end this early" in page
    assert "None" not in page


def test_courses_in_reach_are_listed_with_the_gap_they_close(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances={"hematology": Decimal("1.5")})
    approve(published_course("HEM-101", title="Reading the Smear", hours="1.25"))
    published_course("HEM-102", title="Not Accredited", hours="1")
    page = rosas.get("/credentials/")
    assert "Reading the Smear 1.25 contact hours, fills 0.5" in words(page)
    assert 'href="/courses/hem-101/"' in page.content.decode()
    assert "Not Accredited" not in words(page)
    assert "Nobody pays for a place." in words(page)


def test_rules_sources_dates_and_disclaimer_stand_on_the_page(rosas: Client, rosa: User) -> None:
    holding(rosa)
    page = words(rosas.get("/credentials/"))
    assert "Cycles that end on or after January 1, 2023." in page
    assert "Sources S14 , S9 , S1 , last verified November 23, 2026, confirmed." in page
    assert "https://www.ascp.org/boc/maintain-your-credentials/participation-in-cmp" in page
    assert "undated, new site (c. 2025-26)" in page
    assert "check with ASCP Board of Certification before you rely on it" in page
    assert "not affiliated with or endorsed by ASCP" in page


def test_two_credentials_get_a_card_each_the_first_to_finish_on_top(
    rosas: Client, rosa: User
) -> None:
    later = holding(rosa, "ascp_mls", ends_on=date(2028, 6, 30))
    sooner = holding(rosa, "ascp_mlt")
    page = rosas.get("/credentials/")
    assert heading(page) == "36 points to go. Finish and declare by May 31, 2027"
    assert re.findall(r'id="held-(\d+)"', page.content.decode()) == [
        str(sooner.pk), str(later.pk),
    ]  # fmt: skip
    assert "by May 31, 2027 Cycle July 1, 2024 to June 30, 2027 · " in words(page)
    detail = rosas.get(f"/credentials/{later.pk}/")
    assert heading(detail) == "36 points to go. Finish and declare by May 31, 2028"
    assert "MLS(ASCP) · cycle July 1, 2025 to June 30, 2028 · " in words(detail)
    assert "Also held MLT(ASCP)" in words(detail)


def test_the_page_takes_as_many_reads_for_three_as_for_one(
    rosas: Client, rosa: User, django_assert_max_num_queries: Any
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1)})
    credit(rosa, hematology="1")
    approve(published_course())
    url = f"/credentials/{held.pk}/"
    rosas.get(url)
    with django_assert_max_num_queries(17) as one:
        rosas.get(url)
    holding(rosa, "ascp_mlt", opening_balances={"safety": Decimal(1), "ethics": Decimal(1)})
    for number in range(3):
        credit(rosa, hematology="1", chemistry="1")
        approve(published_course(f"CHE-{number}", area="chemistry"), number=f"D{number}")
    rosas.get(url)
    with django_assert_max_num_queries(17) as three:
        rosas.get(url)
    assert len(three) == len(one)


PAGES = ["", "points/", "change/", "next/", "remove/"]


@pytest.mark.parametrize("page", PAGES)
def test_another_persons_credential_is_not_there(
    client: Client, rosa: User, stella: User, page: str
) -> None:
    held = holding(rosa)
    client.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    theirs = client.get(f"/credentials/{held.pk}/{page}")
    absent = client.get(f"/credentials/{held.pk + 999}/{page}")
    assert (theirs.status_code, absent.status_code) == (404, 404)
    if page:
        assert client.post(f"/credentials/{held.pk}/{page}").status_code == 404
    assert HeldCredential.objects.get().removed_at is None


@pytest.mark.parametrize("page", ["", "add/", "1/", *(f"1/{page}" for page in PAGES[1:])])
def test_a_visitor_is_sent_to_sign_in(client: Client, db: None, page: str) -> None:
    sent = client.get(f"/credentials/{page}")
    assert sent.status_code == 302
    assert sent["Location"].startswith("/account/login/?next=/credentials/")


def test_changing_the_next_cycle_and_removing_work_by_plain_forms(
    rosas: Client, rosa: User
) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30))
    change = rosas.get(f"/credentials/{held.pk}/change/").content.decode()
    assert 'value="June 30, 2026"' in change
    assert 'value="May 14, 2011"' in change
    refused = rosas.post(f"/credentials/{held.pk}/next/", {"ends_on": "6/30/2026"})
    assert refused.status_code == 302  # the same end again: nothing to do
    refused = rosas.post(f"/credentials/{held.pk}/next/", {"ends_on": "6/29/2026"})
    assert "The next cycle must end after June 30, 2026." in words(refused)
    rosas.post(f"/credentials/{held.pk}/next/", {"ends_on": "6/30/2029"})
    assert heading(rosas.get("/credentials/")) == (
        "36 points to go. Finish and declare by May 31, 2029"
    )
    assert "Remove MLS(ASCP)?" in words(rosas.get(f"/credentials/{held.pk}/remove/"))
    assert rosas.post(f"/credentials/{held.pk}/remove/")["Location"] == "/credentials/"
    assert rosas.get(f"/credentials/{held.pk}/").status_code == 404


def test_reading_changes_nothing(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    before = AuditEntry.objects.count()
    for page in PAGES:
        assert rosas.get(f"/credentials/{held.pk}/{page}").status_code == 200
    assert AuditEntry.objects.count() == before
