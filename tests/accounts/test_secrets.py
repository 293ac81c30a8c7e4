"""Secrets of codes: nobody reads them in a copy of the database; keys change without a lockout."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from aliquot.accounts.models import User
from aliquot.accounts.services import refuse_unreadable
from aliquot.accounts.tasks import encrypt_secrets
from aliquot.cli.accounts import secrets
from aliquot.cli.main import main
from aliquot.infra import encryption
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.accounts.signing_in import code_of, is_in, second_step, sign_in

pytestmark = pytest.mark.django_db
OTHER_KEY = "another key of fifty characters or more, as good as any one"


@pytest.fixture
def secret(rosa: User) -> str:
    """Rosa has one-time codes and recovery codes; the secret of the former."""
    made: str = generate_totp_secret()
    TOTP.activate(rosa, made)
    RecoveryCodes.activate(rosa)
    return made


@pytest.fixture
def key_changes(settings: Any) -> Callable[..., None]:
    """The operator sets another key; ``keeps``: the one before goes on reading."""

    def change(*, keeps: bool) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keeps else []
        settings.SECRET_KEY = OTHER_KEY

    return change


def kept(who: User) -> dict[str, Any]:
    return {row.type: row.data for row in Authenticator.objects.filter(user=who)}


def comes_in(who: User, code: str) -> bool:
    browser = Client()
    sign_in(browser, who)
    second_step(browser, code)
    return is_in(browser)


def test_a_copy_of_the_database_tells_no_secret(rosa: User, secret: str) -> None:
    name = encryption.present_name()
    rows = kept(rosa)
    assert rows["totp"]["secret"].startswith(f"{name}:gAAAA")
    assert rows["recovery_codes"]["seed"].startswith(f"{name}:gAAAA")
    assert secret not in str(rows)
    assert encryption.decrypt(rows["totp"]["secret"]) == secret
    assert encryption.encrypt(secret) != encryption.encrypt(secret)


def test_one_time_and_recovery_codes_work_as_before(rosa: User, secret: str) -> None:
    used = RecoveryCodes.activate(rosa).get_unused_codes()[0]
    assert comes_in(rosa, code_of(rosa))
    assert comes_in(rosa, used)
    assert not comes_in(rosa, used)


def test_plain_secrets_of_before_go_on_working_and_are_encrypted_by_the_job(
    rosa: User, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = RecoveryCodes.activate(rosa).get_unused_codes()
    for row in Authenticator.objects.all():
        row.data = {key: encryption.decrypt(str(text)) if key != "used_mask" else 1
                    for key, text in row.data.items()}  # fmt: skip
        row.save()
    assert kept(rosa)["totp"] == {"secret": secret}
    assert comes_in(rosa, codes[1])
    assert secrets([]) == 1
    assert "not encrypted yet: 2" in capsys.readouterr().out
    refuse_unreadable()
    assert [encrypt_secrets.call(), encrypt_secrets.call()] == [2, 0]
    assert secret not in str(kept(rosa))
    assert kept(rosa)["recovery_codes"]["used_mask"] == 0b11
    assert comes_in(rosa, code_of(rosa))
    assert secrets([]) == 0


def test_a_new_key_takes_over_and_the_former_one_may_go(
    rosa: User,
    secret: str,
    key_changes: Callable[..., None],
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key_changes(keeps=True)
    assert comes_in(rosa, code_of(rosa))
    assert secrets([]) == 1
    assert "under a former key: 2" in capsys.readouterr().out
    assert secrets(["--encrypt"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "2 brought under the present key",
        "under the present key: 2",
        "under a former key: 0",
    ]
    settings.SECRET_KEY_FALLBACKS = []
    settings.IS_DEMO = False
    refuse_unreadable()
    assert encryption.decrypt(kept(rosa)["totp"]["secret"]) == secret
    assert AuditEntry.objects.filter(action__contains="factor").count() == 0


def test_a_key_that_is_gone_opens_to_nobody_and_stops_the_start(
    rosa: User,
    secret: str,
    key_changes: Callable[..., None],
    settings: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = code_of(rosa)
    key_changes(keeps=False)
    browser = Client()
    sign_in(browser, rosa)
    answer = second_step(browser, code)
    assert answer.status_code == 503
    assert "tell the people who run it" in answer.content.decode()
    assert not is_in(browser)
    assert encrypt_secrets.call() == 0
    settings.IS_DEMO = False
    monkeypatch.setattr("aliquot.demo.cast.CAST", ())  # who is refused for another reason
    assert main(["worker"]) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("aliquot: The secrets of 2 second factors were encrypted with")
    assert "ALIQUOT_SECRET_KEY_FALLBACKS" in complaint


def test_when_the_key_is_lost_codes_are_forgotten_and_their_people_are_told(
    rosa: User,
    marcus: User,
    secret: str,
    key_changes: Callable[..., None],
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key_changes(keeps=False)
    TOTP.activate(marcus, generate_totp_secret())
    assert secrets(["--forget-unreadable"]) == 0
    assert "codes of 1 people removed" in capsys.readouterr().out
    assert (kept(rosa), list(kept(marcus))) == ({}, ["totp"])
    [entry] = AuditEntry.objects.filter(action="person.factor_forgotten")
    assert (entry.actor_id, entry.object_id) == (None, str(rosa.pk))
    [mail] = OutboxMail.objects.filter(subject__contains="one-time codes again")
    assert mail.recipients == [rosa.email]
    assert secrets(["--forget-unreadable"]) == 0
    settings.IS_DEMO = False
    refuse_unreadable()


def test_a_text_that_was_changed_is_not_read(rosa: User, secret: str) -> None:
    row = Authenticator.objects.get(user=rosa, type="totp")
    text = row.data["secret"]
    row.data["secret"] = text[:-3] + ("AAA" if text[-3:] != "AAA" else "BBB")
    row.save()
    with pytest.raises(encryption.UnreadableSecretError):
        encryption.decrypt(row.data["secret"])
