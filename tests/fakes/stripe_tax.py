"""The part of our fake of Stripe that plays Stripe Tax; see ``stripe_checkout`` for the rest.

It knows the rates that a test gives it (``rates``, by state), rounds each tax of a line halves up,
and refuses what Stripe's reference says that it refuses: unknown parameters, a place in the United
States without a ZIP code (``customer_tax_location_invalid``), amounts that are not positive, a
reference used before (by a sale or a reversal), an expired calculation, reversing more of a line
than is left or a reversal. How Stripe words these refusals is not known to us; only the codes
``customer_tax_location_invalid`` and ``resource_missing`` are.

It leaves out: registrations, tax codes with rules of their own, inclusive prices, shipping, ids of
taxpayers.
"""

import time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.fakes.stripe_books import Books, Refusal, Thing

CALCULATION_FIELDS = {"currency", "line_items", "customer_details"}
LINE_FIELDS = {"amount", "reference", "tax_behavior", "tax_code"}
CUSTOMER_FIELDS = {"address", "address_source", "taxability_override"}
REVERSAL_FIELDS = {"mode", "original_transaction", "reference", "line_items"}
NINETY_DAYS = 90 * 24 * 3600


class TaxBooks(Books):
    """Calculations and tax transactions. ``rates``: percent and display name by state."""

    rates: dict[str, list[tuple[str, str, str]]]

    def tax(self, method: str, path: list[str], data: Thing, expand: list[str]) -> Thing:
        """Answer below ``/v1/tax/``."""
        match method, path:
            case "POST", ["calculations"]:
                return self._shown(self._calculate(data), "line_items.data.tax_breakdown" in expand)
            case "GET", ["calculations", identity, "line_items"]:
                found = self.get(identity, "tax.calculation")
                return self._page(found, data, "data.tax_breakdown" in expand)
            case "POST", ["transactions", "create_from_calculation"]:
                return self._shown(self._commit(data), False)
            case "POST", ["transactions", "create_reversal"]:
                return self._shown(self._reverse(data), False)
            case "GET", ["transactions", identity, "line_items"]:
                return self._page(self.get(identity, "tax.transaction"), data, False)
        raise Refusal(f"Unrecognized request URL ({method}: /v1/tax/{'/'.join(path)}).")

    def expire_calculations(self) -> None:
        """Ninety days later."""
        for each in self.all("tax.calculation"):
            each["expires_at"] -= NINETY_DAYS + 1

    def tax_of(self, kind: str) -> list[tuple[str, int, int]]:
        """Recorded sales or reversals, the oldest first: reference, net, tax."""
        found = [each for each in self.all("tax.transaction") if each["type"] == kind]
        return [
            (
                each["reference"],
                sum(line["amount"] for line in each["lines"]),
                sum(line["amount_tax"] for line in each["lines"]),
            )
            for each in reversed(found)
        ]

    def _calculate(self, data: Thing) -> Thing:
        _known(data, CALCULATION_FIELDS)
        customer = data.get("customer_details", {})
        _known(customer, CUSTOMER_FIELDS)
        address = customer.get("address", {})
        zip_code = address.get("postal_code", "")
        if not address.get("country") or (address["country"] == "US" and len(zip_code) < 5):
            raise Refusal("The address is not enough.", code="customer_tax_location_invalid")
        override = customer.get("taxability_override", "none")
        if override not in {"none", "customer_exempt", "reverse_charge"}:
            raise Refusal("Invalid taxability_override.")
        items = data.get("line_items", [])
        if not 1 <= len(items) <= 100 or len({each["reference"] for each in items}) < len(items):
            raise Refusal("1 to 100 line_items, each with a reference of its own.")
        rates = [] if override == "customer_exempt" else self.rates.get(address.get("state"), [])
        made = self.make(
            "tax.calculation",
            "taxcalc",
            currency=data["currency"],
            customer_details=customer,
            expires_at=int(time.time()) + NINETY_DAYS,
            lines=[self._line(each, rates) for each in items],
        )
        made["tax_amount_exclusive"] = sum(each["amount_tax"] for each in made["lines"])
        return made

    def _line(self, item: Thing, rates: list[tuple[str, str, str]]) -> Thing:
        _known(item, LINE_FIELDS)
        amount = int(item["amount"])
        if amount <= 0 or not item.get("tax_code", "txcd_").startswith("txcd_"):
            raise Refusal("A positive amount and a tax code of Stripe's are needed.")
        breakdown = [
            {
                "amount": _share(amount, percent),
                "jurisdiction": {"country": "US", "display_name": place, "level": "state"},
                "sourcing": "destination",
                "tax_rate_details": {"display_name": kind, "percentage_decimal": percent},
                "taxability_reason": "standard_rated",
                "taxable_amount": amount,
            }
            for percent, kind, place in rates
        ]
        return {
            "id": f"tax_li_{item['reference']}",
            "object": "tax.calculation_line_item",
            "amount": amount,
            "amount_tax": sum(int(str(each["amount"])) for each in breakdown),
            "reference": item["reference"],
            "tax_breakdown": breakdown,
        }

    def _commit(self, data: Thing) -> Thing:
        _known(data, {"calculation", "reference"})
        found = self.get(data["calculation"], "tax.calculation")
        if found["expires_at"] < time.time():
            raise Refusal("The calculation has expired.")
        return self._record(data["reference"], "transaction", found["lines"])

    def _reverse(self, data: Thing) -> Thing:
        _known(data, REVERSAL_FIELDS)
        original = self.get(data["original_transaction"], "tax.transaction")
        if original["type"] != "transaction":
            raise Refusal("A reversal cannot be reversed.")
        left = {each["id"]: dict(each) for each in original["lines"]}
        for each in self.all("tax.transaction"):
            for line in each["lines"] if each.get("reverses") == original["id"] else ():
                left[line["original"]]["amount"] += line["amount"]
                left[line["original"]]["amount_tax"] += line["amount_tax"]
        if data["mode"] == "full":
            if any(left[each["id"]] != each for each in original["lines"]):
                raise Refusal("It is partly reversed already.")
            wanted = [
                {**each, "amount": -each["amount"], "amount_tax": -each["amount_tax"],
                 "original": each["id"]}
                for each in original["lines"]
            ]  # fmt: skip
        else:
            wanted = [
                {
                    "amount": int(each["amount"]),
                    "amount_tax": int(each["amount_tax"]),
                    "original": each["original_line_item"],
                    "reference": each["reference"],
                }
                for each in data["line_items"]
            ]
        for each in wanted:
            for name in ("amount", "amount_tax"):
                if not 0 <= -each[name] <= left[each["original"]][name]:
                    raise Refusal("More is reversed than is left of the line.")
        return self._record(data["reference"], "reversal", wanted, reverses=original["id"])

    def _record(self, reference: str, kind: str, lines: list[Thing], **more: Any) -> Thing:
        if any(each["reference"] == reference for each in self.all("tax.transaction")):
            raise Refusal("There is a transaction with this reference already.")
        return self.make("tax.transaction", "tax", reference=reference, type=kind, lines=lines,
                         **more)  # fmt: skip

    def _shown(self, whole: Thing, has_breakdown: bool) -> Thing:
        return {**whole, "line_items": self._page(whole, {}, has_breakdown)}

    def _page(self, whole: Thing, data: Thing, has_breakdown: bool) -> Thing:
        limit = int(data.get("limit", 10))
        shown = [
            each if has_breakdown else {**each, "tax_breakdown": None} for each in whole["lines"]
        ]
        return {"object": "list", "data": shown[:limit], "has_more": len(shown) > limit}


def _share(amount: int, percent: str) -> int:
    exact = Decimal(amount) * Decimal(percent) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _known(data: Thing, known: set[str]) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise Refusal(f"Received unknown parameter: {unknown[0]}", code="parameter_unknown")
