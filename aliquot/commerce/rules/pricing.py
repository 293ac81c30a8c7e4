"""What an order costs. Prose and worked numbers: docs/rules/prices.md."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from aliquot.commerce.facts import (
    Discount,
    Item,
    LineTax,
    PricePoint,
    Quote,
    QuoteLine,
    TaxAnswer,
    TaxedLine,
    TaxQuestion,
    TaxRow,
)
from aliquot.lib.money import Money

_NO_TAX = Decimal(0)


def price_at(points: Iterable[PricePoint], *, quantity: int, now: datetime) -> Money | None:
    """The price of one when so many are bought now; None where nothing has been set.

    Of each row of the table the newest that has begun holds; then the row with the highest
    quantity that is reached.
    """
    begun = sorted(
        (point for point in points if point.starts_at <= now), key=lambda point: point.starts_at
    )
    table = {point.from_quantity: point.amount for point in begun}
    reached = [from_quantity for from_quantity in table if from_quantity <= quantity]
    return table[max(reached)] if reached else None


def rate_for(rows: Iterable[TaxRow], *, tax_code: str, on: date) -> TaxRow | None:
    """The row that holds for a product on a day: one for its own tax code before one for all."""
    fit = [
        row
        for row in rows
        if row.tax_code in {"", tax_code}
        and row.valid_from <= on
        and (row.valid_through is None or on <= row.valid_through)
    ]
    return max(fit, key=lambda row: (row.tax_code != "", row.valid_from), default=None)


def taxes_by(rows: Sequence[TaxRow], question: TaxQuestion) -> tuple[LineTax, ...]:
    """The taxes by a table of rates, worked out on each line's net and rounded there, halves up."""
    return tuple(_tax_by(rows, line, question) for line in question.lines)


def _tax_by(rows: Sequence[TaxRow], line: TaxedLine, question: TaxQuestion) -> LineTax:
    fit = None if question.is_exempt else rate_for(rows, tax_code=line.tax_code, on=question.on)
    if fit is None:
        return LineTax(Money.zero(question.currency))
    return LineTax(line.net.share(Fraction(fit.percent) / 100), fit.percent, fit.name)


def with_taxes(untaxed: Quote, answer: TaxAnswer, *, source: str = "") -> Quote:
    """A quote with what the source of taxes said of its lines, in their order."""
    lines = tuple(
        replace(line, tax=each.tax, tax_percent=each.percent, tax_name=each.name)
        for line, each in zip(untaxed.lines, answer.lines, strict=True)
    )
    tax = Money.total((line.tax for line in lines), untaxed.currency)
    return replace(
        untaxed,
        lines=lines,
        tax=tax,
        total=untaxed.net + tax,
        tax_source=source if answer.calculation else "",
        tax_calculation=answer.calculation,
    )


def quote(items: Sequence[Item], *, currency: str, discount: Discount | None = None) -> Quote:
    """The cost of the items with discount, before tax.

    What was paid for a replaced pack is set off first; a voucher then takes its part of what is
    left, shared over the lines it applies to by largest remainder, so that the parts sum to the
    whole.
    """
    gross = [item.unit * item.quantity for item in items]
    setoffs = [
        min(item.setoff, amount) if item.setoff is not None else Money.zero(currency)
        for item, amount in zip(items, gross, strict=True)
    ]
    left = [amount - setoff for amount, setoff in zip(gross, setoffs, strict=True)]
    vouchers = _voucher_shares(items, left, discount, currency)
    lines = tuple(
        _line(item, amount, setoff + voucher)
        for item, amount, setoff, voucher in zip(items, gross, setoffs, vouchers, strict=True)
    )
    net = Money.total((line.net for line in lines), currency)
    return Quote(
        lines=lines,
        currency=currency,
        discount=Money.total((line.discount for line in lines), currency),
        voucher_discount=Money.total(vouchers, currency),
        net=net,
        tax=Money.zero(currency),
        total=net,
    )


def _voucher_shares(
    items: Sequence[Item], left: Sequence[Money], discount: Discount | None, currency: str
) -> list[Money]:
    """What the voucher takes off each line."""
    nothing = Money.zero(currency)
    if discount is None:
        return [nothing] * len(items)
    applies = [
        amount if discount.product in {"", item.product} else nothing
        for item, amount in zip(items, left, strict=True)
    ]
    eligible = Money.total(applies, currency)
    if not eligible:
        return [nothing] * len(items)
    if discount.percent is not None:
        taken = eligible.share(Fraction(discount.percent) / 100)
    else:
        taken = min(discount.amount or nothing, eligible)
    return taken.split([amount.cents for amount in applies])


def _line(item: Item, gross: Money, discount: Money) -> QuoteLine:
    return QuoteLine(
        item=item,
        gross=gross,
        discount=discount,
        net=gross - discount,
        tax=Money.zero(gross.currency),
        tax_percent=_NO_TAX,
        tax_name="",
    )
