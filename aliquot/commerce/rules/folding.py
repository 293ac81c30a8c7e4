"""Folding what a gateway says into what we hold. Pure, order-free, and safe to repeat.

Events only say where to look. The payment is fetched in its present state, and whatever of it is
not in our books yet is entered: shuffled, late, repeated and lost events end the same.
"""

from collections.abc import Collection

from aliquot.commerce.facts import Charged, Folded, Movement, Owed


def fold(
    owed: Owed, charged: Charged, *, state: str, entered: Collection[tuple[str, str]]
) -> Folded:
    """What follows for a payment in ``state`` with the ``entered`` movements (kind, object id).

    Owner, mode, currency and amount are checked against the order that we wrote, never against
    what an event claims.
    """
    mismatch = _mismatch(owed, charged)
    if mismatch:
        return Folded(state=state, mismatch=mismatch)
    if charged.state != "captured":
        is_settled = state in {"captured", "double"}
        return Folded(state=state if is_settled else charged.state)
    known = set(entered)
    is_new = ("capture", charged.charge_id) not in known
    is_double = state == "double" or (is_new and owed.is_paid)
    movements = [
        Movement("capture", charged.captured, charged.charge_id, charged.occurred_at),
        *(
            Movement("refund", -each.amount, each.provider_id, each.occurred_at)
            for each in charged.refunds
            if each.state == "succeeded"
        ),
    ]
    if charged.disputed:
        movements.append(
            Movement("chargeback", -charged.disputed, charged.charge_id, charged.disputed_at)
        )
    elif ("chargeback", charged.charge_id) in known and charged.returned:
        movements.append(Movement("chargeback_won", charged.returned, charged.charge_id, None))
    return Folded(
        state="double" if is_double else "captured",
        movements=tuple(each for each in movements if (each.kind, each.object_id) not in known),
        is_new_capture=is_new and not is_double,
        is_double=is_double and is_new,
    )


def _mismatch(owed: Owed, charged: Charged) -> str:
    """Why what the gateway says is not about this order; empty if it is."""
    if charged.order_number != owed.number:
        return f"The payment names order {charged.order_number or 'none'}, not {owed.number}."
    if charged.is_live != owed.is_live:
        modes = {True: "real money", False: "test money"}
        return f"The payment is {modes[charged.is_live]}, the order {modes[owed.is_live]}."
    return _wrong_money(owed, charged) if charged.state == "captured" else ""


def _wrong_money(owed: Owed, charged: Charged) -> str:
    if charged.captured.currency != owed.total.currency:
        return f"The payment is in {charged.captured.currency}, not {owed.total.currency}."
    if charged.captured != owed.total:
        return f"The payment is {charged.captured}, the order {owed.total}."
    if not charged.charge_id:
        return "The payment names no charge."
    return ""
