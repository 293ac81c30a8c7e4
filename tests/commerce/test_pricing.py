"""What an order costs: price tables, vouchers, set-offs, tax, to the cent."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliquot.commerce.facts import (
    Discount,
    Item,
    PricePoint,
    Quote,
    TaxAnswer,
    TaxedLine,
    TaxQuestion,
    TaxRow,
)
from aliquot.commerce.rules.pricing import price_at, quote, rate_for, taxes_by, with_taxes
from aliquot.lib.money import Money

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
YEAR = timedelta(days=365)
FLORIDA = TaxRow("US-FL", "Florida sales tax", Decimal(6), date(2020, 1, 1))


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def item(code: str, cents: int, quantity: int = 1, **more: object) -> Item:
    return Item(code, "subscription", code, quantity, usd(cents), **more)  # type: ignore[arg-type]


def costs(
    *items: Item,
    discount: Discount | None = None,
    taxes: Sequence[TaxRow] = (),
    is_exempt: bool = False,
) -> Quote:
    untaxed = quote(items, currency="USD", discount=discount)
    lines = tuple(TaxedLine(line.net, line.item.tax_code) for line in untaxed.lines)
    question = TaxQuestion(lines, "USD", "US", "FL", "", is_exempt, TODAY)
    return with_taxes(untaxed, TaxAnswer(question, taxes_by(taxes, question)))


def test_the_newest_price_that_has_begun_holds() -> None:
    points = [
        PricePoint(1, usd(90_00), NOW - 2 * YEAR),
        PricePoint(1, usd(95_00), NOW),
        PricePoint(1, usd(99_00), NOW + timedelta(seconds=1)),
    ]
    assert price_at(points, quantity=1, now=NOW) == usd(95_00)
    assert price_at(points, quantity=1, now=NOW - timedelta(seconds=1)) == usd(90_00)
    assert price_at(points, quantity=1, now=NOW - 3 * YEAR) is None


def test_ten_seats_cost_less_each_than_nine() -> None:
    points = [
        PricePoint(5, usd(80_00), NOW - YEAR),
        PricePoint(10, usd(70_00), NOW - YEAR),
        PricePoint(10, usd(65_00), NOW),
    ]
    assert price_at(points, quantity=4, now=NOW) is None
    assert price_at(points, quantity=5, now=NOW) == usd(80_00)
    assert price_at(points, quantity=9, now=NOW) == usd(80_00)
    assert price_at(points, quantity=10, now=NOW) == usd(65_00)


def test_tax_is_rounded_on_each_line_and_added() -> None:
    found = costs(item("a", 95_00), item("b", 20_09), taxes=[FLORIDA])
    assert [line.tax for line in found.lines] == [usd(5_70), usd(1_21)]  # 1.2054
    assert (found.net, found.tax, found.total) == (usd(115_09), usd(6_91), usd(122_00))
    assert found.lines[0].tax_name == "Florida sales tax"


def test_an_exempt_buyer_pays_no_tax() -> None:
    found = costs(item("a", 95_00), taxes=[FLORIDA], is_exempt=True)
    assert (found.tax, found.total) == (usd(0), usd(95_00))
    assert found.lines[0].tax_percent == 0


def test_a_rate_holds_from_its_first_through_its_last_day() -> None:
    row = TaxRow("US", "x", Decimal(1), date(2026, 1, 1), date(2026, 12, 31))
    assert rate_for([row], tax_code="", on=date(2025, 12, 31)) is None
    assert rate_for([row], tax_code="", on=date(2026, 1, 1)) == row
    assert rate_for([row], tax_code="", on=date(2026, 12, 31)) == row
    assert rate_for([row], tax_code="", on=date(2027, 1, 1)) is None


def test_a_rate_for_the_products_own_code_goes_before_one_for_all() -> None:
    own = TaxRow("US", "education", Decimal(0), date(2020, 1, 1), tax_code="education")
    general = TaxRow("US", "general", Decimal(6), date(2026, 1, 1))
    assert rate_for([general, own], tax_code="education", on=TODAY) == own
    assert rate_for([general, own], tax_code="", on=TODAY) == general
    assert rate_for([own], tax_code="book", on=TODAY) is None


def test_a_line_is_taxed_by_its_own_code_or_by_the_rate_for_all() -> None:
    general = TaxRow("US", "general", Decimal(6), date(2026, 1, 1))
    book = TaxRow("US", "book tax", Decimal(2), date(2026, 1, 1), tax_code="book")
    found = costs(
        item("a", 10_00, tax_code="book"), item("b", 10_00, tax_code="x"), item("c", 10_00),
        taxes=[general, book],
    )  # fmt: skip
    assert [(line.tax_name, line.tax) for line in found.lines] == [
        ("book tax", usd(20)),
        ("general", usd(60)),
        ("general", usd(60)),
    ]
    untaxed = costs(item("a", 10_00))
    assert (untaxed.lines[0].tax_name, untaxed.currency) == ("", "USD")


def test_a_taxed_quote_keeps_rate_name_and_where_the_tax_is_from() -> None:
    (line,) = costs(item("unlimited-year", 95_00), taxes=[FLORIDA]).lines
    assert (line.tax, line.tax_percent, line.tax_name) == (
        usd(5_70),
        Decimal(6),
        "Florida sales tax",
    )
    untaxed = quote([item("unlimited-year", 95_00)], currency="USD")
    question = TaxQuestion((TaxedLine(usd(95_00)),), "USD", "US", "FL", "", False, TODAY)
    own = with_taxes(untaxed, TaxAnswer(question, taxes_by([FLORIDA], question)), source="table")
    assert (own.tax_source, own.tax_calculation, own.total) == ("", "", usd(100_70))
    theirs = TaxAnswer(question, taxes_by([FLORIDA], question), "taxcalc_1")
    found = with_taxes(untaxed, theirs, source="stripe")
    assert (found.tax_source, found.tax_calculation) == ("stripe", "taxcalc_1")
    assert with_taxes(untaxed, theirs).tax_source == ""
    with pytest.raises(ValueError, match="argument 2"):
        with_taxes(untaxed, TaxAnswer(question, ()))


def test_a_percentage_is_shared_over_the_lines_and_sums_to_the_whole() -> None:
    found = costs(item("a", 10_01), item("b", 10_01), discount=Discount("X", percent=Decimal(25)))
    assert [line.discount for line in found.lines] == [usd(2_51), usd(2_50)]  # 5.005 rounds up
    assert (found.voucher_discount, found.total) == (usd(5_01), usd(15_01))


def test_an_amount_off_never_goes_below_zero() -> None:
    found = costs(item("a", 20_00), discount=Discount("X", amount=usd(50_00)))
    assert (found.discount, found.total) == (usd(20_00), usd(0))


def test_a_voucher_for_one_product_leaves_the_others_alone() -> None:
    off = Discount("X", percent=Decimal(100), product="b")
    found = costs(item("a", 95_00), item("b", 50_00), discount=off)
    assert [line.discount for line in found.lines] == [usd(0), usd(50_00)]
    assert costs(item("a", 95_00), discount=off).discount == usd(0)


def test_what_the_replaced_pack_cost_is_set_off_before_the_voucher() -> None:
    upgrade = item("year", 95_00, setoff=usd(50_00))
    found = costs(upgrade, discount=Discount("X", percent=Decimal(10)))
    assert (found.discount, found.voucher_discount) == (usd(54_50), usd(4_50))
    assert found.total == usd(40_50)
    assert costs(item("pack", 30_00, setoff=usd(50_00))).total == usd(0)


@given(
    st.lists(st.tuples(st.integers(0, 500_00), st.integers(1, 50)), min_size=1, max_size=6),
    st.one_of(
        st.none(),
        st.decimals(0, 100, places=2).filter(bool).map(lambda p: Discount("V", percent=p)),
        st.integers(1, 100_000).map(lambda cents: Discount("V", amount=usd(cents))),
    ),
    st.decimals(0, 30, places=3),
)
def test_every_quote_adds_up(
    wanted: list[tuple[int, int]], discount: Discount | None, percent: Decimal
) -> None:
    rate = TaxRow("US", "tax", percent, date(2020, 1, 1))
    items = [item(f"p{i}", cents, quantity) for i, (cents, quantity) in enumerate(wanted)]
    found = costs(*items, discount=discount, taxes=[rate])
    for line in found.lines:
        assert line.gross == line.item.unit * line.item.quantity
        assert line.net == line.gross - line.discount
        assert usd(0) <= line.discount <= line.gross
        assert line.tax >= usd(0)
    assert found.total == found.net + found.tax
    assert found.net == Money.total((line.gross for line in found.lines), "USD") - found.discount
    assert found.total == Money.total((line.net + line.tax for line in found.lines), "USD")
    if discount and discount.amount:
        gross = Money.total((line.gross for line in found.lines), "USD")
        assert found.discount == min(discount.amount, gross)
