"""What a person does at the door: addresses, fields, codes."""

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import current_code
from aliquot.accounts.models import User
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.people import PASSWORD

NEW_PASSWORD = "another long password"
LOGIN, SIGNUP, RESET = "account_login", "account_signup", "account_reset_password"
LOCKED = "Too many failed login attempts"


def sign_in(browser: Client, who: User | str, password: str = PASSWORD) -> Any:
    address = who if isinstance(who, str) else who.email
    return browser.post(reverse(LOGIN), {"login": address, "password": password})


def second_step(browser: Client, code: str) -> Any:
    return browser.post(reverse("mfa_authenticate"), {"code": code})


def code_of(who: User) -> str:
    return current_code(person=who, now=clock.now())


def wrong_code_of(who: User) -> str:
    return f"{(int(code_of(who)) + 1) % 1_000_000:06}"


def is_in(browser: Client) -> bool:
    return browser.get(reverse("accounts:profile")).status_code == 200


def signed_in(who: User) -> Client:
    browser = Client()
    sign_in(browser, who)
    if Authenticator.objects.filter(user=who).exists():
        second_step(browser, code_of(who))
    assert is_in(browser)
    return browser


def sign_up(browser: Client, address: str, **changes: str) -> Any:
    answers = {"email": address, "password1": PASSWORD, "full_name": "New Person"}
    return browser.post(reverse(SIGNUP), answers | changes)


def confirmed(browser: Client) -> Client:
    """The browser of somebody who has just proved again that it is them."""
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def last_mail() -> OutboxMail:
    return OutboxMail.objects.latest("pk")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def shown(response: Any) -> str:
    """What a person sees, without what differs in every response."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce|name="idempotency_key" value)="[^"]*"',
                  "", response.content.decode())  # fmt: skip
    return re.sub(r"[\w.+-]+@example\.org", "ADDRESS", text)
