"""What a receipt, an invoice or a credit note says: taken down once, then never changed."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from aliquot.catalog.queries import current_provider
from aliquot.commerce import queries
from aliquot.commerce.models import Document, Order, OrderLine, Refund, ShopSettings
from aliquot.lib.dates import day_in_zone
from aliquot.lib.money import Money

DUE_DAYS = 30  # of an invoice


def seller(settings: ShopSettings) -> dict[str, str]:
    """Who sells, as papers print it: the shop's settings, else the provider."""
    provider = current_provider()
    return {
        "name": settings.seller_name or (provider.name if provider else ""),
        "address": settings.seller_address or (provider.address if provider else ""),
        "email": provider.contact_email if provider else "",
        "tax_number": settings.seller_tax_number,
    }


def paper_of(order: Order, *, paid_on: datetime | None, reference: str) -> dict[str, Any]:
    """Everything a receipt or an invoice prints; amounts in minor units of ``currency``.

    What is not paid yet is due so many days after the order.
    """
    placed_on = day_in_zone(order.placed_at, order.time_zone)
    settings = queries.shop_settings()
    return {
        "seller": seller(settings),
        "buyer": order.buyer,
        "order": order.number,
        "purchase_order_number": order.purchase_order_number,
        "currency": order.currency,
        "is_live": order.is_live,
        "gateway": order.gateway,
        "reference": reference,
        "placed_on": placed_on,
        "paid_on": None if paid_on is None else day_in_zone(paid_on, order.time_zone),
        "due_on": placed_on + timedelta(days=DUE_DAYS) if paid_on is None else None,
        "how_to_pay": settings.payment_instructions if paid_on is None else "",
        "lines": [
            {
                "title": line.title,
                "quantity": line.quantity,
                "unit": line.unit_amount,
                "discount": line.discount,
                "net": line.net,
                "tax": line.tax,
                "tax_percent": line.tax_percent,
                "tax_name": line.tax_jurisdiction,
            }
            for line in order.lines.all()
        ],
        "discount": order.discount,
        "net": order.net,
        "tax": order.tax,
        "total": order.total,
    }


def credit_note_of(refund: Refund, *, receipt: Document | None, now: datetime) -> dict[str, Any]:
    """Everything the credit note of a refund prints: the receipt's lines with amounts below zero.

    Each line's refund splits into price and tax as the line itself did.
    """
    order = refund.order
    paper = paper_of(order, paid_on=now, reference=refund.provider_id)
    by_position = {line.position: line for line in order.lines.all()}
    lines = [
        _credited(by_position[int(part["line"])], Money(int(part["amount"]), order.currency))
        for part in refund.lines
    ]
    net, tax = (sum(int(each[key]) for each in lines) for key in ("net", "tax"))
    return {
        **paper,
        "corrects": receipt.number if receipt else "",
        "refund": refund.pk,
        "reason": refund.reason,
        "lines": lines,
        "discount": 0,
        "net": net if lines else -refund.amount,
        "tax": tax,
        "total": -refund.amount,
    }


def _credited(line: OrderLine, back: Money) -> dict[str, Any]:
    whole = line.net + line.tax
    tax = back.share(Fraction(line.tax, whole)) if whole else Money.zero(back.currency)
    return {
        "title": line.title,
        "quantity": line.quantity,
        "unit": line.unit_amount,
        "discount": 0,
        "net": -(back - tax).cents,
        "tax": -tax.cents,
        "tax_percent": line.tax_percent,
        "tax_name": line.tax_jurisdiction,
    }
