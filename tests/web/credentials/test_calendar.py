"""One's dates in a calendar: whoever has the address reads them, and nobody else."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from aliquot.accounts.models import User
from aliquot.credentials import services
from aliquot.credentials.models import CalendarFeed, Declaration
from aliquot.infra.models import AuditEntry
from tests.factories.credentials import credit, holding
from tests.routes import database_state
from tests.web.credentials.reading import ALL, NOW, words

ADDRESS = re.compile(r'value="http://localhost:8000(/calendar/[\w-]{43}\.ics)"')


def make(client: Client, replaces: str = "") -> Any:
    return client.post("/credentials/calendar/", {"deed": "make", "replaces": replaces})


def address(response: Any) -> str:
    found = ADDRESS.search(response.content.decode())
    assert found is not None
    return found.group(1)


def replaces(client: Client) -> str:
    page = client.get("/credentials/calendar/").content.decode()
    found = re.search(r'name="replaces" value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def read(response: Any) -> dict[str, date]:
    assert response.status_code == 200
    events = Calendar.from_ical(response.content).walk("VEVENT")
    return {str(event["SUMMARY"]): event.start for event in events}


def test_the_address_is_shown_once_and_only_its_hash_is_kept(rosas: Client, rosa: User) -> None:
    url = address(make(rosas))
    row = CalendarFeed.objects.get()
    assert url.removeprefix("/calendar/").removesuffix(".ics") not in str(row.__dict__)
    assert re.fullmatch("[0-9a-f]{64}", row.token_hash)
    page = rosas.get("/credentials/calendar/")
    assert ADDRESS.search(page.content.decode()) is None
    assert "You have an address, made on November 23, 2026." in words(page)
    assert AuditEntry.objects.latest("id").action == "credential.calendar_feed_made"
    assert rosa.pk == row.person_id


def test_a_program_without_a_cookie_reads_the_three_days_of_a_cycle(
    rosas: Client, rosa: User
) -> None:
    held = holding(rosa, opening_balances={"hematology": Decimal("1.5")})
    response = Client().get(address(make(rosas)))
    assert read(response) == {
        "MLS(ASCP): ASCP lets you declare from today": date(2027, 4, 1),
        "MLS(ASCP): last sensible day to declare": date(2027, 5, 31),
        "MLS(ASCP): the cycle ends": date(2027, 6, 30),
    }
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    [event, *_] = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["DESCRIPTION"]).splitlines() == [
        "34.5 points to go.", "Safety: 1 to go", "Medical ethics: 1 to go",
        "Blood bank: 2 to go", "Chemistry: 2 to go", "Hematology: 0.5 to go",
        "Microbiology: 2 to go", "Any area: 26 to go", "",
        f"http://localhost:8000/credentials/{held.pk}/",
    ]  # fmt: skip
    assert "Rosa" not in response.content.decode()


def test_the_same_record_gives_the_same_bytes_and_a_change_a_higher_sequence(
    rosas: Client, rosa: User
) -> None:
    holding(rosa)
    url = address(make(rosas))
    before = Client().get(url).content
    assert Client().get(url).content == before
    credit(rosa, day=date(2026, 11, 20), hematology="1")
    after = Client().get(url).content
    old, new = (Calendar.from_ical(file).walk("VEVENT") for file in (before, after))
    assert [event["UID"] for event in old] == [event["UID"] for event in new]
    assert [event["SEQUENCE"] for event in new] == [event["SEQUENCE"] + 1 for event in old]
    assert all(a["DTSTAMP"].dt < b["DTSTAMP"].dt for a, b in zip(old, new, strict=True))


def test_a_corrected_end_moves_the_days_of_the_same_events(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    url = address(make(rosas))
    before = Calendar.from_ical(Client().get(url).content).walk("VEVENT")
    rosas.post(
        f"/credentials/{held.pk}/change/",
        {"ends_on": "7/31/2027", "first_certified_on": "5/14/2011"},
    )
    after = Calendar.from_ical(Client().get(url).content).walk("VEVENT")
    assert [event.start for event in after] == [
        date(2027, 5, 2), date(2027, 7, 1), date(2027, 7, 31),
    ]  # fmt: skip
    assert {event["UID"] for event in before} == {event["UID"] for event in after}
    assert all(b["SEQUENCE"] > a["SEQUENCE"] for a, b in zip(before, after, strict=True))


def test_a_license_without_a_window_has_one_day(rosas: Client, rosa: User) -> None:
    holding(rosa, "lic_ca", ends_on=date(2027, 6, 30))
    assert read(Client().get(address(make(rosas)))) == {
        "California license: last sensible day to finish, the cycle ends": date(2027, 6, 30)
    }


def test_what_is_declared_shows_only_the_end_without_an_alarm(rosas: Client, rosa: User) -> None:
    held = holding(rosa, opening_balances=ALL)
    Declaration.objects.create(
        cycle=held.cycles.get(), declared_on=date(2026, 11, 20), snapshot={}, recorded_at=NOW
    )
    response = Client().get(address(make(rosas)))
    assert read(response) == {"MLS(ASCP): the cycle ends": date(2027, 6, 30)}
    assert b"BEGIN:VALARM" not in response.content
    assert b"Declared on November 20\\, 2026." in response.content


def test_voluntary_and_removed_credentials_bring_no_days(rosas: Client, rosa: User) -> None:
    holding(rosa, first_certified_on=date(1998, 5, 14))
    services.remove_credential(held=holding(rosa, "ascp_mlt"), now=NOW, actor_id=rosa.pk)
    assert read(Client().get(address(make(rosas)))) == {}


def test_a_new_address_ends_the_old_one(
    rosas: Client, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = address(make(rosas))
    monkeypatch.setattr("aliquot.infra.clock.now", lambda: NOW + timedelta(minutes=1))
    new = address(make(rosas, replaces(rosas)))
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_the_form_sent_twice_does_not_take_away_the_address_it_showed(rosas: Client) -> None:
    url = address(make(rosas))
    before = database_state()
    assert make(rosas).status_code == 409
    assert database_state() == before
    assert Client().get(url).status_code == 200


def test_switched_off_it_answers_nothing(rosas: Client) -> None:
    url = address(make(rosas))
    assert rosas.post("/credentials/calendar/", {"deed": "off"}).status_code == 302
    assert Client().get(url).status_code == 404
    before = database_state()
    rosas.post("/credentials/calendar/", {"deed": "off"})
    assert database_state() == before


def test_a_closed_account_has_no_calendar(rosas: Client, rosa: User) -> None:
    url = address(make(rosas))
    rosa.is_active = False
    rosa.save()
    assert Client().get(url).status_code == 404


def test_guessing_is_slowed_down_and_reading_too_often_as_well(rosas: Client) -> None:
    url = address(make(rosas))
    guesses = [Client().get(f"/calendar/{number}.ics").status_code for number in range(31)]
    assert guesses == [404] * 30 + [429]
    reads = [Client().get(url).status_code for _ in range(31)]
    assert reads == [200] * 30 + [429]


def test_one_credential_as_a_file_for_its_holder_only(
    rosas: Client, rosa: User, stella: User
) -> None:
    held = holding(rosa)
    holding(rosa, "ascp_mlt")
    response = rosas.get(f"/credentials/{held.pk}/calendar.ics")
    assert len(read(response)) == 3
    assert response["Content-Disposition"] == 'attachment; filename="ascp-mls.ics"'
    strangers = Client()
    strangers.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    assert strangers.get(f"/credentials/{held.pk}/calendar.ics").status_code == 404


def test_the_feed_costs_as_many_reads_for_three_credentials_as_for_one(
    rosas: Client, rosa: User, django_assert_num_queries: Any
) -> None:
    holding(rosa)
    credit(rosa, day=date(2026, 11, 19), hematology="1")
    url = address(make(rosas))
    Client().get(url)
    with django_assert_num_queries(FEED):
        Client().get(url)
    holding(rosa, "ascp_mlt")
    holding(rosa, "lic_ca")
    credit(rosa, day=date(2026, 11, 20), hematology="1")
    credit(rosa, day=date(2026, 11, 21), hematology="1")
    with django_assert_num_queries(FEED):
        Client().get(url)


FEED = 10
