"""Somebody lost phone and recovery codes: the operator lets them in again, and nobody else."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.cli.main import main
from aliquot.infra import outbox
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.accounts.signing_in import confirmed, is_in, sign_in, signed_in

pytestmark = pytest.mark.django_db
OFFICE = "staff:home"
WHY = "Called back at the number in the staff list, A. Okafor"


@pytest.fixture(autouse=True)
def factors(amara: User, marcus: User) -> None:
    """Amara, an administrator, has all kinds of second factors; Marcus, a learner, has codes."""
    for who in (amara, marcus):
        TOTP.activate(who, generate_totp_secret())
    RecoveryCodes.activate(amara)
    Authenticator.objects.create(user=amara, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})


def remove(who: str = "AMARA@example.org", *more: str, why: str = WHY) -> int:
    return main(["remove-factors", who, "--because", why, *more])


def kept(who: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=who).values_list("type", flat=True))


def deeds() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="person.factors_removed"))


def nothing_happened(amara: User) -> bool:
    return (kept(amara), deeds(), OutboxMail.objects.count()) == (
        ["recovery_codes", "totp", "webauthn"], [], 0,
    )  # fmt: skip


def test_all_factors_go_every_session_ends_and_the_person_is_told(
    amara: User, marcus: User, capsys: pytest.CaptureFixture[str]
) -> None:
    hers, his = signed_in(amara), signed_in(marcus)
    assert remove("AMARA@example.org", "--yes") == 0
    assert capsys.readouterr().out == (
        "amara@example.org: one-time codes, recovery codes, passkeys removed, all sessions ended, "
        "a mail is on its way.\n"
    )
    assert (kept(amara), kept(marcus)) == ([], ["totp"])
    assert (is_in(hers), is_in(his)) == (False, True)
    [entry] = deeds()
    assert (entry.actor_id, entry.object_id) == (None, str(amara.pk))
    assert entry.details == {
        "factors": ["one-time codes", "recovery codes", "passkeys"],
        "reason": WHY,
        "sessions_ended": 1,
    }
    [mail] = OutboxMail.objects.all()
    assert (mail.recipients, mail.subject) == ([amara.email], "Your second factor was removed")
    for words in ("/account/2fa/", "/account/password/reset/", "The back office stays shut"):
        assert (words, words in mail.text) == (words, True)
    assert WHY not in mail.text


def test_the_password_alone_opens_the_setting_up_of_a_factor_but_not_the_office(
    amara: User,
) -> None:
    remove("amara@example.org", "--yes")
    browser = Client()
    sign_in(browser, amara, "wrong password")
    assert not is_in(browser)
    sign_in(browser, amara)
    assert browser.get(reverse(OFFICE))["Location"] == reverse("mfa_index")
    assert confirmed(browser).get(reverse("mfa_activate_totp")).status_code == 200
    TOTP.activate(amara, generate_totp_secret())
    assert browser.get(reverse(OFFICE)).status_code == 200


def test_a_second_call_is_harmless(amara: User, capsys: pytest.CaptureFixture[str]) -> None:
    remove("amara@example.org", "--yes")
    browser = signed_in(amara)
    capsys.readouterr()
    assert remove() == 0
    assert capsys.readouterr().out == (
        "amara@example.org has no second factor; nothing was changed.\n"
    )
    assert (is_in(browser), len(deeds()), OutboxMail.objects.count()) == (True, 1, 1)


@pytest.mark.one_database
@pytest.mark.parametrize("answer", ["", "y", "no", None])
def test_without_a_clear_yes_nothing_happens(
    amara: User,
    answer: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def said(question: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", said)
    assert remove() == 2
    printed = capsys.readouterr()
    assert printed.err == (
        "aliquot: Nothing was changed. It is done after the answer yes, or with --yes.\n"
    )
    assert printed.out.strip() == (
        "Amara Okafor, amara@example.org, administrator: one-time codes, recovery codes, passkeys"
    )
    assert nothing_happened(amara)


@pytest.mark.one_database
def test_yes_is_enough(amara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda question: " Yes ")
    assert remove() == 0
    assert kept(amara) == []


@pytest.mark.one_database
def test_an_unknown_address_is_told_in_one_sentence(
    amara: User, capsys: pytest.CaptureFixture[str]
) -> None:
    assert remove("nobody@example.org", "--yes") == 2
    assert capsys.readouterr().err == "aliquot: Nobody signs in with nobody@example.org.\n"
    assert nothing_happened(amara)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("why", "complaint"),
    [
        ("  ", "--because: Say why, in one line."),
        ("x" * 201, "--because: Use at most 200 characters."),
        ("lost\x1b[2J", "--because: Use letters, marks, digits and punctuation only."),
    ],
)
def test_a_reason_is_needed(
    amara: User, why: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        remove("amara@example.org", "--yes", why=why)
    assert (stopped.value.code, complaint in capsys.readouterr().err) == (2, True)
    assert nothing_happened(amara)


def test_what_cannot_be_told_is_not_done(amara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(amara)

    def broken(**_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "send_template", broken)
    assert remove("amara@example.org", "--yes") == 2
    assert nothing_happened(amara)
    assert is_in(browser)


def test_a_learner_is_told_nothing_of_the_office(marcus: User) -> None:
    remove("marcus@example.org", "--yes")
    [mail] = OutboxMail.objects.all()
    assert (mail.recipients, "back office" in mail.text) == ([marcus.email], False)
    assert "(one-time codes)" in mail.text
