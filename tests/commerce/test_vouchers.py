"""The voucher rule and the deeds of vouchers: every refusal says why, and writes nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.errors import VoucherRefusedError
from aliquot.commerce.facts import VoucherTerms
from aliquot.commerce.models import Voucher
from aliquot.commerce.rules.vouchers import refusal
from aliquot.commerce.services import create_voucher, withdraw_voucher
from aliquot.infra.models import AuditEntry
from aliquot.lib.money import Money

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
ZONE = "America/New_York"


def why(*, products: tuple[str, ...] = ("year",), now: datetime = NOW, **terms: Any) -> str:
    """What the rule says of a voucher that is good but for ``terms``."""
    voucher = VoucherTerms("WELCOME", **{"valid_from": NOW - HOUR, **terms})
    return refusal(voucher, products=products, currency="USD", zone=ZONE, now=now)


def test_a_good_code_applies_from_its_first_moment_up_to_not_at_its_last() -> None:
    assert why(valid_from=NOW) == ""
    assert why(valid_from=NOW + MOMENT) == "The code WELCOME holds from November 26, 2026 on."
    assert why(valid_until=NOW + MOMENT) == ""
    assert why(valid_until=NOW) == "The code WELCOME was good through November 26, 2026."


def test_the_last_day_is_named_in_the_buyers_zone() -> None:
    midnight = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # ends November 25 in New York
    assert why(valid_until=midnight) == "The code WELCOME was good through November 25, 2026."


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"is_withdrawn": True}, "The code WELCOME was withdrawn by the seller."),
        (
            {"product": "pack", "product_title": "Eight hours"},
            "The code WELCOME is only for “Eight hours”, which is not in your cart.",
        ),
        ({"currency": "EUR"}, "The code WELCOME is in EUR, and this order in USD."),
        ({"limit": 3, "used": 3}, "The code WELCOME is used up."),
        (
            {"limit_per_person": 1, "used_by_person": 1},
            "You have used the code WELCOME once, as often as one person may.",
        ),
        (
            {"limit_per_person": 2, "used_by_person": 2},
            "You have used the code WELCOME 2 times, as often as one person may.",
        ),
        ({"limit": 3, "used": 2, "limit_per_person": 2, "used_by_person": 1}, ""),
        ({"product": "year", "currency": "USD"}, ""),
    ],
)
def test_every_refusal_is_a_sentence(terms: dict[str, Any], sentence: str) -> None:
    assert why(**terms) == sentence


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code": "x"}, "5 to 40 letters"),
        ({"code": "WEL COME!"}, "5 to 40 letters"),
        ({"percent_off": None}, "either a percentage or an amount"),
        ({"amount_off": Money(5_00, "USD")}, "either a percentage or an amount"),
        ({"percent_off": Decimal("100.01")}, "at most 100"),
        ({"percent_off": None, "amount_off": Money(0, "USD")}, "above zero"),
        ({"valid_until": NOW}, "must end after"),
        ({"limit": 0}, "one or more"),
    ],
)
def test_a_voucher_that_makes_no_sense_is_not_made(
    amara: User, wrong: dict[str, Any], error: str
) -> None:
    audits = AuditEntry.objects.count()
    with pytest.raises(VoucherRefusedError, match=error):
        create_voucher(
            **{"code": "welcome", "percent_off": Decimal(10), "valid_from": NOW, **wrong},
            now=NOW,
            actor_id=amara.pk,
        )
    assert (Voucher.objects.count(), AuditEntry.objects.count()) == (0, audits)


@pytest.mark.django_db
def test_codes_are_kept_in_capitals_and_once_and_withdrawn_once(amara: User) -> None:
    voucher = create_voucher(
        code=" welcome-10", percent_off=Decimal(10), valid_from=NOW, now=NOW, actor_id=amara.pk
    )
    assert voucher.code == "WELCOME-10"
    with pytest.raises(VoucherRefusedError, match="already"):
        create_voucher(
            code="Welcome-10", percent_off=Decimal(10), valid_from=NOW, now=NOW, actor_id=amara.pk
        )
    audits = AuditEntry.objects.count()
    for hour in range(2):
        withdrawn = withdraw_voucher(voucher=voucher, actor_id=amara.pk, now=NOW + hour * HOUR)
    assert (withdrawn.withdrawn_at, AuditEntry.objects.count()) == (NOW, audits + 1)
