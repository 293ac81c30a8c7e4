"""Receipts, invoices and credit notes as PDF, drawn from their frozen content alone."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aliquot.accounts.facts import STATES
from aliquot.infra import pdf
from aliquot.lib.dates import long_date
from aliquot.lib.money import Money

# A document is drawn with the design of its day.
DESIGNS = {1: Path(__file__).parent.parent / "data" / "paper_1.typ"}
_HEADINGS = {"receipt": "Receipt", "invoice": "Invoice", "credit_note": "Credit note"}
_TOTALS = {"receipt": "Total paid", "invoice": "Total due", "credit_note": "Total given back"}
_WAYS = {
    "test": "Test payment",
    "stripe": "Online, by Stripe",
    "offline": "Check, bank transfer or purchase order",
}
_COLUMNS = ("Item", "Quantity", "Unit price", "Discount", "Tax", "Amount before tax")
_NOTHING = "–"
_DAY = 10  # characters of a date in a stored moment

type Content = Mapping[str, Any]


def paper_pdf(content: Content, *, paper: str) -> bytes:
    """Draw a document on ``letter`` or ``a4``; the same content gives the same bytes."""
    return pdf.render(
        DESIGNS[content.get("design", 1)],
        data_of(content, paper=paper),
        at=datetime.fromisoformat(content["issued_at"]),
    )


def data_of(content: Content, *, paper: str) -> dict[str, Any]:
    """Everything the template prints, in words."""
    kind, seller = content["kind"], content["seller"]
    return {
        "paper": paper,
        "title": f"{_HEADINGS[kind]} {content['number']}",
        "heading": _HEADINGS[kind],
        "number": content["number"],
        "seller": {"name": seller["name"] or "The seller", "details": _seller_details(seller)},
        "buyer": _buyer(content),
        "facts": _facts(content),
        "test": "" if content["is_live"] else "Test payment: no money moved.",
        "columns": _COLUMNS,
        "lines": [_line(line, content["currency"]) for line in content["lines"]],
        "sums": _sums(content),
        "total": {"name": _TOTALS[kind], "amount": _amount(content, "total")},
        "closing": _closing(content),
        "how_to_pay": _filled(content.get("how_to_pay", "").splitlines()),
        "currency": content["currency"],
    }


def _seller_details(seller: Mapping[str, str]) -> list[str]:
    number = f"Tax number {seller['tax_number']}" if seller["tax_number"] else ""
    return _filled([*seller["address"].splitlines(), seller["email"], number])


def _buyer(content: Content) -> dict[str, Any]:
    buyer = content["buyer"]
    names = [STATES.get(buyer.get("region", ""), ""), buyer.get("postal_code", "")]
    place = _filled([*names, buyer.get("country", "")])
    lines = [
        buyer.get("organization", ""),
        buyer.get("name", ""),
        *buyer.get("address", "").splitlines(),
        ", ".join(place),
        buyer.get("email", ""),
    ]
    return {"label": "Billed to", "lines": _filled(lines)}


def _facts(content: Content) -> list[dict[str, str]]:
    kind = content["kind"]
    paid = "Given back" if kind == "credit_note" else "Paid"
    facts = [
        ("Date", _day(content.get("issued_on") or content["issued_at"])),
        ("Corrects receipt", content.get("corrects", "")),
        ("Order", content["order"]),
        ("Ordered", _day(content["placed_on"])),
        ("Purchase order", content["purchase_order_number"]),
        (paid, _day(content["paid_on"])),
        ("Due", _day(content.get("due_on"))),
        ("Way to pay", _WAYS.get(content["gateway"], content["gateway"].capitalize())),
        ("Reference", "" if kind == "invoice" else content["reference"]),
    ]
    return [{"name": name, "value": value} for name, value in facts if value]


def _line(line: Mapping[str, Any], currency: str) -> dict[str, str]:
    rate = f"{line['tax_percent']}% {line['tax_name']}".strip() if line["tax_name"] else ""
    return {
        "title": line["title"],
        "quantity": str(line["quantity"]),
        "unit": str(Money(line["unit"], currency)),
        "discount": str(Money(-line["discount"], currency)) if line["discount"] else _NOTHING,
        "tax": str(Money(line["tax"], currency)) if line["tax"] or rate else _NOTHING,
        "rate": rate,
        "net": str(Money(line["net"], currency)),
    }


def _sums(content: Content) -> list[dict[str, str]]:
    """Before tax, then one sum for each tax and rate."""
    currency = content["currency"]
    taxes: dict[str, int] = {}
    for line in content["lines"]:
        if line["tax_name"]:
            name = f"{line['tax_name']}, {line['tax_percent']}%"
            taxes[name] = taxes.get(name, 0) + line["tax"]
    sums = [("Sum before tax", content["net"]), *(taxes or {"Tax": content["tax"]}).items()]
    if content["discount"]:
        sums.insert(0, ("Discounts taken off", -content["discount"]))
    return [{"name": name, "amount": str(Money(cents, currency))} for name, cents in sums]


def _closing(content: Content) -> list[str]:
    kind, number = content["kind"], content["number"]
    exemption = content["buyer"].get("exemption", "")
    sentences = [f"No tax: exempt by the certificate of {exemption}."] if exemption else []
    if kind == "invoice":
        sentences.append(
            f"Please pay {_amount(content, 'total')} and name the invoice {number} with your "
            "payment. Access begins when the money has arrived; the receipt follows then."
        )
    if kind == "credit_note" and content.get("corrects"):
        sentences.append(f"This note corrects receipt {content['corrects']}.")
    if kind == "credit_note" and content.get("reason"):
        sentences.append(f"Reason: {content['reason']}")
    return sentences


def _amount(content: Content, name: str) -> str:
    return str(Money(content[name], content["currency"]))


def _day(text: str | None) -> str:
    """A stored day or moment as people write it; nothing stays nothing."""
    return long_date(date.fromisoformat(text[:_DAY])) if text else ""


def _filled(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]
