"""Adding a credential: at most five answers, and the verdict at once."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import queries
from aliquot.credentials.models import HeldCredential
from aliquot.infra.models import AuditEntry
from aliquot.lib.dates import read_date
from tests.factories.credentials import holding
from tests.web.credentials.reading import ALL, NOW, heading, words


def body(page: Any) -> str:
    """The page as it is sent."""
    text: str = page.content.decode()
    return text


def answers(**changes: str) -> dict[str, str]:
    said = {
        "credential": "ascp_mls",
        "ends_on": "June 30, 2027",
        "first_certified_on": "5/14/2012",
    }
    return {name: value for name, value in (said | changes).items() if value}


def test_a_newcomer_is_told_what_to_do(client: Client, nadia: User) -> None:
    client.force_login(nadia, backend="aliquot.accounts.adapters.backend.Backend")
    page = client.get("/credentials/")
    assert 'href="/credentials/add/"' in page.content.decode()
    assert "Two minutes to your first answer" in words(page)


def test_the_list_begins_with_what_the_bench_holds_and_can_be_searched(rosas: Client) -> None:
    offered = re.findall(r'credential=(\w+)"', rosas.get("/credentials/add/").content.decode())
    assert offered[:2] == ["ascp_mls", "ascp_mlt"]
    assert offered[offered.index("ascp_htl") + 1] == "ascp_at"
    assert len(offered) == len(set(offered)) == len(queries.served_credentials())
    found = rosas.get("/credentials/add/?q=MLT").content.decode()
    assert re.findall(r'credential=(\w+)"', found) == [
        "ascp_mlt",
        "amt_mlt",
        "aab_abor",
        "lic_ca",
        "lic_nd",
    ]


def test_three_answers_give_the_verdict_at_once(rosas: Client, rosa: User) -> None:
    page = rosas.get("/credentials/add/?credential=ascp_mls")
    names = set(re.findall(r'name="(\w+)"', page.content.decode())) - {
        "csrfmiddlewaretoken", "viewport", "description", "theme", "next", "q",
    }  # fmt: skip
    assert {"credential", "ends_on", "first_certified_on", "certified_unknown"} <= names
    assert not names & {"formerly_nca", "international"}
    done = rosas.post("/credentials/add/", answers())
    held = HeldCredential.objects.get()
    assert done["Location"] == f"/credentials/{held.pk}/"
    assert (held.person, held.first_certified_on) == (rosa, date(2012, 5, 14))
    verdict = rosas.get(done["Location"])
    assert heading(verdict) == "36 points to go. Finish and declare by May 31, 2027"


def test_no_credential_asks_for_more_than_six_fields_before_the_verdict(rosas: Client) -> None:
    """The fields of the one form, a group of choices as one, with the question that may follow."""
    most = {}
    for each in queries.served_credentials():
        said = {"credential": each.id, "certified_unknown": "on"}
        form = rosas.post("/credentials/add/", said).context["form"]
        most[each.id] = len(form.visible_fields()) + 1  # the credential itself
    assert most["ascp_mls"] == 6
    assert max(most.values()) == 6


def test_points_of_the_body_are_one_closed_step_after_the_verdict(rosas: Client) -> None:
    done = rosas.post("/credentials/add/", answers())
    held = HeldCredential.objects.get()
    status = rosas.get(done["Location"])
    step = re.search(r"<details([^>]*points-step[^>]*)>(.*?)</details>", body(status), re.DOTALL)
    assert step
    assert "open" not in step[1]
    assert "Already have points on your ASCP page? Add them" in step[2]
    assert re.findall(r'name="(\w+)"[^>]*id="points-', step[2]) == list(ALL)
    assert f'action="/credentials/{held.pk}/points/"' in step[2]
    sent = rosas.post(f"/credentials/{held.pk}/points/", {"hematology": "1.5", "remainder": " 20 "})
    assert sent["Location"] == done["Location"]
    status = rosas.get(sent["Location"])
    assert heading(status) == "14.5 points to go. Finish and declare by May 31, 2027"
    assert "Opening balance, no proof here" in words(status)
    assert "Hematology 1.5 of 2" in words(status)
    assert "0.5 to go" in words(status)
    assert "Already have points" not in words(status)


def test_points_can_be_corrected_on_a_page_of_their_own(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    address = f"/credentials/{held.pk}/points/"
    assert re.findall(r'name="(\w+)"[^>]*id="id_', body(rosas.get(address))) == list(ALL)
    rosas.post(address, {"hematology": "1.5"})
    assert 'value="1.5"' in body(rosas.get(address))


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
    (answers(first_certified_on="May 2011"), "Enter the date with its day, such as May 14, 2011"),
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
