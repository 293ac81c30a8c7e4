"""Pages about credentials: the first verdict, my status with every reason, the public pages."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import queries, services
from aliquot.credentials.models import HeldCredential
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry
from aliquot.web.credentials.forms import read_date
from tests.factories.catalog import approve, published_course
from tests.factories.credentials import credit, holding

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ALL = {
    "safety": Decimal(1), "ethics": Decimal(1), "blood_bank": Decimal(2), "chemistry": Decimal(2),
    "hematology": Decimal(2), "microbiology": Decimal(2), "remainder": Decimal(26),
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens on the evening of November 23, 2026, in New York."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def rosas(client: Client, rosa: User) -> Client:
    """Rosa, signed in."""
    client.force_login(rosa, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def words(response: Any) -> str:
    """What a person reads in <main>, spaces folded."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def heading(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert found is not None
    return " ".join(unescape(found.group(1)).split())


def answers(**changes: str) -> dict[str, str]:
    said = {
        "credential": "ascp_mls",
        "ends_on": "June 30, 2027",
        "first_certified_on": "5/14/2012",
    }
    return {name: value for name, value in (said | changes).items() if value}


# ---------------------------------------------------------------- the first verdict


def test_a_newcomer_is_told_what_to_do(client: Client, nadia: User) -> None:
    client.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/credentials/")
    assert 'href="/credentials/add/"' in page.content.decode()
    assert "Two minutes to your first answer" in words(page)


def test_three_answers_give_the_verdict_at_once(rosas: Client, rosa: User) -> None:
    page = rosas.get("/credentials/add/")
    names = set(re.findall(r'name="(\w+)"', page.content.decode())) - {
        "csrfmiddlewaretoken", "viewport", "description", "theme", "next", "q",
    }  # fmt: skip
    assert {"credential", "ends_on", "first_certified_on", "certified_unknown"} <= names
    assert not names & {"formerly_nca", "international"}
    done = rosas.post("/credentials/add/", answers())
    held = HeldCredential.objects.get()
    assert done["Location"] == f"/credentials/{held.pk}/points/"
    assert (held.person, held.first_certified_on) == (rosa, date(2012, 5, 14))
    verdict = rosas.get(done["Location"])
    assert heading(verdict) == "36 points to go. Finish and declare by May 31, 2027"


def test_the_boxes_come_next_and_are_optional(rosas: Client) -> None:
    rosas.post("/credentials/add/", answers())
    held = HeldCredential.objects.get()
    points = rosas.get(f"/credentials/{held.pk}/points/")
    names = re.findall(r'name="(\w+)"[^>]*id="id_', points.content.decode())
    assert names == list(ALL)
    sent = rosas.post(f"/credentials/{held.pk}/points/", {"hematology": "1.5", "remainder": " 20 "})
    assert sent["Location"] == f"/credentials/{held.pk}/"
    status = rosas.get(sent["Location"])
    assert heading(status) == "14.5 points to go. Finish and declare by May 31, 2027"
    assert "Opening balance, no proof here" in words(status)
    assert "Hematology 1.5 of 2" in words(status)
    assert "0.5 to go" in words(status)


def test_sending_the_answers_twice_adds_one_credential(rosas: Client) -> None:
    first = rosas.post("/credentials/add/", answers())
    second = rosas.post("/credentials/add/", answers())
    assert first["Location"] == second["Location"]
    assert HeldCredential.objects.count() == 1
    assert AuditEntry.objects.filter(action="credential.added").count() == 1


QUESTIONS = [
    ("5/14/1998", "formerly_nca", "Who certified you on May 14, 1998?"),
    ("", "formerly_nca", "Did the NCA certify you before it joined ASCP in October 2009?"),
    ("1/1/2004", "international", "Is it an international certification, ASCPi?"),
    ("12/31/2011", "international", "Is it an international certification, ASCPi?"),
]


@pytest.mark.parametrize(("certified", "name", "question"), QUESTIONS)
def test_one_more_question_is_asked_only_where_it_decides(
    rosas: Client, certified: str, name: str, question: str
) -> None:
    said = answers(first_certified_on=certified)
    if not certified:
        said["certified_unknown"] = "on"
    asked = rosas.post("/credentials/add/", said)
    assert asked.status_code == 200
    assert question in words(asked)
    assert "There is a problem" not in words(asked)
    assert HeldCredential.objects.count() == 0
    again = rosas.post("/credentials/add/", said | {"asked": name})
    assert again.status_code == 422
    assert "Choose one of the answers." in words(again)
    assert rosas.post("/credentials/add/", said | {"asked": name, name: "yes"}).status_code == 302


@pytest.mark.parametrize("certified", ["1/1/2012", "5/14/2020"])
def test_nothing_more_is_asked_where_the_date_decides(rosas: Client, certified: str) -> None:
    assert rosas.post("/credentials/add/", answers(first_certified_on=certified)).status_code == 302


DECISIONS = [
    ({"first_certified_on": "5/14/2012"}, "participation required: certified on May 14, 2012"),
    (
        {"first_certified_on": "5/14/1998", "asked": "formerly_nca", "formerly_nca": "no"},
        "certified on May 14, 1998, before January 1, 2004: participation is voluntary",
    ),
    (
        {"first_certified_on": "5/14/1998", "asked": "formerly_nca", "formerly_nca": "yes"},
        ("participation required: formerly NCA, and not certified by ASCP before January 1, 2004"),
    ),
    (
        {"first_certified_on": "", "certified_unknown": "on", "formerly_nca": "no"},
        "whether you must take part is not known",
    ),
    (
        {"first_certified_on": "5/14/2008", "international": "yes"},
        "before January 1, 2012 (international): participation is voluntary",
    ),
]


@pytest.mark.parametrize(("said", "sentence"), DECISIONS)
def test_the_page_says_who_must_take_part_and_why(
    rosas: Client, said: dict[str, str], sentence: str
) -> None:
    rosas.post("/credentials/add/", answers(**said))
    assert sentence in words(rosas.get("/credentials/"))


BAD = [
    (answers(credential=""), "Choose your credential."),
    (answers(credential="ascp_mlx"), "Choose a credential of the list."),
    (answers(ends_on=""), "Enter the day your cycle ends."),
    (answers(ends_on="soon"), "Enter a date, such as June 30, 2027, or 6/30/2027."),
    (answers(ends_on="13/40/2027"), "Enter a date, such as June 30, 2027, or 6/30/2027."),
    (answers(ends_on="February 30, 2027"), "Enter a date, such as June 30, 2027, or 6/30/2027."),
    (answers(ends_on="June 30, 2072"), "Check the year: a cycle lasts 3 years"),
    (answers(ends_on="6/30/1327"), "Check the year: no cycle that ended before 2000"),
    (answers(first_certified_on=""), "Enter the date, or check “I don't know the date”."),
    (answers(certified_unknown="on"), "not both."),
    (answers(first_certified_on="November 24, 2026"), "Check the date: it is in the future."),
    (answers(ends_on="x" * 500), "Ensure this value has at most 40 characters"),
    (answers(ends_on="<script>alert(1)</script>"), "Enter a date"),
]


@pytest.mark.parametrize(("said", "message"), BAD)
def test_bad_answers_are_named_in_plain_words_and_nothing_is_kept(
    rosas: Client, said: dict[str, str], message: str
) -> None:
    refused = rosas.post("/credentials/add/", said)
    assert refused.status_code == 422
    assert "There is a problem" in words(refused)
    assert message in words(refused)
    assert "<title>Error: " in refused.content.decode()
    assert "<script>alert" not in refused.content.decode()
    assert HeldCredential.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-1", "Enter 0 or more."),
        ("1.125", "Enter at most two decimals, such as 1.25."),
        ("10001", "Enter 10,000 or less."),
        ("many", "Enter a number, such as 1.5."),
        ("1,5", "Enter a number, such as 1.5."),
        ("NaN", "Enter a number, such as 1.5."),
        ("Infinity", "Enter a number, such as 1.5."),
        ("1e3", ""),
    ],
)
def test_bad_points_are_named_beside_their_box(
    rosas: Client, rosa: User, typed: str, message: str
) -> None:
    held = holding(rosa)
    sent = rosas.post(f"/credentials/{held.pk}/points/", {"hematology": typed, "safety": "1"})
    if not message:
        assert sent.status_code == 302
        return
    assert sent.status_code == 422
    assert message in words(sent)
    assert queries.standing_of(held, now=NOW).balances == {}


@pytest.mark.parametrize(
    "typed",
    [
        "June 30, 2027", "june 30 2027", "Jun 30, 2027", "Jun. 30, 2027", "June 30th, 2027",
        "6/30/2027", "06/30/2027", "6-30-2027", "6/30/27", "2027-06-30", "30 June 2027",
        "  June  30,2027 ",
    ],
)  # fmt: skip
def test_dates_are_understood_as_americans_write_them(typed: str) -> None:
    assert read_date(typed, this_year=2026) == date(2027, 6, 30)


@pytest.mark.parametrize("typed", ["", "30/6/2027", "June 2027", "6/30", "27", "٣٠", "6/30/20277"])
def test_what_is_no_date_is_not_guessed(typed: str) -> None:
    assert read_date(typed, this_year=2026) is None


def test_a_year_of_two_digits_is_never_far_ahead() -> None:
    assert read_date("5/14/98", this_year=2026) == date(1998, 5, 14)
    assert read_date("5/14/46", this_year=2026) == date(2046, 5, 14)
    assert read_date("5/14/47", this_year=2026) == date(1947, 5, 14)


# ---------------------------------------------------------------- my credentials


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
        f"{sum(row.amount for row in record.counted):f}"
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
    detail = rosas.get(f"/credentials/{later.pk}/")
    assert heading(detail) == "36 points to go. Finish and declare by May 31, 2028"
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
    client.force_login(stella, backend="allauth.account.auth_backends.AuthenticationBackend")
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


# ---------------------------------------------------------------- public pages


@pytest.mark.parametrize("slug", ["ascp-mls", "ascp-mlt"])
def test_a_public_page_states_who_must_take_part_the_table_and_the_sources(
    client: Client, db: None, slug: str
) -> None:
    page = client.get(f"/for/{slug}/")
    text = words(page)
    for sentence in (
        "First certified on or after January 1, 2004 Required",
        "First certified before January 1, 2004 Voluntary, encouraged",
        "Required, unless ASCP itself certified you in the same category before January 1, 2004",
        "Required if first certified on or after January 1, 2012",
        "October 23, 2009",
        "One P.A.C.E. contact hour may be declared as one CMP point",
        "college courses together give at most 18 of the 36 points",
        "Cycles that end from January 1, 2004 to December 31, 2022",
        "the window opens 90 days and closes 30 days before your cycle ends",
        "2020-07-03",
        "check with ASCP Board of Certification",
        "not affiliated with or endorsed by ASCP",
    ):
        assert sentence in text
    table = [
        (name, points)
        for name, points in re.findall(
            r'<th scope="row">.*?</svg>\s*([\w ]+)</th>\s*<td class="number">(\d+)</td>',
            page.content.decode(),
            re.DOTALL,
        )
    ]
    assert table == [
        ("Safety", "1"), ("Medical ethics", "1"), ("Blood bank", "2"), ("Chemistry", "2"),
        ("Hematology", "2"), ("Microbiology", "2"), ("Any area", "26"),
    ]  # fmt: skip
    assert f'<link rel="canonical" href="http://localhost:8000/for/{slug}/">' in (
        page.content.decode()
    )


def test_public_counts_are_live(client: Client, amara: User) -> None:
    assert "0 courses here, 0 contact hours in all" in words(client.get("/for/ascp-mls/"))
    from aliquot.infra import cache

    approve(published_course("HEM-101", title="Reading the Smear", hours="1.25"))
    published_course("SAF-101", title="Not Accredited", hours="1", area="safety_lab")
    cache.raise_generation("catalog")
    text = words(client.get("/for/ascp-mls/"))
    assert "1 course here, 1.25 contact hours in all" in text
    assert "Reading the Smear 1.25 contact hours" in text
    assert "Carries no accreditation that ASCP takes: earns no points today" in text


def test_the_index_lists_what_is_served(client: Client, db: None) -> None:
    text = words(client.get("/for/"))
    assert "MLS(ASCP) Medical Laboratory Scientist, ASCP 36 points every 3 years confirmed" in text
    assert "MLT(ASCP)" in text


@pytest.mark.parametrize("path", ["/for/ascp-xyz/", "/for/ascp_mls/", "/for/ASCP-MLS/"])
def test_an_unknown_credential_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_way_in_keeps_the_chosen_credential(client: Client, rosas: Client, db: None) -> None:
    page = rosas.get("/for/ascp-mlt/").content.decode()
    assert 'href="/credentials/add/?credential=ascp_mlt"' in page
    form = rosas.get("/credentials/add/?credential=ascp_mlt").content.decode()
    assert re.search(r'value="ascp_mlt"\s+required\s+checked', form)


def test_no_page_promises_to_file_for_the_holder(rosas: Client, rosa: User) -> None:
    services.record_opening_balances(
        held=holding(rosa, ends_on=date(2027, 1, 20)), points=ALL, now=NOW, actor_id=rosa.pk
    )
    assert "nothing here does it for you" in words(rosas.get("/credentials/"))
