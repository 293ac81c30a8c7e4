"""What every source of taxes does: the table, and Stripe Tax as our fake plays it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from aliquot.commerce.adapters import taxes
from aliquot.commerce.adapters.taxes import NAMES, TaxSource, check_taxes, source_called
from aliquot.commerce.errors import TaxFilingRefusedError, TaxPlaceError, TaxUnknownError
from aliquot.commerce.facts import LineTax, Returned, TaxedLine, TaxQuestion
from aliquot.commerce.services import add_tax_rate
from aliquot.lib.money import Money
from tests.fakes.stripe_checkout import StripeFake

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 26)


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def asked(*cents: int, is_exempt: bool = False, **place: str) -> TaxQuestion:
    where = {"country": "US", "region": "FL", "postal_code": "33602", **place}
    lines = tuple(TaxedLine(usd(each)) for each in cents)
    return TaxQuestion(lines, "USD", is_exempt=is_exempt, on=DAY, **where)


@pytest.fixture(params=NAMES)
def source(request: pytest.FixtureRequest) -> TaxSource:
    """A source that takes 6 % in Florida."""
    if request.param == "stripe":
        request.getfixturevalue("stripe_tax")
    else:
        add_tax_rate(
            jurisdiction="US-FL", name="Sales Tax (Florida)", percent=Decimal(6),
            valid_from=DAY, actor_id=None,
        )  # fmt: skip
    return source_called(request.param)


def test_every_folder_has_the_same_files_and_every_source_the_same_methods() -> None:
    root = Path(taxes.__file__).parent
    folders = {path.name for path in root.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(NAMES)
    for name in NAMES:
        files = {path.name for path in (root / name).glob("*.py")}
        assert files == {"__init__.py", "settings.py", "source.py"}


def test_each_line_has_its_tax_to_the_cent_and_lines_of_nothing_have_none(
    source: TaxSource,
) -> None:
    question = asked(95_00, 0, 20_09)
    found = source.calculate(question)
    florida = (Decimal(6), "Sales Tax (Florida)")
    assert found.question == question
    assert [each.tax for each in found.lines] == [usd(5_70), usd(0), usd(1_21)]
    assert [(found.lines[at].percent, found.lines[at].name) for at in (0, 2)] == [florida, florida]
    assert bool(found.calculation) is source.is_remote


def test_nothing_is_due_of_the_exempt_elsewhere_and_of_what_costs_nothing(
    source: TaxSource,
) -> None:
    none = (LineTax(usd(0)),)
    assert source.calculate(asked(95_00, is_exempt=True)).lines == none
    assert source.calculate(asked(95_00, region="OR", postal_code="97201")).lines == none
    free = source.calculate(asked(0, region="OR", postal_code=""))
    assert (free.lines, free.calculation) == (none, "")


def test_what_was_never_calculated_is_never_recorded(source: TaxSource) -> None:
    with pytest.raises(TaxFilingRefusedError):
        source.record_sale("taxcalc_unknown", reference="7QK2-M9XD")
    with pytest.raises(TaxFilingRefusedError):
        source.record_refund("tax_unknown", [], reference="7QK2-M9XD-refund-1")


class TestStripe:
    @pytest.fixture
    def way(self, stripe_tax: StripeFake) -> TaxSource:
        return source_called("stripe")

    def test_two_taxes_of_a_line_are_one_with_both_their_names(self, way: TaxSource) -> None:
        found = way.calculate(asked(95_00, region="TX", postal_code="78701")).lines[0]
        name = "Sales Tax and Local Sales Tax (Texas, Austin)"
        assert found == LineTax(usd(7_84), Decimal("8.25"), name)  # 5.94 + 1.90

    def test_more_lines_than_a_page_shows_are_all_there(self, way: TaxSource) -> None:
        found = way.calculate(asked(*[10_00] * 12))
        assert {(each.tax, each.percent) for each in found.lines} == {(usd(60), Decimal(6))}

    def test_no_zip_code_asks_nobody_and_a_bad_one_is_the_buyers_to_mend(
        self, way: TaxSource, stripe_tax: StripeFake
    ) -> None:
        with pytest.raises(TaxPlaceError):
            way.calculate(asked(95_00, postal_code=""))
        assert stripe_tax.asked == []
        with pytest.raises(TaxPlaceError):
            way.calculate(asked(95_00, postal_code="1"))

    @pytest.mark.parametrize(
        "deed",
        [
            lambda way: way.calculate(asked(95_00)),
            lambda way: way.record_sale("taxcalc_1", reference="A"),
            lambda way: way.record_refund("tax_1", [], reference="A-1"),
        ],
    )
    def test_without_an_answer_nothing_is_known(
        self, deed: Callable[[Any], Any], way: Any, stripe_tax: StripeFake
    ) -> None:
        way._api._requestor._options.max_network_retries = 0
        stripe_tax.is_down = True
        with pytest.raises(TaxUnknownError, match="nothing was charged"):
            deed(way)

    def test_a_tax_code_that_stripe_does_not_know_is_no_matter_of_the_buyer(
        self, way: TaxSource
    ) -> None:
        odd = TaxQuestion((TaxedLine(usd(1), "books"),), "USD", "US", "FL", "33602", False, DAY)
        with pytest.raises(TaxUnknownError):
            way.calculate(odd)

    def test_a_sale_and_a_refund_are_recorded_once_however_often_they_are_sent(
        self, way: TaxSource, stripe_tax: StripeFake
    ) -> None:
        sold = way.calculate(asked(95_00, 20_00)).calculation
        first = way.record_sale(sold, reference="A")
        assert way.record_sale(sold, reference="A") == first
        part = [Returned(1, usd(10_00), usd(60))]
        back = way.record_refund(first, part, reference="A-1")
        assert way.record_refund(first, part, reference="A-1") == back
        stripe_tax.forget_keys()
        with pytest.raises(TaxFilingRefusedError, match="reference"):
            way.record_sale(sold, reference="A")
        with pytest.raises(TaxFilingRefusedError, match="More is reversed"):
            way.record_refund(first, [Returned(1, usd(10_01), usd(60))], reference="A-2")
        assert stripe_tax.tax_of("transaction") == [("A", 115_00, 6_90)]
        assert stripe_tax.tax_of("reversal") == [("A-1", -10_00, -60)]


def test_an_unknown_source_and_stripe_without_its_key_stop_the_start(settings: Any) -> None:
    settings.TAX_SOURCE = "guess"
    with pytest.raises(ImproperlyConfigured, match="accepted: table, stripe"):
        check_taxes()
    settings.TAX_SOURCE, settings.STRIPE_SECRET_KEY = "stripe", ""
    with pytest.raises(ImproperlyConfigured, match="ALIQUOT_STRIPE_SECRET_KEY is missing"):
        check_taxes()
