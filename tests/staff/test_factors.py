"""Second factors of a learner removed in the office: by whom, behind what, and of whom not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.errors import StaffFactorsError
from aliquot.accounts.models import User
from aliquot.accounts.services import remove_factors
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.accounts.signing_in import confirmed, is_in, signed_in
from tests.factories.staff import browser_of, member

pytestmark = pytest.mark.django_db
TITLE = "Remove second factors"
ANSWERS = {"because": "Called back at the number of order 7", "step": "do"}


@pytest.fixture(autouse=True)
def traveller() -> Any:
    """One-time codes and the few minutes after a proof need a clock that stands."""
    with time_machine.travel("2026-11-23T23:00:00Z") as moved:
        yield moved


@pytest.fixture(autouse=True)
def _codes(amara: User, rosa: User) -> None:
    for who in (amara, rosa):
        set_up_codes(person=who)


@pytest.fixture
def fresh(amara: User) -> Client:
    """Amara, who has just signed in with a code."""
    return signed_in(amara)


def page_of(who: User) -> str:
    return reverse("staff:person_factors", args=[who.pk])


def kept(who: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=who).values_list("type", flat=True))


def deeds() -> list[tuple[int | None, str, dict[str, Any]]]:
    rows = AuditEntry.objects.filter(action="person.factors_removed")
    return [(row.actor_id, row.object_id, row.details) for row in rows]


def test_a_learner_is_let_in_again_after_a_check_with_a_reason(
    fresh: Client, amara: User, rosa: User
) -> None:
    hers = signed_in(rosa)
    assert TITLE in fresh.get(reverse("staff:person", args=[rosa.pk])).text
    assert fresh.post(page_of(rosa), {"because": " ", "step": "do"}).status_code == 422
    checked = fresh.post(page_of(rosa), {"because": ANSWERS["because"]}).text
    for words in ("one-time codes", "rosa@example.org", ANSWERS["because"], "no proof"):
        assert (words, words in checked) == (words, True)
    assert (kept(rosa), deeds(), is_in(hers)) == (["totp"], [], True)
    for _ in range(2):
        fresh.post(page_of(rosa), ANSWERS)
    details = {
        "factors": ["one-time codes"], "reason": ANSWERS["because"], "sessions_ended": 1,
    }  # fmt: skip
    assert deeds() == [(amara.pk, str(rosa.pk), details)]
    assert (kept(rosa), kept(amara), is_in(hers)) == ([], ["totp"], False)
    assert [mail.recipients for mail in OutboxMail.objects.all()] == [["rosa@example.org"]]
    record = fresh.get(reverse("staff:person", args=[rosa.pk]))
    said = "Removed: one-time codes; reason: Called back at the number of order 7; "
    assert record.context["events"][0]["text"].startswith(said)
    assert TITLE not in record.text


def test_a_second_factor_of_this_moment_is_needed_and_a_password_is_none(
    fresh: Client, amara: User, rosa: User, traveller: Any
) -> None:
    assert fresh.get(page_of(rosa)).status_code == 200
    traveller.shift(timedelta(minutes=6))
    for browser in (fresh, confirmed(fresh), browser_of(amara)):
        for answer in (browser.get(page_of(rosa)), browser.post(page_of(rosa), ANSWERS)):
            assert answer["Location"] == (
                f"{reverse('mfa_reauthenticate')}?next={page_of(rosa).replace('/', '%2F')}"
            )
    assert (kept(rosa), deeds()) == (["totp"], [])
    code = RecoveryCodes.activate(amara).get_unused_codes()[0]
    assert "the password alone is not enough" in fresh.get(reverse("mfa_reauthenticate")).text
    back = fresh.post(reverse("mfa_reauthenticate"), {"code": code, "next": page_of(rosa)})
    assert back["Location"] == page_of(rosa)
    assert fresh.get(page_of(rosa)).status_code == 200


@pytest.mark.one_database
def test_who_has_a_passkey_alone_is_asked_for_it(amara: User, rosa: User) -> None:
    Authenticator.objects.filter(user=amara).update(type=Authenticator.Type.WEBAUTHN)
    answer = browser_of(amara).get(page_of(rosa))
    assert answer["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))


def test_nobody_in_the_office_does_it_to_staff_or_to_themselves(
    fresh: Client, amara: User, now: datetime
) -> None:
    rita = member("reviewer", email="rita@example.org", name="Rita Rowe")
    for who in (rita, amara):
        assert TITLE not in fresh.get(reverse("staff:person", args=[who.pk])).text
        assert fresh.post(page_of(who), ANSWERS).status_code == 404
        with pytest.raises(StaffFactorsError):
            remove_factors(person=who, because="lost", actor_id=amara.pk)
        assert kept(who) == ["totp"]
    assert (deeds(), OutboxMail.objects.count()) == ([], 0)


def test_support_neither_sees_nor_reaches_it(rosa: User, now: datetime) -> None:
    priya = member("support")
    browser = signed_in(priya)
    assert TITLE not in browser.get(reverse("staff:person", args=[rosa.pk])).text
    assert browser.post(page_of(rosa), ANSWERS).status_code == 404
    assert (kept(rosa), deeds()) == (["totp"], [])
