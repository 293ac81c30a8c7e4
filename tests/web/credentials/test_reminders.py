"""Choosing reminders, and stopping them by the link in a mail without signing in."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials.access import stop_token
from aliquot.credentials.facts import MailKind
from aliquot.credentials.models import Declaration, ReminderSettings
from aliquot.infra.models import AuditEntry
from tests.factories.credentials import holding
from tests.routes import database_state
from tests.web.credentials.reading import NOW, words

URL = "/credentials/reminders/"
ALL_DAYS = ["180", "90", "30", "7", "1"]


def checked(response: Any) -> list[str]:
    page = response.content.decode()
    inputs = [tag for tag in re.findall(r"<input[^>]+>", page) if " checked" in tag]
    return [re.search(r'value="([^"]+)"', tag).group(1) for tag in inputs if "value=" in tag]  # type: ignore[union-attr]


def test_at_first_all_are_on_and_nothing_is_quiet(rosas: Client) -> None:
    assert checked(rosas.get(URL)) == [*ALL_DAYS, "none"]


CHOICES = [
    ({"quiet": "none"}, (None, None)),
    ({"quiet": "nights"}, (time(8), time(16))),
    ({"quiet": "nights", "quiet_from": "nonsense"}, (time(8), time(16))),
    ({"quiet": "own", "quiet_from": "21:30", "quiet_until": "07:00"}, (time(21, 30), time(7))),
    ({"quiet": "own", "quiet_from": "9:30 PM", "quiet_until": "7 am"}, (time(21, 30), time(7))),
]


@pytest.mark.parametrize(("said", "hours"), CHOICES)
def test_a_choice_is_kept_and_shown_again(
    rosas: Client, said: dict[str, str], hours: tuple[time | None, time | None]
) -> None:
    response = rosas.post(URL, {"days": ["30", "1"], **said})
    assert (response.status_code, response["Location"]) == (302, URL)
    row = ReminderSettings.objects.get()
    assert (row.days, row.rule_changes) == ([30, 1], False)
    assert (row.quiet_from, row.quiet_until) == hours
    assert checked(rosas.get(URL)) == ["30", "1", said["quiet"]]
    assert AuditEntry.objects.latest("id").action == "credential.reminders_chosen"


OWN = {"quiet": "own", "quiet_from": "9:00", "quiet_until": "9:00"}
WRONG = [
    ({"days": ["12"], "quiet": "none"}, "12 is not one of the available choices"),
    ({"quiet": "own"}, "Enter when your quiet hours begin."),
    ({"quiet": "own", "quiet_from": "21:00"}, "Enter when your quiet hours end."),
    (OWN | {"quiet_from": "25:00"}, "Enter a time, such as 9:00 PM."),
    (OWN, "Enter another end, or choose None above."),
    ({}, "This field is required"),
]


@pytest.mark.parametrize(("said", "message"), WRONG)
def test_what_cannot_be_kept_is_said_beside_its_field(
    rosas: Client, said: dict[str, Any], message: str
) -> None:
    before = database_state()
    response = rosas.post(URL, said)
    assert response.status_code == 422
    assert message in words(response)
    assert "<title>Error: " in response.content.decode()
    assert database_state() == before


def test_the_page_says_what_comes_next(rosas: Client, rosa: User) -> None:
    holding(rosa)
    holding(rosa, "lic_ca", ends_on=date(2027, 1, 31))
    holding(rosa, "ascp_mlt", first_certified_on=date(1998, 5, 14))
    page = words(rosas.get(URL))
    assert "MLS(ASCP) December 2, 2026, at 9:00 am 180 days before May 31, 2027" in page
    assert "MLT(ASCP) There is no last day to be reminded of." in page
    # 180 and 90 days have passed: one of them goes now.
    assert "California license November 23, 2026, at 6:00 pm 90 days before January 31" in page


def test_what_is_declared_or_switched_off_has_no_next_one(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    rosas.post(URL, {"quiet": "none"})
    assert "No reminder is left before May 31, 2027." in words(rosas.get(URL))
    Declaration.objects.create(
        cycle=held.cycles.get(), declared_on=date(2026, 11, 20), snapshot={}, recorded_at=NOW
    )
    assert "Noted as done: no more reminders for this cycle." in words(rosas.get(URL))


def test_my_credentials_lead_there(rosas: Client, rosa: User) -> None:
    holding(rosa)
    one = rosas.get("/credentials/").content.decode()
    holding(rosa, "ascp_mlt")
    several = rosas.get("/credentials/").content.decode()
    for page in (one, several):
        assert f'href="{URL}"' in page
        assert 'href="/credentials/calendar/"' in page


STOPS = [
    (MailKind.REMINDERS, "reminders before the last sensible day", ([], True)),
    (MailKind.RULE_CHANGES, "mail about rules that change", ([180, 90, 30, 7, 1], False)),
]


@pytest.mark.parametrize(("kind", "about", "kept"), STOPS)
def test_the_link_of_a_mail_asks_first_and_stops_on_post(
    rosa: User, kind: MailKind, about: str, kept: tuple[list[int], bool]
) -> None:
    url = f"{URL}stop/{stop_token(rosa, kind)}/"
    anybody = Client(enforce_csrf_checks=True)
    before = database_state()
    page = anybody.get(url)
    assert about in words(page)
    assert "Rosa" not in page.content.decode()
    assert database_state() == before
    done = anybody.post(url, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, done["Cache-Control"]) == (200, "no-store")
    row = ReminderSettings.objects.get(person=rosa)
    assert (row.days, row.rule_changes) == kept
    before = database_state()
    assert anybody.post(url).status_code == 200
    assert database_state() == before


def test_a_wrong_link_and_that_of_a_closed_account_are_not_there(rosa: User) -> None:
    before = database_state()
    token = stop_token(rosa, MailKind.REMINDERS)
    for wrong in (token[:-1], token.replace(token[0], "A", 1), "x"):
        assert Client().post(f"{URL}stop/{wrong}/").status_code == 404
    assert database_state() == before
    rosa.is_active = False
    rosa.save()
    assert Client().post(f"{URL}stop/{token}/").status_code == 404


def test_the_page_costs_as_many_reads_for_three_credentials_as_for_one(
    rosas: Client, rosa: User, django_assert_num_queries: Any
) -> None:
    holding(rosa)
    rosas.get(URL)
    with django_assert_num_queries(READS):
        rosas.get(URL)
    holding(rosa, "ascp_mlt")
    holding(rosa, "lic_ca")
    with django_assert_num_queries(READS):
        rosas.get(URL)


READS = 6
