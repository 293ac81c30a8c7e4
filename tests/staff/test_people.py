"""People in the office: finding them, their record, every read of it logged, roles, access."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.services import add_license_number
from aliquot.catalog.models import Course
from aliquot.infra.models import AuditEntry
from aliquot.learning import access as learning_access
from aliquot.learning.models import Entitlement
from aliquot.learning.services import grant_entitlement
from tests.factories.catalog import published_course
from tests.factories.certificates import certificate
from tests.factories.learning import started
from tests.factories.staff import browser_of, member
from tests.people import person

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=args)


def reads() -> list[tuple[int | None, str, dict[str, Any]]]:
    """Who read whose record: the reader, the object, the details."""
    rows = AuditEntry.objects.filter(action="person.viewed_by_staff").order_by("pk")
    return [(row.actor_id, row.object_id, row.details) for row in rows]


def given(who: User, now: datetime, **changes: Any) -> Entitlement:
    values: dict[str, Any] = {
        "person": who, "source": "grant", "course": None, "starts_at": now, "ends_at": None,
        "hours_limit": None, "actor_id": None, "now": now,
    }  # fmt: skip
    return grant_entitlement(**(values | changes))


# Searching


def test_people_are_found_by_name_and_by_address(
    support: Client, priya: User, rosa: User, marcus: User, stella: User
) -> None:
    for query, expected in {
        "méndez": [rosa], "marcus@": [marcus], "nobody at all": [], "": [], "st": [stella]
    }.items():  # fmt: skip
        found = support.get(at("people"), {"q": query}).context["page"].object_list
        assert (query, list(found)) == (query, expected)


def test_without_a_query_nobody_is_listed(support: Client, rosa: User) -> None:
    page = support.get(at("people")).text
    assert ("rosa@example.org" in page, "Search for somebody" in page) == (False, True)
    assert reads() == []


def test_the_search_finds_people_courses_and_certificates(
    support: Client, rosa: User, now: datetime
) -> None:
    proof = certificate(rosa, now)
    for query, words in {
        "rosa@": "Rosa Méndez",
        "blood smear": "HEM-101",
        "hem-1": "HEM-101",
        proof.code.lower(): proof.content["code"],
    }.items():
        assert (query, words in support.get(at("home"), {"q": query}).text) == (query, True)
    assert "Nothing found" in support.get(at("home"), {"q": "xyzzy"}).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_search_asks_the_same_few_questions_for_any_number_of_people(
    support: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        person(f"found{number}@example.org", f"Found {number}")
    support.get(at("people"), {"q": "found"})
    with django_assert_num_queries(11):
        page = support.get(at("people"), {"q": "found"})
    assert len(page.context["page"].object_list) == count


# The log of reads


def test_every_read_of_a_record_is_logged_with_who_and_where(
    support: Client, priya: User, rosa: User, now: datetime
) -> None:
    proof = certificate(rosa, now)
    support.get(at("people"), {"q": "rosa"})
    support.get(at("home"), {"q": "rosa"})
    support.get(at("home"), {"q": proof.code})
    support.get(at("person", rosa.pk))
    support.get(at("entitlement_grant", rosa.pk))
    support.get(at("certificate", proof.content["code"]))
    seen = (priya.pk, str(rosa.pk))
    assert reads() == [
        (*seen, {"page": page})
        for page in ("search", "search", "search", "record", "access", "certificate")
    ]


def test_a_search_that_shows_several_people_is_one_entry_that_names_them(
    support: Client, priya: User, rosa: User, stella: User
) -> None:
    support.get(at("people"), {"q": "example.org"})
    shown = sorted([rosa.pk, stella.pk])
    assert reads() == [(priya.pk, str(priya.pk), {"page": "search", "people": shown})]


def test_looking_at_oneself_is_no_entry(support: Client, priya: User) -> None:
    assert support.get(at("person", priya.pk)).status_code == 200
    assert reads() == []


def test_a_refused_look_is_no_read(stella: User, rosa: User) -> None:
    assert browser_of(stella).get(at("person", rosa.pk)).status_code == 404
    assert reads() == []


# The record


def test_the_record_shows_profile_licenses_access_courses_and_certificates(
    support: Client, rosa: User, now: datetime
) -> None:
    add_license_number(
        person=rosa, state="FL", profession="Technologist", number="TN 00000", actor_id=rosa.pk
    )
    proof = certificate(rosa, now)
    started(rosa, published_course("SAF-101", title="Chemical Hygiene"), now)
    given(rosa, now, hours_limit=Decimal(8))
    page = support.get(at("person", rosa.pk)).text
    for words in (
        "Rosa Méndez", "rosa@example.org", "Eastern time", "Florida, Technologist, TN 00000",
        "Every course", "8 of 8 contact hours left", "Chemical Hygiene", "Page 1 of 3",
        proof.content["code"], "Completed Nov 23, 2026",
    ):  # fmt: skip
        assert (words, words in page) == (words, True)


def test_the_timeline_tells_what_the_person_did_and_what_was_done_for_them(
    support: Client, office: Client, rosa: User, stella: User, now: datetime
) -> None:
    certificate(rosa, now)
    office.post(at("entitlement_grant", rosa.pk), {"hours_limit": "8", "step": "do"})
    given(stella, now)
    events = support.get(at("person", rosa.pk)).context["events"]
    assert [event["title"] for event in events] == [
        "Access granted", "Course finished, certificate issued", "Test submitted", "Test started",
        "Course started", "Account made",
    ]  # fmt: skip
    assert events[0]["text"] == "Source: grant; up to hours: 8. By Amara Okafor."
    assert events[-1]["text"] == "By the system."


def test_reads_stand_apart_from_deeds_in_the_timeline(support: Client, rosa: User) -> None:
    support.get(at("person", rosa.pk))
    reading = support.get(at("person", rosa.pk), {"show": "reads"}).context["events"]
    assert {event["title"] for event in reading} == {"Record read by staff"}
    assert reading[0]["text"] == "Where: record. By Priya Nair."
    deeds = support.get(at("person", rosa.pk)).context["events"]
    assert [event["title"] for event in deeds] == ["Account made"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_asks_the_same_few_questions_for_any_number_of_things(
    support: Client,
    rosa: User,
    now: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        certificate(rosa, now, code=f"HEM-10{number}")
        given(rosa, now, course=Course.objects.get(code=f"HEM-10{number}"))
    support.get(at("person", rosa.pk))
    with django_assert_num_queries(25):
        page = support.get(at("person", rosa.pk))
    assert len(page.context["certificates"]) == len(page.context["rights"]) == count


# Access


def test_access_to_every_course_is_given_until_the_end_of_the_persons_own_day(
    support: Client, priya: User, rosa: User
) -> None:
    answers = {"course": "", "last_day": "2099-06-30", "hours_limit": "8"}
    checked = support.post(at("entitlement_grant", rosa.pk), answers).text
    for words in ("Every course", "June 30, 2099", "8 contact hours", "rosa@example.org"):
        assert words in checked
    assert not Entitlement.objects.exists()
    support.post(at("entitlement_grant", rosa.pk), {**answers, "step": "do"})
    row = Entitlement.objects.get()
    assert (row.person, row.course, row.source) == (rosa, None, "grant")
    assert row.ends_at == datetime(2099, 7, 1, 4, 0, tzinfo=UTC)  # midnight in New York
    assert (row.hours_limit, row.granted_by_id) == (Decimal(8), priya.pk)
    assert "through Jun 30, 2099" in support.get(at("person", rosa.pk)).text


def test_access_to_one_course_opens_that_course_alone(
    support: Client, rosa: User, now: datetime
) -> None:
    wanted = published_course("HEM-101", is_free=False)
    other = published_course("HEM-201", is_free=False)
    support.post(at("entitlement_grant", rosa.pk), {"course": "HEM-101", "step": "do"})
    later = Entitlement.objects.get().starts_at + timedelta(seconds=1)
    opened = [learning_access.opening_for(rosa, course, later).may for course in (wanted, other)]
    assert opened == [True, False]


@pytest.mark.parametrize(
    "answers",
    [
        {"last_day": "2020-01-01"},
        {"last_day": "soon"},
        {"hours_limit": "0"},
        {"hours_limit": "-1"},
        {"hours_limit": "1.005"},
        {"hours_limit": "NaN"},
        {"course": "NONE-1"},
    ],
)
def test_access_that_makes_no_sense_is_refused(
    support: Client, rosa: User, answers: dict[str, str]
) -> None:
    response = support.post(at("entitlement_grant", rosa.pk), {**answers, "step": "do"})
    assert (response.status_code, Entitlement.objects.count()) == (422, 0)


def test_a_double_click_gives_access_once(support: Client, rosa: User) -> None:
    for _ in range(2):
        support.post(
            at("entitlement_grant", rosa.pk), {"step": "do", "idempotency_key": "one-click"}
        )
    assert Entitlement.objects.count() == 1


def test_access_is_withdrawn_after_a_confirmation_and_then_opens_nothing(
    office: Client, rosa: User, now: datetime
) -> None:
    course = published_course(is_free=False)
    row = given(rosa, now - timedelta(days=1))
    address = at("entitlement_withdraw", rosa.pk, row.pk)
    assert "Finished courses, credit and certificates stay." in office.get(address).text
    office.post(address, {"step": "do"})
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    later = row.withdrawn_at + timedelta(seconds=1)
    assert learning_access.opening_for(rosa, course, later).may is False
    assert AuditEntry.objects.filter(action="entitlement.withdrawn").count() == 1
    assert office.post(address, {"step": "do"}).status_code == 404


def test_support_gives_access_but_takes_none_away(
    support: Client, rosa: User, now: datetime
) -> None:
    row = given(rosa, now)
    page = support.get(at("person", rosa.pk)).text
    assert ("Give access" in page, "Withdraw" in page, "Give a role" in page) == (
        True, False, False,
    )  # fmt: skip
    response = support.post(at("entitlement_withdraw", rosa.pk, row.pk), {"step": "do"})
    row.refresh_from_db()
    assert (response.status_code, row.withdrawn_at) == (404, None)


# Roles


def test_a_role_is_given_after_a_check_and_ends_every_session_of_the_person(
    office: Client, amara: User, rosa: User
) -> None:
    browser = signed_in_for_real(rosa)
    address = at("role_give", rosa.pk)
    assert "signed out everywhere" in office.post(address, {"role": "support"}).text
    assert not StaffRole.objects.filter(person=rosa).exists()
    office.post(address, {"role": "support", "step": "do"})
    role = StaffRole.objects.get(person=rosa)
    assert (role.role, role.granted_by_id) == ("support", amara.pk)
    assert goes_to_sign_in(browser.get(reverse("accounts:profile")))
    entry = AuditEntry.objects.get(action="person.role_granted", object_id=str(rosa.pk))
    assert (entry.actor_id, entry.details) == (
        amara.pk, {"role": "support", "sessions_ended": 1},
    )  # fmt: skip


def goes_to_sign_in(response: Any) -> bool:
    return bool(response["Location"].startswith(reverse("account_login")))


def signed_in_for_real(who: User) -> Client:
    """A browser that signed in by the form, so that the session is on the person's list."""
    browser = Client()
    browser.post(
        reverse("account_login"), {"login": who.email, "password": "a long enough password"}
    )
    assert browser.get(reverse("accounts:profile")).status_code == 200
    return browser


def test_a_role_is_taken_away_and_the_person_is_out_at_once(office: Client, rosa: User) -> None:
    rita = member("support", email="rita@example.org", name="Rita Rowe")
    browser = browser_of(rita)
    assert browser.get(at("person", rosa.pk)).status_code == 200
    office.post(at("role_withdraw", rita.pk, "support"), {})
    assert StaffRole.objects.filter(person=rita).exists()
    office.post(at("role_withdraw", rita.pk, "support"), {"step": "do"})
    assert not StaffRole.objects.filter(person=rita).exists()
    assert goes_to_sign_in(browser.get(at("person", rosa.pk)))
    assert browser_of(rita).get(at("person", rosa.pk)).status_code == 404
    assert AuditEntry.objects.filter(action="person.role_withdrawn").count() == 1


@pytest.mark.parametrize("role", ["owner", "", "administrator' --"])
def test_a_role_outside_the_list_is_refused(office: Client, rosa: User, role: str) -> None:
    response = office.post(at("role_give", rosa.pk), {"role": role, "step": "do"})
    assert (response.status_code, StaffRole.objects.filter(person=rosa).count()) == (422, 0)


def test_nobody_changes_their_own_roles(office: Client, amara: User) -> None:
    held = set(StaffRole.objects.filter(person=amara).values_list("role", flat=True))
    sessions = Session.objects.count()
    for name, args, answers in (
        ("role_give", (amara.pk,), {"role": "reviewer"}),
        ("role_withdraw", (amara.pk, "administrator"), {}),
    ):
        response = office.post(at(name, *args), {**answers, "step": "do"})
        assert response.status_code == 422
        assert "another program administrator" in response.text
    assert set(StaffRole.objects.filter(person=amara).values_list("role", flat=True)) == held
    assert Session.objects.count() == sessions


def test_a_record_names_the_moment_on_the_clock_of_who_reads(
    support: Client, priya: User, rosa: User
) -> None:
    User.objects.filter(pk=priya.pk).update(time_zone="America/Los_Angeles")
    support.get(at("person", rosa.pk))
    events = support.get(at("person", rosa.pk), {"show": "reads"}).context["events"]
    assert events[0]["when"].endswith((" PST", " PDT"))
