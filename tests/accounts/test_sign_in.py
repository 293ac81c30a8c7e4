"""Signing up, in and out: passwords, codes, passkeys, limits, and nothing given away.

The library does the work (django-allauth); these tests hold what we promise of it, over its real
addresses, with its counters in the shared cache.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.infra import environment, metrics, shared_cache
from aliquot.infra.models import OutboxMail
from tests.accounts.signing_in import (
    LOCKED,
    LOGIN,
    actions,
    code_of,
    is_in,
    last_mail,
    second_step,
    sign_in,
    sign_up,
    signed_in,
    wrong_code_of,
)
from tests.people import PASSWORD
from tests.ports import free_port

pytestmark = pytest.mark.django_db


# Signing up


def test_signing_up_asks_for_the_code_in_the_mail_and_then_one_is_in() -> None:
    browser = Client()
    response = sign_up(browser, "new@example.org")
    assert response["Location"] == reverse("account_email_verification_sent")
    assert not is_in(browser)
    mail = last_mail()
    assert mail.recipients == ["new@example.org"]
    code = mail.subject.removeprefix("Your code: ")
    assert code in mail.text
    wrong = browser.post(response["Location"], {"code": "WRONG1"})
    assert (wrong.status_code, is_in(browser)) == (200, False)
    elsewhere = Client()
    elsewhere.post(response["Location"], {"code": code})
    assert not is_in(elsewhere), "a code belongs to the browser that asked for it"
    right = browser.post(response["Location"], {"code": code})
    assert right["Location"] == reverse("learning:home")
    assert is_in(browser)
    person = User.objects.get()
    assert (person.email, person.full_name) == ("new@example.org", "New Person")
    assert EmailAddress.objects.get().verified is True
    assert actions() == ["person.signed_up", "person.signed_in"]


def test_a_code_of_the_mail_may_be_tried_three_times() -> None:
    browser = Client()
    address = sign_up(browser, "new@example.org")["Location"]
    code = last_mail().subject.removeprefix("Your code: ")
    for _ in range(3):
        browser.post(address, {"code": "WRONG1"})
    browser.post(address, {"code": code})
    assert not is_in(browser)
    assert EmailAddress.objects.get().verified is False


def test_a_new_code_may_be_asked_for_and_the_one_before_works_no_more(
    the_clock_can_be_moved: time_machine.Traveller,
) -> None:
    browser = Client()
    address = sign_up(browser, "new@example.org")["Location"]
    first = last_mail().subject
    assert "Send a new code" in browser.get(address).content.decode()
    assert browser.post(address, {"action": "resend"}).status_code == 429, "one in half a minute"
    assert OutboxMail.objects.count() == 1
    the_clock_can_be_moved.shift(timedelta(seconds=31))
    browser.post(address, {"action": "resend"})
    newest = last_mail().subject
    assert newest != first
    refused = browser.post(address, {"code": first.removeprefix("Your code: ")})
    assert "Type the one in our newest mail." in refused.content.decode()
    browser.post(address, {"code": newest.removeprefix("Your code: ")})
    assert is_in(browser)


def test_new_codes_buy_no_new_tries(the_clock_can_be_moved: time_machine.Traveller) -> None:
    browser = Client()
    address = sign_up(browser, "new@example.org")["Location"]
    for _ in range(2):
        browser.post(address, {"code": "WRONG1"})
        the_clock_can_be_moved.shift(timedelta(seconds=31))
        browser.post(address, {"action": "resend"})
    browser.post(address, {"code": "WRONG1"})
    browser.post(address, {"code": last_mail().subject.removeprefix("Your code: ")})
    assert not is_in(browser)


def test_a_code_of_the_mail_works_for_ten_minutes(
    the_clock_can_be_moved: time_machine.Traveller,
) -> None:
    browser = Client()
    address = sign_up(browser, "new@example.org")["Location"]
    code = last_mail().subject.removeprefix("Your code: ")
    the_clock_can_be_moved.shift(timedelta(minutes=10, seconds=1))
    browser.post(address, {"code": code})
    assert not is_in(browser)
    assert EmailAddress.objects.get().verified is False


def test_before_the_address_is_confirmed_the_password_lets_nobody_in(
    the_clock_can_be_moved: time_machine.Traveller,
) -> None:
    sign_up(Client(), "new@example.org")
    the_clock_can_be_moved.shift(timedelta(seconds=31))  # a new code at most every 30 seconds
    browser = Client()
    response = sign_in(browser, "new@example.org")
    assert response["Location"] == reverse("account_email_verification_sent")
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("password", "is_kept"),
    [
        ("x" * 11, False),
        ("cellophane 12", True),
        ("q" * 64 + "w" * 64, True),
        ("q" * 64 + "w" * 65, False),
        ("password1234", False),  # in the list of common ones
        ("contraseña segura", True),
        ("Aliquot Laboratory 1", False),  # made of what others try first here
        ("new@example.org 123", False),  # their own address
        ("aliquot zebra lamp", True),
    ],
)
def test_passwords_have_twelve_to_128_characters_and_are_not_easily_guessed(
    password: str, is_kept: bool
) -> None:
    response = sign_up(Client(), "new@example.org", password1=password)
    assert (User.objects.exists(), response.status_code) == (is_kept, 302 if is_kept else 200)


@pytest.mark.one_database
def test_a_password_is_taken_exactly_as_it_was_typed(the_clock_can_be_moved: Any) -> None:
    typed = "  Zebra LAMP \u212b and spaces "
    browser = Client()
    address = sign_up(browser, "new@example.org", password1=typed)["Location"]
    browser.post(address, {"code": last_mail().subject.removeprefix("Your code: ")})
    for other in (typed.strip(), typed.lower(), typed[:-1]):
        sign_in(elsewhere := Client(), "new@example.org", other)
        assert not is_in(elsewhere)
    sign_in(elsewhere := Client(), "new@example.org", typed)
    assert is_in(elsewhere)


@pytest.mark.one_database
@pytest.mark.parametrize("name", [LOGIN, "account_signup"])
def test_a_field_for_a_password_hides_it_and_helps_password_managers(name: str) -> None:
    [field] = re.findall(r"<input[^>]*name=\"password1?\"[^>]*>", Client().get(reverse(name)).text)
    assert 'type="password"' in field
    assert re.search(r'autocomplete="(current|new)-password"', field)


@pytest.mark.parametrize("name", ["", "   ", "Rosa\u202ezedneM"])
def test_nobody_signs_up_without_a_name_that_can_be_printed(name: str) -> None:
    assert sign_up(Client(), "new@example.org", full_name=name).status_code == 200
    assert (User.objects.count(), OutboxMail.objects.count()) == (0, 0)


def test_a_sign_up_takes_no_field_that_is_not_in_its_form() -> None:
    sign_up(Client(), "new@example.org", is_active="", id="77", date_joined="2001-01-01")
    person = User.objects.get()
    assert (person.is_active, person.pk != 77, person.date_joined.year) == (True, True, 2026)


# Signing in and out


def test_signing_in_gives_the_session_a_new_key_and_leads_where_one_was_going(rosa: User) -> None:
    browser = Client()
    sign_in(browser, rosa, "wrong password at first")
    before = browser.session.session_key
    browser.get(reverse(LOGIN))
    wanted = reverse("certificates:list")
    response = browser.post(
        f"{reverse(LOGIN)}?next={wanted}",
        {"login": "ROSA@example.org", "password": PASSWORD, "next": wanted},
    )
    assert response["Location"] == wanted
    assert browser.session.session_key not in {None, before}


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_after_signing_in_nobody_is_sent_to_another_site(rosa: User, target: str) -> None:
    response = Client().post(
        reverse(LOGIN), {"login": rosa.email, "password": PASSWORD, "next": target}
    )
    assert response["Location"] == reverse("learning:home")


def test_signing_out_ends_the_session_for_good(rosa: User) -> None:
    browser = signed_in(rosa)
    key = browser.session.session_key
    browser.post(reverse("account_logout"))
    stolen = Client()
    stolen.cookies["session"] = str(key)
    assert (is_in(browser), is_in(stolen)) == (False, False)
    assert actions()[-1] == "person.signed_out"


def test_a_closed_account_does_not_sign_in(rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    browser = Client()
    sign_in(browser, rosa)
    assert not is_in(browser)


# Limits


def test_five_wrong_passwords_lock_the_account_for_five_minutes(
    rosa: User, marcus: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    browser = Client()
    for _ in range(5):
        assert LOCKED not in sign_in(browser, rosa, "wrong password").text
    assert LOCKED in sign_in(browser, rosa).text
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    assert LOCKED in sign_in(elsewhere, rosa).text
    assert (is_in(browser), is_in(elsewhere)) == (False, False)
    signed_in(marcus)
    the_clock_can_be_moved.shift(timedelta(minutes=5, seconds=1))
    signed_in(rosa)


def test_an_account_has_one_counter_however_its_address_is_written(rosa: User) -> None:
    EmailAddress.objects.create(user=rosa, email="second@example.org", verified=True)
    browser = Client()
    for address in (
        "rosa@example.org", "ROSA@example.org", "Rosa@Example.ORG", "second@example.org",
        "Second@example.org",
    ):  # fmt: skip
        sign_in(browser, address, "wrong password")
    for address in ("rosa@example.org", "second@example.org"):
        assert LOCKED in sign_in(browser, address).text


def test_wrong_passwords_and_wrong_codes_are_counted_together(rosa: User) -> None:
    """Past bug elsewhere: a limit on one way in, none on the other."""
    set_up_codes(person=rosa)
    browser = Client()
    for _ in range(3):
        sign_in(browser, rosa, "wrong password")
    sign_in(browser, rosa)
    for _ in range(2):
        second_step(browser, wrong_code_of(rosa))
    assert LOCKED in second_step(browser, code_of(rosa)).text
    assert LOCKED in sign_in(Client(), rosa).text
    assert not is_in(browser)


def test_wrong_recovery_codes_are_counted_too(rosa: User) -> None:
    set_up_codes(person=rosa)
    right = RecoveryCodes.activate(rosa).get_unused_codes()[0]
    browser = Client()
    sign_in(browser, rosa)
    for _ in range(5):
        second_step(browser, "00000000")
    assert LOCKED in second_step(browser, right).text


def test_confirming_the_password_inside_the_account_is_counted_too(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    browser = signed_in(rosa)
    the_clock_can_be_moved.shift(timedelta(minutes=10))
    address = reverse("account_reauthenticate")
    for _ in range(5):
        browser.post(address, {"password": "wrong password"})
    assert LOCKED in browser.post(address, {"password": PASSWORD}).text
    assert LOCKED in sign_in(Client(), rosa).text


def test_a_right_password_between_wrong_ones_buys_no_new_tries(rosa: User) -> None:
    browser = Client()
    for _ in range(4):
        sign_in(browser, rosa, "wrong password")
    signed_in(rosa)
    sign_in(Client(), rosa, "wrong password")
    assert LOCKED in sign_in(Client(), rosa).text


def test_ten_tries_a_minute_from_one_address_are_the_end(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    browser = Client()
    for number in range(10):
        assert sign_in(browser, f"guess{number}@example.org", "wrong password").status_code == 200
    assert sign_in(browser, rosa).status_code == 429
    assert not is_in(browser)
    assert sign_in(Client(REMOTE_ADDR="192.0.2.77"), rosa).status_code == 302
    the_clock_can_be_moved.shift(timedelta(minutes=1, seconds=1))
    assert sign_in(browser, rosa).status_code == 302


def test_a_forged_address_does_not_count_as_another(rosa: User) -> None:
    browser = Client()
    for number in range(10):
        browser.post(
            reverse(LOGIN), {"login": f"guess{number}@example.org", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )  # fmt: skip
    assert sign_in(browser, rosa).status_code == 429


def test_while_the_cache_server_is_away_people_sign_in_and_guessing_stays_limited(
    rosa: User, settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_listens = f"redis://127.0.0.1:{free_port()}"
    settings.CACHES = {**settings.CACHES, **environment.shared_caches(nobody_listens)}
    monkeypatch.setattr(shared_cache, "PAUSE", 3600.0)
    monkeypatch.setattr(shared_cache, "_away_until", 0.0)
    failures = metrics.CACHE_FAILURES.labels("shared")._value
    before = failures.get()
    assert is_in(signed_in(rosa))
    assert failures.get() == before + 1, "asked once, then left alone"
    [told] = [each for each in caplog.records if each.name == "aliquot.cache"]
    assert told.getMessage().startswith("the cache server is down, the database does its work: ")
    for _ in range(5):
        assert LOCKED not in sign_in(Client(), rosa, "wrong password").text
    assert LOCKED in sign_in(Client(), rosa).text
    # It is asked again after a while.
    monkeypatch.setattr(shared_cache, "_away_until", 0.0)
    assert LOCKED in sign_in(Client(), rosa).text
    assert failures.get() == before + 2


def test_each_failure_is_a_line_in_the_log_without_what_was_typed(
    rosa: User, caplog: pytest.LogCaptureFixture
) -> None:
    set_up_codes(person=rosa)
    browser = Client()
    sign_in(browser, rosa, "a wrong one typed")
    sign_in(browser, "nobody@example.org", "a wrong one typed")
    sign_in(browser, rosa)
    second_step(browser, wrong_code_of(rosa))
    assert [each.getMessage() for each in caplog.records if each.name == "aliquot.accounts"] == [
        f"wrong password for person {rosa.pk}",
        "wrong password for an address that is nobody's",
        f"wrong code for person {rosa.pk}",
    ]


def test_failures_are_counted_where_all_processes_see_them(rosa: User) -> None:
    assert type(caches["default"]) is DatabaseCache
    for _ in range(5):
        sign_in(Client(), rosa, "wrong password")
    caches["local"].clear()
    caches.close_all()
    assert LOCKED in sign_in(Client(), rosa).text
