"""Sessions end by age: learners idle 14 days or after 90, staff idle 30 minutes or 12 hours."""

from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.infra.sample_site")]


def is_signed_in(client: Client, at: datetime) -> bool:
    with time_machine.travel(at, tick=False):
        return client.get("/plain/").content == b"True"


def signed_in(person: User, at: datetime) -> Client:
    client = Client()
    with time_machine.travel(at, tick=False):
        client.force_login(person)
        assert client.get("/plain/").content == b"True"
    return client


def use_until(client: Client, start: datetime, end: datetime, every: timedelta) -> None:
    moment = start
    while moment < end:
        moment = min(moment + every, end)
        assert is_signed_in(client, moment)


def test_a_learner_stays_signed_in_for_fourteen_idle_days(rosa: User, now: datetime) -> None:
    client = signed_in(rosa, now)
    assert is_signed_in(client, now + timedelta(days=13, hours=23))


def test_a_learner_idle_for_longer_is_signed_out(rosa: User, now: datetime) -> None:
    client = signed_in(rosa, now)
    assert not is_signed_in(client, now + timedelta(days=14, minutes=1))


def test_a_pass_does_not_hide_an_old_session_where_nothing_is_saved(
    amara: User, now: datetime
) -> None:
    client = signed_in(amara, now)
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        assert client.get("/nowhere/", headers={"X-Save-Pass": "x"}).status_code == 404
    assert not Session.objects.exists()


def test_a_learner_is_signed_out_after_ninety_days_whatever_happened(
    rosa: User, now: datetime
) -> None:
    client = signed_in(rosa, now)
    use_until(client, now, now + timedelta(days=90), timedelta(days=10))
    assert not is_signed_in(client, now + timedelta(days=90, minutes=1))


def test_staff_stay_for_thirty_idle_minutes(amara: User, now: datetime) -> None:
    client = signed_in(amara, now)
    assert is_signed_in(client, now + timedelta(minutes=29))
    assert is_signed_in(client, now + timedelta(minutes=58))
    assert not is_signed_in(client, now + timedelta(minutes=89))
    assert not Session.objects.exists()


def test_staff_are_signed_out_after_twelve_hours_whatever_happened(
    amara: User, now: datetime
) -> None:
    client = signed_in(amara, now)
    use_until(client, now, now + timedelta(hours=12), timedelta(minutes=20))
    assert not is_signed_in(client, now + timedelta(hours=12, minutes=1))


def test_signing_in_anew_begins_anew(rosa: User, now: datetime) -> None:
    client = signed_in(rosa, now)
    later = now + timedelta(days=91)
    assert not is_signed_in(client, later)
    with time_machine.travel(later, tick=False):
        client.force_login(rosa)
    assert is_signed_in(client, later + timedelta(days=13))


def test_another_person_in_the_same_browser_begins_anew(
    rosa: User, amara: User, now: datetime
) -> None:
    client = signed_in(rosa, now)
    with time_machine.travel(now, tick=False):
        client.force_login(amara)
    assert is_signed_in(client, now + timedelta(minutes=1))
    assert not is_signed_in(client, now + timedelta(minutes=40))


def test_a_page_view_writes_nothing_until_the_hour_is_over(
    rosa: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(rosa, now)
    with django_assert_num_queries(2) as captured:  # session, person
        assert is_signed_in(client, now + timedelta(minutes=59))
    asked = [query["sql"] for query in captured.captured_queries]
    assert [("SELECT" in sql, "UPDATE" in sql) for sql in asked] == [(True, False)] * 2


def test_the_list_of_sessions_shows_when_this_one_was_last_used(rosa: User, now: datetime) -> None:
    client = signed_in(rosa, now)
    later = now + timedelta(hours=2)
    assert is_signed_in(client, later)
    assert UserSession.objects.get(user=rosa).last_seen_at == later


def test_a_visitor_has_no_session_to_judge(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/plain/").content == b"False"


def test_a_session_shows_what_became_of_it_and_of_its_person_at_once(
    rosa: User, now: datetime
) -> None:
    key = signed_in(rosa, now).cookies["session"].value

    def is_in() -> bool:
        client = Client()  # one that is signed out loses its cookie
        client.cookies["session"] = key
        return is_signed_in(client, now)

    row = Session.objects.get()
    people, sessions = User.objects.filter(pk=rosa.pk), Session.objects.all()
    for what, change, back in (
        (people, {"is_active": False}, {"is_active": True}),
        (sessions, {"expire_date": now}, {"expire_date": row.expire_date}),
        (sessions, {"session_data": "not signed"}, {"session_data": row.session_data}),
        (sessions, {"session_key": "another"}, {"session_key": row.session_key}),
    ):
        what.update(**change)
        assert not is_in()
        what.update(**back)
        assert is_in()
    rosa.set_password("another that is long enough")
    rosa.save()
    assert not is_in()
    assert not is_in()
