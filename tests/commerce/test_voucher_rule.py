"""May this person use this code for these things now? Every refusal is a sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aliquot.commerce.facts import VoucherTerms
from aliquot.commerce.rules.vouchers import refusal

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
ZONE = "America/New_York"


def why(*, products: tuple[str, ...] = ("year",), now: datetime = NOW, **terms: Any) -> str:
    """What the rule says of a voucher that is good but for ``terms``."""
    voucher = VoucherTerms("WELCOME", **{"valid_from": NOW - HOUR, **terms})
    return refusal(voucher, products=products, currency="USD", zone=ZONE, now=now)


def test_a_good_code_applies_from_its_first_moment_up_to_not_at_its_last() -> None:
    assert why(valid_from=NOW) == ""
    assert why(valid_from=NOW + MOMENT) == "The code WELCOME holds from November 26, 2026 on."
    assert why(valid_until=NOW + MOMENT) == ""
    assert why(valid_until=NOW) == "The code WELCOME was good through November 26, 2026."


def test_the_last_day_is_named_in_the_buyers_zone() -> None:
    midnight = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # ends November 25 in New York
    assert why(valid_until=midnight) == "The code WELCOME was good through November 25, 2026."


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"is_withdrawn": True}, "The code WELCOME was withdrawn by the seller."),
        (
            {"product": "pack", "product_title": "Eight hours"},
            "The code WELCOME is only for “Eight hours”, which is not in your cart.",
        ),
        ({"currency": "EUR"}, "The code WELCOME is in EUR, and this order in USD."),
        ({"limit": 3, "used": 3}, "The code WELCOME is used up."),
        (
            {"limit_per_person": 1, "used_by_person": 1},
            "You have used the code WELCOME once, as often as one person may.",
        ),
        (
            {"limit_per_person": 2, "used_by_person": 2},
            "You have used the code WELCOME 2 times, as often as one person may.",
        ),
        ({"limit": 3, "used": 2, "limit_per_person": 2, "used_by_person": 1}, ""),
        ({"product": "year", "currency": "USD"}, ""),
    ],
)
def test_every_refusal_is_a_sentence(terms: dict[str, Any], sentence: str) -> None:
    assert why(**terms) == sentence
