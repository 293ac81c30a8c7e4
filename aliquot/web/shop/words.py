"""What the shop says in words: terms, refund rule, what a product includes."""

from collections.abc import Sequence
from decimal import Decimal

from aliquot.catalog.facts import CatalogCounts
from aliquot.commerce.models import Product, ShopSettings
from aliquot.commerce.queries import OnSale
from aliquot.lib.decimals import shortest

_YEAR = 365
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def term_words(days: int) -> str:
    """A term as people say it: "365 days", "1 day"."""
    return f"{days} day{'s' if days != 1 else ''}"


def refund_words(rule: ShopSettings) -> list[str]:
    """The seller's refund rule in plain sentences, from its settings (docs/rules/refunds.md)."""
    if not rule.refund_days:
        return ["There is no refund by right. Ask us: we decide case by case."]
    below = rule.refund_completions_below
    number = _NUMBERS[below] if below < len(_NUMBERS) else str(below)
    days = term_words(rule.refund_days)
    words = [
        f"Ask within {days} of buying and you get all of it back, without giving a reason.",
        f"Day {rule.refund_days} still counts. After it there is no refund.",
        f"If you have completed {number} or more courses with it, we decide case by case.",
        "The same goes for a single course that you have completed.",
    ]
    if rule.refund_unused_hours:
        words.append("Of an hour pack you used more than that, we pay back the unused hours.")
    if rule.refund_revokes_credit:
        words.append(
            "A refund takes back the credit and the certificates earned with it. Your order's "
            "page shows all this before you ask."
        )
    return words


def free_words(counts: CatalogCounts) -> str:
    """How many of the open courses are free, and that the others need access; empty: none is."""
    if not counts.free:
        return ""
    left = counts.courses - counts.free
    if not left:
        return "free" if counts.courses == 1 else "all free"
    return f"{counts.free} free, {left}\N{NO-BREAK SPACE}need{'s' if left == 1 else ''} access"


def included(product: Product, counts: CatalogCounts) -> list[str]:
    """What buying a product gives, in short lines; what is free anyway is not sold as a part."""
    anyway = f"; {counts.free} of them free anyway" if counts.free else ""
    term = term_words(product.term_days)
    lines = {
        Product.Kind.SUBSCRIPTION: [
            f"All {_courses(counts.courses)} of today, {_units(counts.contact_hours)}{anyway}",
            f"As many as you want for {term}, also those that come",
            "Bought again, the next term begins when this one ends",
        ],
        Product.Kind.PACK: [
            f"{_units(product.hours or Decimal(0))} of the courses you choose",
            "Hours are drawn when you start a course, and you see how many before",
            f"{term.capitalize()} to use them; nothing draws below zero",
        ],
        Product.Kind.COURSE: [
            "One course, whatever its contact hours",
            f"{term.capitalize()} to finish it, as often as you need the test",
        ],
        Product.Kind.BUNDLE: [f"{term.capitalize()} to finish them"],
        Product.Kind.SEATS: [
            "Unlimited access for each person of your laboratory",
            f"{term.capitalize()} for every seat",
            "Pay by card, or by purchase order, check or bank transfer",
        ],
    }
    return lines[Product.Kind(product.kind)]


def _courses(number: int) -> str:
    return f"{number} course{'' if number == 1 else 's'}"


def _units(hours: Decimal) -> str:
    number = shortest(hours)
    return f"{number} contact hour{'' if number == '1' else 's'}"


def price_line(on_sale: Sequence[OnSale]) -> str:
    """The first of each kind sold now: All courses for a year $95.00, or 8 hours for $50.00."""
    first = {each.product.kind: each for each in reversed(on_sale)}
    parts = []
    if (everything := first.get("subscription")) is not None:
        days = everything.product.term_days
        term = "a year" if days == _YEAR else term_words(days)
        parts.append(f"all courses for {term} {everything.unit}")
    if (pack := first.get("pack")) is not None and pack.product.hours is not None:
        parts.append(f"{shortest(pack.product.hours)} hours for {pack.unit}")
    line = ", or ".join(parts)
    return line[:1].upper() + line[1:]


def per_words(product: Product) -> str:
    """What the price is for: "for 365 days", "for each seat"."""
    term = term_words(product.term_days)
    return f"for each seat, {term}" if product.kind == "seats" else f"for {term}"
