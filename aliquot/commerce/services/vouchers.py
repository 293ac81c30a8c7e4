"""Vouchers: making and withdrawing them, and the use that an order takes under a lock."""

import re
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from aliquot.commerce.errors import VoucherRefusedError
from aliquot.commerce.models import Order, Product, Voucher, VoucherUse
from aliquot.commerce.queries import tidy_code
from aliquot.infra import audit
from aliquot.lib.money import Money

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,38}[A-Z0-9]")


@transaction.atomic
def create_voucher(
    *,
    code: str,
    valid_from: datetime,
    now: datetime,
    actor_id: int | None,
    percent_off: Decimal | None = None,
    amount_off: Money | None = None,
    product: Product | None = None,
    valid_until: datetime | None = None,
    limit: int | None = None,
    limit_per_person: int | None = 1,
    note: str = "",
) -> Voucher:
    """Make a code that takes a percentage or an amount off. Raises VoucherRefusedError.

    ``limit``: uses in all, ``limit_per_person``: of one person; None: without.
    """
    code = tidy_code(code)
    _check(code, percent_off, amount_off, valid_from, valid_until)
    if any(each is not None and each < 1 for each in (limit, limit_per_person)):
        raise VoucherRefusedError("A limit is one or more; leave it empty for none.")
    if Voucher.objects.filter(code=code).exists():
        raise VoucherRefusedError(f"There is a code {code} already. Choose another.")
    voucher = Voucher.objects.create(
        code=code,
        note=note,
        percent_off=percent_off,
        amount_off=None if amount_off is None else amount_off.cents,
        currency="" if amount_off is None else amount_off.currency,
        product=product,
        valid_from=valid_from,
        valid_until=valid_until,
        limit=limit,
        limit_per_person=limit_per_person,
        created_at=now,
        created_by_id=actor_id,
    )
    audit.record(
        action="voucher.created",
        actor_id=actor_id,
        subject=voucher,
        details={"code": code, "percent_off": percent_off, "amount_off": str(amount_off or "")},
    )
    return voucher


@transaction.atomic
def withdraw_voucher(*, voucher: Voucher, actor_id: int | None, now: datetime) -> Voucher:
    """Let a code be used no more; orders placed with it keep their price. Safe to repeat."""
    voucher = Voucher.objects.select_for_update(of=("self",)).get(pk=voucher.pk)
    if voucher.withdrawn_at is not None:
        return voucher
    voucher.withdrawn_at = now
    voucher.save(update_fields=["withdrawn_at"])
    audit.record(action="voucher.withdrawn", actor_id=actor_id, subject=voucher)
    return voucher


def lock_voucher(code: str) -> Voucher | None:
    """The voucher as it is now, locked until the transaction ends: uses are counted after this."""
    return Voucher.objects.select_for_update(of=("self",)).filter(code=tidy_code(code)).first()


def take_voucher(*, voucher: Voucher, order: Order, amount: Money, now: datetime) -> VoucherUse:
    """Write down the use of a locked voucher, in the transaction that places its order."""
    return VoucherUse.objects.get_or_create(
        order=order,
        defaults={
            "voucher": voucher,
            "person_id": order.person_id,
            "amount": amount.cents,
            "taken_at": now,
        },
    )[0]


def _check(
    code: str,
    percent_off: Decimal | None,
    amount_off: Money | None,
    valid_from: datetime,
    valid_until: datetime | None,
) -> None:
    if not _CODE.fullmatch(code):
        raise VoucherRefusedError(
            "A code has 5 to 40 letters, digits and hyphens, such as WELCOME-10."
        )
    if (percent_off is None) == (amount_off is None):
        raise VoucherRefusedError("Give either a percentage or an amount to take off.")
    if percent_off is not None and not 0 < percent_off <= 100:
        raise VoucherRefusedError("A percentage is above 0 and at most 100.")
    if amount_off is not None and amount_off.cents <= 0:
        raise VoucherRefusedError("An amount to take off is above zero.")
    if valid_until is not None and valid_until <= valid_from:
        raise VoucherRefusedError("The code must end after it begins.")
