"""Taxes by Stripe Tax. Amounts at Stripe are minor units, as ours are; tax comes on top of them.

Asked with the official library: /v1/tax/calculations before an order is placed, and
/v1/tax/transactions once it is paid or given back. A calculation expires after 90 days.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from aliquot.commerce.adapters.gateways.stripe.client import stripe_client
from aliquot.commerce.adapters.taxes.stripe import settings
from aliquot.commerce.errors import TaxFilingRefusedError, TaxPlaceError, TaxUnknownError
from aliquot.commerce.facts import LineTax, Returned, TaxAnswer, TaxQuestion
from aliquot.lib.money import Money

logger = logging.getLogger("aliquot.commerce")

SECONDS_TO_ANSWER = 8  # a buyer waits
MOST_LINES = 100
LONGEST_NAME = 80  # of a tax, as order lines keep it
# Without these Stripe does not know where a buyer is.
NEEDS_POSTAL_CODE = {"US", "CA"}


class StripeTax:
    """Stripe Tax, for the seller's registrations at Stripe."""

    name = "stripe"
    is_remote = True

    def __init__(self) -> None:
        self._api: Any = stripe_client(seconds=SECONDS_TO_ANSWER, retries=1).v1.tax

    def calculate(self, question: TaxQuestion) -> TaxAnswer:
        """Asked anew each time; lines of nothing are left out, and an order of nothing altogether.

        Raises TaxPlaceError, TaxUnknownError.
        """
        nothing = LineTax(Money.zero(question.currency))
        wanted = [(at, line) for at, line in enumerate(question.lines) if line.net]
        if not wanted:
            return TaxAnswer(question, (nothing,) * len(question.lines))
        if question.country in NEEDS_POSTAL_CODE and not question.postal_code:
            raise TaxPlaceError
        items = [
            {
                "amount": line.net.cents,
                "reference": str(at),
                "tax_behavior": "exclusive",
                **({"tax_code": line.tax_code} if line.tax_code else {}),
            }
            for at, line in wanted
        ]
        params = {
            "currency": question.currency.lower(),
            "line_items": items,
            "customer_details": _customer(question),
            "expand": ["line_items.data.tax_breakdown"],
        }
        with _plainly(is_question=True):
            made = self._api.calculations.create(params)
            said = {int(each.reference): each for each in self._lines_of(made)}
        taxes = tuple(
            _line_tax(said[at], question.currency) if at in said else nothing
            for at in range(len(question.lines))
        )
        is_whole = said.keys() == {at for at, _ in wanted}
        if not is_whole or sum(each.tax.cents for each in taxes) != made.tax_amount_exclusive:
            raise TaxUnknownError
        return TaxAnswer(question, taxes, calculation=made.id)

    def record_sale(self, calculation: str, *, reference: str) -> str:
        """A tax transaction; the reference, an order's number, is the idempotency key as well."""
        params = {"calculation": calculation, "reference": reference}
        with _plainly():
            made = self._api.transactions.create_from_calculation(params, _once(reference))
        return str(made.id)

    def record_refund(self, sale: str, parts: Sequence[Returned], *, reference: str) -> str:
        """A reversal of all, or of amounts of lines."""
        params: dict[str, Any] = {"original_transaction": sale, "reference": reference}
        with _plainly():
            if parts:
                found = self._api.transactions.line_items.list(sale, {"limit": MOST_LINES})
                ids = {int(each.reference): each.id for each in found.data}
                params["mode"] = "partial"
                params["line_items"] = [
                    {
                        "amount": -part.net.cents,
                        "amount_tax": -part.tax.cents,
                        "original_line_item": ids[part.position],
                        "reference": f"{reference}-{part.position}",
                    }
                    for part in parts
                ]
            else:
                params["mode"] = "full"
            made = self._api.transactions.create_reversal(params, _once(reference))
        return str(made.id)

    def _lines_of(self, made: Any) -> list[Any]:
        if not made.line_items.has_more:
            return list(made.line_items.data)
        whole = {"limit": MOST_LINES, "expand": ["data.tax_breakdown"]}
        return list(self._api.calculations.line_items.list(made.id, whole).data)


def make() -> StripeTax:
    """The source; ImproperlyConfigured without a proper key."""
    settings.check()
    return StripeTax()


def _customer(question: TaxQuestion) -> dict[str, Any]:
    address = {
        "country": question.country,
        "state": question.region,
        "postal_code": question.postal_code,
    }
    return {
        "address": {name: value for name, value in address.items() if value},
        "address_source": "billing",
        "taxability_override": "customer_exempt" if question.is_exempt else "none",
    }


def _line_tax(line: Any, currency: str) -> LineTax:
    """The amount is the truth; percent and name say where it comes from."""
    due = [each for each in line.tax_breakdown or () if each.amount and each.tax_rate_details]
    percent = sum((Decimal(each.tax_rate_details.percentage_decimal) for each in due), Decimal(0))
    kinds = dict.fromkeys(each.tax_rate_details.display_name for each in due)
    places = dict.fromkeys(each.jurisdiction.display_name for each in due)
    name = f"{' and '.join(kinds)} ({', '.join(places)})" if due else ""
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 1].rstrip(' ,')}…"
    return LineTax(Money(line.amount_tax, currency), percent, name)


def _once(reference: str) -> dict[str, str]:
    return {"idempotency_key": f"tax-{reference}"}


@contextmanager
def _plainly(*, is_question: bool = False) -> Iterator[None]:
    """Stripe's errors in our words: the place is not enough, it refuses, or nothing is known.

    Why a calculation is refused (Stripe Tax is not switched on, a tax code is unknown) is for the
    log, not for buyers.
    """
    import stripe

    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code == "customer_tax_location_invalid":
            raise TaxPlaceError from error
        words = f"Stripe refuses: {error.user_message or error.code or 'no reason given'}"
        logger.warning("Stripe Tax: %s", words)
        raise (TaxUnknownError() if is_question else TaxFilingRefusedError(words)) from error
    except stripe.StripeError as error:
        raise TaxUnknownError from error
