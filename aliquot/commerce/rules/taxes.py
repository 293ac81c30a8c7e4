"""How what is given back of a line splits into price and tax. Prose: docs/rules/prices.md."""

from fractions import Fraction

from aliquot.commerce.facts import Returned
from aliquot.lib.money import Money


def given_back(
    position: int, back: Money, *, net: Money, tax: Money, before: Returned | None = None
) -> Returned:
    """A part of a line, price with tax, that is given back; ``before``: what went back earlier.

    Its tax is the line's share of it, rounded to the cent, but never so that the line would have
    more price or more tax back than it had: the last part takes what is left of both.
    """
    zero = Money.zero(back.currency)
    net_left = net - (before.net if before else zero)
    tax_left = tax - (before.tax if before else zero)
    whole = net + tax
    share = back.share(Fraction(tax.cents, whole.cents)) if whole else zero
    part = min(max(share, back - net_left), tax_left)
    return Returned(position, net=back - part, tax=part)
