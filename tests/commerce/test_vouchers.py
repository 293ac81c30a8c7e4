"""The deeds of vouchers: every refusal says why, and writes nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.errors import VoucherRefusedError
from aliquot.commerce.models import Voucher
from aliquot.commerce.services import create_voucher, withdraw_voucher
from aliquot.infra.models import AuditEntry
from aliquot.lib.money import Money

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


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
