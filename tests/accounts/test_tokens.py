"""API tokens: made with a proof of who asks, shown once, revoked, ended by a reset."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.errors import InvalidTokenError, TooManyTokensError
from aliquot.accounts.models import ApiToken, User
from aliquot.accounts.queries import token_by_secret
from aliquot.accounts.services import make_token, revoke_token
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.accounts.signing_in import NEW_PASSWORD, confirmed, last_mail, signed_in

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ASKED = {"name": "HR export", "scopes": ["credentials:read"], "expires": "90"}


def made(person: User, name: str = "HR", **changes: Any) -> tuple[ApiToken, str]:
    values: dict[str, Any] = {"scopes": ["profile:read"], "expires_at": None} | changes
    return make_token(person=person, name=name, now=NOW, actor_id=person.pk, **values)


def test_a_token_is_made_once_shown_once_mailed_and_audited(rosa: User) -> None:
    browser = confirmed(signed_in(rosa))
    page = browser.post(reverse("accounts:tokens"), ASKED).content.decode()
    secret = re.findall(r"alq_[A-Za-z0-9_-]{43}", page)[0]
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("HR export", ["credentials:read"])
    assert token.expires_at == token.created_at + timedelta(days=90)
    assert token_by_secret(secret, NOW) == token
    assert secret not in browser.get(reverse("accounts:tokens")).content.decode()
    assert last_mail().subject == "A new API token: HR export"
    assert secret not in last_mail().text
    assert secret not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.filter(action="token.made").count() == 1


def test_a_second_click_makes_no_second_token(rosa: User) -> None:
    browser = confirmed(signed_in(rosa))
    browser.post(reverse("accounts:tokens"), ASKED)
    again = browser.post(reverse("accounts:tokens"), ASKED)
    assert (again.status_code, ApiToken.objects.count()) == (422, 1)
    assert "You have a token of this name" in again.content.decode()


def test_who_only_found_an_open_browser_must_prove_who_they_are(rosa: User) -> None:
    browser = Client()
    browser.force_login(rosa)
    response = browser.post(reverse("accounts:tokens"), ASKED)
    assert (response.status_code, ApiToken.objects.count()) == (302, 0)
    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_the_page_revokes_and_says_so(rosa: User, stella: User) -> None:
    token, secret = made(rosa)
    stranger, browser = Client(), Client()
    stranger.force_login(stella)
    browser.force_login(rosa)
    address = reverse("accounts:token_revoke", args=[token.pk])
    assert stranger.post(address).status_code == 404
    assert token_by_secret(secret, NOW) == token
    page = browser.post(address, follow=True).content.decode()
    assert "is revoked. It works no more." in page
    assert token_by_secret(secret, NOW) is None
    assert browser.post(address).status_code == 404
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_revoking_twice_is_one_deed(rosa: User) -> None:
    token, _ = made(rosa)
    for _ in range(2):
        revoke_token(token=token, now=NOW, actor_id=rosa.pk)
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["staff-people:read"]}, "scopes"),
        ({"expires_at": NOW}, "expires"),
    ],
)
def test_a_token_that_cannot_be_is_refused(rosa: User, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        made(rosa, **changes)
    assert (caught.value.field, ApiToken.objects.count(), OutboxMail.objects.count()) == (
        field,
        0,
        0,
    )


def test_tokens_for_the_office_need_a_second_factor_and_an_end(amara: User) -> None:
    office = {"scopes": ["staff-people:read"], "expires_at": NOW + timedelta(days=90)}
    with pytest.raises(InvalidTokenError):
        made(amara, **office)
    set_up_codes(person=amara)
    for ends in (None, NOW + timedelta(days=91)):
        with pytest.raises(InvalidTokenError) as caught:
            made(amara, **office | {"expires_at": ends})
        assert caught.value.field == "expires"
    assert made(amara, **office)[0].scopes == ["staff-people:read"]


def test_nobody_has_tokens_without_number(rosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aliquot.accounts.services.tokens.MOST_TOKENS", 1)
    made(rosa)
    with pytest.raises(TooManyTokensError):
        made(rosa, "another")


def test_resetting_the_password_ends_every_token(rosa: User, marcus: User) -> None:
    _, secret = made(rosa)
    _, others = made(marcus)
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": rosa.email})
    link = re.findall(r"http://\S+/password/reset/key/\S+", last_mail().text)[0]
    form = browser.get(link, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert token_by_secret(secret, NOW) is None
    assert token_by_secret(others, NOW) is not None
    entry = AuditEntry.objects.get(action="person.password_reset")
    assert entry.details["tokens_ended"] == 1
