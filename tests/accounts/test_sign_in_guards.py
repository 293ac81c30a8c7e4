"""The door against wrong hands: nothing given away, sessions ended, second factors."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib.errors import NotAllowedError
from tests.accounts.signing_in import (
    LOGIN,
    NEW_PASSWORD,
    RESET,
    SIGNUP,
    code_of,
    confirmed,
    is_in,
    last_mail,
    second_step,
    shown,
    sign_in,
    sign_up,
    signed_in,
    wrong_code_of,
)
from tests.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


# Nothing given away: known and unknown addresses


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time a password was hashed."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str, *rest: Any) -> str:
        made.append(salt)
        return str(encode(self, password, salt, *rest))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return made


def answer_to(name: str, address: str, hashes: list[str]) -> tuple[Any, ...]:
    """All that somebody outside can notice: status, target, page, mails, passwords hashed."""
    mails, hashed = OutboxMail.objects.count(), len(hashes)
    browser = Client()
    if name == SIGNUP:
        response = sign_up(browser, address)
    elif name == LOGIN:
        response = sign_in(browser, address, "wrong password")
    else:
        response = browser.post(reverse(name), {"email": address})
    target = response.get("Location", "")
    page = shown(browser.get(target)) if target else ""
    return (
        response.status_code, target, shown(response), page,
        OutboxMail.objects.count() - mails, len(hashes) - hashed,
        sorted(browser.cookies),
    )  # fmt: skip


@pytest.mark.parametrize("name", [LOGIN, SIGNUP, RESET])
def test_a_known_and_an_unknown_address_get_the_same_answer_and_as_many_mails(
    name: str, rosa: User, hashes: list[str]
) -> None:
    known = answer_to(name, "rosa@example.org", hashes)
    unknown = answer_to(name, "nobody@example.org", hashes)
    assert known == unknown
    assert known[4] == (0 if name == LOGIN else 1)
    assert known[5] == (0 if name == RESET else 1)


@pytest.mark.parametrize("name", [LOGIN, RESET])
def test_a_closed_account_looks_like_none(name: str, rosa: User, hashes: list[str]) -> None:
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    assert answer_to(name, "rosa@example.org", hashes) == answer_to(
        name, "nobody@example.org", hashes
    )


def test_signing_up_with_a_known_address_changes_nothing_and_tells_its_holder(rosa: User) -> None:
    browser = Client()
    target = sign_up(browser, "rosa@example.org", full_name="Somebody Else")["Location"]
    rosa.refresh_from_db()
    assert (rosa.full_name, rosa.check_password(PASSWORD)) == ("Rosa Méndez", True)
    assert (last_mail().recipients, "code" in last_mail().subject) == ([rosa.email], False)
    for code in ("", "ABC123"):
        browser.post(target, {"code": code})
    assert not is_in(browser)


def test_a_locked_account_looks_like_a_locked_unknown_address(rosa: User) -> None:
    answers = []
    for address in ("rosa@example.org", "nobody@example.org"):
        browser = Client(REMOTE_ADDR=f"192.0.2.{len(answers) + 1}")
        for _ in range(5):
            sign_in(browser, address, "wrong password")
        answers.append(shown(sign_in(browser, address)))
    assert answers[0] == answers[1]


# A forgotten password


def reset_link() -> str:
    found = re.search(r"/account/password/reset/key/\S+", last_mail().text)
    assert found is not None
    return found[0]


def choose(browser: Client, link: str, password: str = NEW_PASSWORD) -> Any:
    form = browser.get(link)
    target = form.get("Location", link)
    return browser.post(target, {"password1": password, "password2": password})


def test_a_password_is_reset_by_the_mail_and_every_session_ends(rosa: User) -> None:
    """Past bug elsewhere: sessions survived a password change."""
    at_home, stolen = signed_in(rosa), signed_in(rosa)
    Client().post(reverse(RESET), {"email": "rosa@example.org"})
    assert last_mail().recipients == ["rosa@example.org"]
    somewhere = Client()
    choose(somewhere, reset_link())
    assert [is_in(each) for each in (at_home, stolen, somewhere)] == [False, False, False]
    browser = Client()
    sign_in(browser, rosa)
    assert not is_in(browser)
    sign_in(browser, rosa, NEW_PASSWORD)
    assert is_in(browser)
    entry = AuditEntry.objects.get(action="person.password_reset")
    assert (entry.actor_id, entry.details) == (rosa.pk, {"sessions_ended": 2, "tokens_ended": 0})


def test_a_link_to_reset_works_once_and_not_after_a_sign_in(rosa: User) -> None:
    Client().post(reverse(RESET), {"email": "rosa@example.org"})
    link = reset_link()
    choose(Client(), link)
    choose(Client(), link, "a third long password")
    rosa.refresh_from_db()
    assert rosa.check_password(NEW_PASSWORD)


def test_resetting_needs_no_second_factor_but_signing_in_still_does(rosa: User) -> None:
    set_up_codes(person=rosa)
    Client().post(reverse(RESET), {"email": "rosa@example.org"})
    browser = Client()
    choose(browser, reset_link())
    response = sign_in(browser, rosa, NEW_PASSWORD)
    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("typed", "is_known"),
    [
        ("KIM@EXAMPLE.ORG", True),
        ("\u212aim@example.org", True),  # the Kelvin sign, whose small letter is a plain k
        ("\uff4bim@example.org", False),  # a wide k, which folds to a plain one
        ("k\u0131m@example.org", False),  # an i without its dot
    ],
)
def test_a_reset_is_never_mailed_to_a_look_alike_address(
    marcus: User, typed: str, is_known: bool
) -> None:
    """Past bug elsewhere (Django 2019): the mail went to the address as it was typed."""
    User.objects.filter(pk=marcus.pk).update(email="kim@example.org")
    EmailAddress.objects.filter(user=marcus).update(email="kim@example.org")
    Client().post(reverse(RESET), {"email": typed})
    with_link = OutboxMail.objects.filter(text__contains="/account/password/reset/key/")
    expected = [["kim@example.org"]] if is_known else []
    assert [mail.recipients for mail in with_link] == expected


# Changing credentials; sessions


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(rosa: User) -> None:
    here, there = signed_in(rosa), signed_in(rosa)
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    rosa.refresh_from_db()
    assert rosa.check_password(NEW_PASSWORD)
    assert (is_in(here), is_in(there)) == (True, False)
    entry = AuditEntry.objects.get(action="person.password_changed")
    assert entry.details == {"sessions_ended": 1}


def test_the_old_password_is_needed_for_a_new_one(rosa: User) -> None:
    browser = signed_in(rosa)
    browser.post(
        reverse("account_change_password"),
        {"oldpassword": "wrong password", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    rosa.refresh_from_db()
    assert rosa.check_password(PASSWORD)


def test_sessions_are_listed_and_the_others_ended(rosa: User, marcus: User) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
    here, there, others = (
        signed_in(rosa),
        Client(headers={"user-agent": firefox}),
        signed_in(marcus),
    )
    sign_in(there, rosa)
    page = here.get(reverse("usersessions_list")).text
    assert (page.count("Signed in Nov 23, 2026, 6:00 PM"), "Firefox on Windows" in page) == (
        2,
        True,
    )
    confirmed(here).post(reverse("usersessions_list"))
    assert [is_in(each) for each in (here, there, others)] == [True, False, True]


def test_who_only_found_an_open_browser_ends_no_other_session(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    here, there = signed_in(rosa), signed_in(rosa)
    the_clock_can_be_moved.shift(timedelta(minutes=10))
    assert here.get(reverse("usersessions_list")).status_code == 200
    response = here.post(reverse("usersessions_list"))
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert is_in(there)
    confirmed(here).post(reverse("usersessions_list"))
    assert (is_in(here), is_in(there)) == (True, False)


def test_another_address_is_added_by_who_proved_it_is_them_again(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    browser = signed_in(rosa)
    the_clock_can_be_moved.shift(timedelta(minutes=10))
    response = browser.post(
        reverse("account_email"), {"email": "other@example.org", "action_add": ""}
    )
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert OutboxMail.objects.count() == 0


def test_a_new_factor_ends_the_other_sessions(
    rosa: User, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = confirmed(signed_in(rosa)), signed_in(rosa)
    form = here.get(reverse("mfa_activate_totp"))
    secret = re.search(r"[A-Z2-7]{32}", form.text)
    assert secret is not None
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    code = format_hotp_value(hotp_value(secret[0], int(clock.now().timestamp()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=rosa, type="totp").exists()
    assert (is_in(here), is_in(there)) == (True, False)


# The second factor


def test_staff_without_a_second_factor_are_sent_to_set_one_up(amara: User) -> None:
    browser = signed_in(amara)
    response = browser.get(reverse("staff:home"))
    assert response["Location"] == reverse("mfa_index")
    assert "The back office needs a second factor." in browser.get(response["Location"]).text


def test_staff_sign_in_with_password_and_one_time_code(amara: User) -> None:
    set_up_codes(person=amara)
    browser = Client()
    assert sign_in(browser, amara)["Location"] == reverse("mfa_authenticate")
    assert browser.get(reverse("staff:home"))["Location"].startswith(reverse(LOGIN))
    assert "Incorrect code" in second_step(browser, wrong_code_of(amara)).text
    assert not is_in(browser)
    second_step(browser, code_of(amara))
    assert browser.get(reverse("staff:home")).status_code == 200


def test_a_one_time_code_works_once(
    amara: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    set_up_codes(person=amara)
    first, second = Client(), Client()
    code = code_of(amara)
    for browser in (first, second):
        sign_in(browser, amara)
        second_step(browser, code)
    assert (is_in(first), is_in(second)) == (True, False)
    the_clock_can_be_moved.shift(timedelta(seconds=31))
    second_step(second, code)
    assert not is_in(second)
    second_step(second, code_of(amara))
    assert is_in(second)


def test_one_persons_code_is_not_anothers(amara: User, rosa: User) -> None:
    for who in (amara, rosa):
        set_up_codes(person=who)
    browser = Client()
    sign_in(browser, amara)
    second_step(browser, code_of(rosa))
    assert not is_in(browser)


def test_a_recovery_code_works_once(amara: User) -> None:
    set_up_codes(person=amara)
    code = RecoveryCodes.activate(amara).get_unused_codes()[0]
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, amara)
        second_step(browser, code)
    assert (is_in(first), is_in(second)) == (True, False)
    assert len(RecoveryCodes.activate(amara).get_unused_codes()) == 9


def test_recovery_codes_are_shown_to_who_proved_it_is_them_again(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    set_up_codes(person=rosa)
    codes = RecoveryCodes.activate(rosa).get_unused_codes()
    browser = signed_in(rosa)
    assert "/reauthenticate/" in browser.get(reverse("mfa_view_recovery_codes"))["Location"]
    confirmed(browser)
    assert codes[0] in browser.get(reverse("mfa_view_recovery_codes")).text
    the_clock_can_be_moved.shift(timedelta(minutes=10))
    assert "/reauthenticate/" in browser.get(reverse("mfa_view_recovery_codes"))["Location"]


def test_codes_are_printed_in_the_demo_only(amara: User, settings: Any) -> None:
    set_up_codes(person=amara)
    settings.IS_DEMO = False
    with pytest.raises(NotAllowedError):
        code_of(amara)
    with pytest.raises(NotAllowedError):
        set_up_codes(person=amara)


# Passkeys


def test_the_sign_in_page_offers_a_passkey_and_gives_each_visit_its_own_challenge() -> None:
    page = Client().get(reverse(LOGIN)).text
    assert ("Sign in with a passkey" in page, 'id="mfa_login"' in page) == (True, True)
    script = {"headers": {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}}
    options = [Client().get(reverse("mfa_login_webauthn"), **script).json() for _ in range(2)]
    challenges = [each["request_options"]["publicKey"]["challenge"] for each in options]
    assert challenges[0] != challenges[1]


def test_the_page_to_add_a_passkey_asks_for_the_password_again_first(
    rosa: User, the_clock_can_be_moved: time_machine.Traveller
) -> None:
    browser = signed_in(rosa)
    assert "/reauthenticate/" in browser.get(reverse("mfa_add_webauthn"))["Location"]
    page = confirmed(browser).get(reverse("mfa_add_webauthn")).text
    assert ('"challenge"' in page, "Add a passkey" in page) == (True, True)
    the_clock_can_be_moved.shift(timedelta(minutes=10))
    response = browser.get(reverse("mfa_add_webauthn"))
    assert "/reauthenticate/" in response["Location"]


FORGED = [
    "", "{}", "[]", "null", "17", '"x"', '{"id": "x"}', '{"response": 1}', '{"response": null}',
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "x", "rawId": "x", "response": {"userHandle": "MQ", "clientDataJSON": "e30"}}',
    '{"id": "x", "rawId": "x", "response": {"clientDataJSON": "e30", "signature": "AA"}}',
    '{"id": "x", "rawId": "x", "response": {"userHandle": [], "clientDataJSON": {}}}',
]  # fmt: skip


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_lets_nobody_in_and_breaks_nothing(rosa: User, credential: str) -> None:
    browser = Client()
    script = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    browser.get(reverse("mfa_login_webauthn"), **script)
    response = browser.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert response["Location"] == reverse(LOGIN)
    assert not is_in(browser)


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_is_no_second_step_and_is_not_added(rosa: User, credential: str) -> None:
    inside = confirmed(signed_in(rosa))
    inside.get(reverse("mfa_add_webauthn"))
    added = inside.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
    assert added.status_code == 200
    assert not Authenticator.objects.exists()
    set_up_codes(person=rosa)
    browser = Client()
    sign_in(browser, rosa)
    browser.get(reverse("mfa_authenticate"))
    assert browser.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
    assert not is_in(browser)
