"""The tax table and exemptions: dated, never edited, and counted only where they hold."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import (
    ExemptionRefusedError,
    PriceChangedError,
    TaxRateRefusedError,
)
from aliquot.commerce.models import Document, Order, TaxExemption, TaxRate
from aliquot.commerce.services import (
    add_tax_rate,
    approve_exemption,
    end_tax_rate,
    opened_certificate,
    withdraw_exemption,
)
from aliquot.flows.place_order import Buyer, Wish, place_order, quote_for, with_exemption
from aliquot.infra.models import AuditEntry
from aliquot.lib.money import Money
from tests.factories import papers
from tests.factories.shop import exemption_sent, open_shop, paid

pytestmark = pytest.mark.django_db
YEAR = [Wish("unlimited-year")]
TAX, TAXED, UNTAXED = Money(5_70, "USD"), Money(100_70, "USD"), Money(95_00, "USD")


def florida(percent: str = "6", first: date = date(2026, 1, 1)) -> TaxRate:
    return add_tax_rate(
        jurisdiction="US-FL",
        name="Florida sales tax",
        percent=Decimal(percent),
        valid_from=first,
        actor_id=None,
    )


def buyer(organization: str = "lakeside  HOSPITAL", region: str = "FL") -> Buyer:
    return Buyer("Rosa Méndez", "rosa@example.org", "US", region, organization)


def total(person: User, wanted: Buyer, now: datetime) -> Money:
    who = with_exemption(person, wanted, now=now)
    return quote_for(YEAR, buyer=who, zone=person.time_zone, now=now)[0].total


def order(person: User, agreed: Money, now: datetime) -> Order:
    return place_order(
        person=person,
        key="k",
        wishes=YEAR,
        buyer=buyer(),
        gateway_name="test",
        agreed_total=agreed,
        now=now,
    )


class TestTheTable:
    def test_a_rate_ends_and_the_next_begins_on_the_day_after(self, rosa: User) -> None:
        first = florida()
        for _ in range(2):
            end_tax_rate(rate=first, last_day=date(2026, 6, 30), actor_id=rosa.pk)
        florida("6.5", date(2026, 7, 1))
        percents = [
            [row.percent for row in queries.tax_rows_for("US", "FL", on=day)]
            for day in (date(2026, 6, 30), date(2026, 7, 1))
        ]
        assert percents == [[Decimal(6)], [Decimal("6.5")]]
        assert AuditEntry.objects.filter(action="tax_rate.ended").count() == 1

    def test_two_rates_never_hold_on_one_day(self) -> None:
        first = florida()
        assert florida() == first
        with pytest.raises(TaxRateRefusedError, match="End it first"):
            florida("7", date(2027, 1, 1))
        assert TaxRate.objects.count() == 1

    def test_what_ended_is_not_ended_anew_nor_before_it_began(self) -> None:
        rate = florida()
        with pytest.raises(TaxRateRefusedError, match="before the first"):
            end_tax_rate(rate=rate, last_day=date(2025, 12, 31), actor_id=None)
        end_tax_rate(rate=rate, last_day=date(2026, 6, 30), actor_id=None)
        with pytest.raises(TaxRateRefusedError, match="ended already"):
            end_tax_rate(rate=rate, last_day=date(2026, 7, 31), actor_id=None)
        rate.refresh_from_db()
        assert rate.valid_through == date(2026, 6, 30)

    @pytest.mark.parametrize("percent", ["-1", "100"])
    def test_a_percentage_out_of_range_is_refused(self, percent: str) -> None:
        with pytest.raises(TaxRateRefusedError, match="from 0 to less than 100"):
            florida(percent)
        assert not TaxRate.objects.exists()


class TestExemptions:
    def test_it_counts_once_it_was_approved_and_until_it_is_withdrawn(
        self, rosa: User, amara: User, now: datetime
    ) -> None:
        open_shop()
        florida()
        sent = exemption_sent(rosa, now)
        assert total(rosa, buyer(), now) == TAXED
        for _ in range(2):
            approve_exemption(exemption=sent, actor_id=amara.pk, now=now)
        assert total(rosa, buyer(), now) == UNTAXED
        for _ in range(2):
            withdraw_exemption(exemption=sent, actor_id=amara.pk, now=now)
        assert total(rosa, buyer(), now) == TAXED
        deeds = AuditEntry.objects.filter(action__startswith="tax_exemption.")
        assert [entry.action for entry in deeds.order_by("pk")] == [
            "tax_exemption.sent",
            "tax_exemption.approved",
            "tax_exemption.withdrawn",
        ]

    def test_it_counts_for_its_institution_place_days_and_buyer_only(
        self, rosa: User, stella: User, amara: User, now: datetime
    ) -> None:
        open_shop()
        florida()
        add_tax_rate(
            jurisdiction="US-GA",
            name="Georgia sales tax",
            percent=Decimal(6),
            valid_from=date(2026, 1, 1),
            actor_id=None,
        )
        last_day = now.date() + timedelta(days=30)
        sent = exemption_sent(rosa, now, valid_through=last_day)
        approve_exemption(exemption=sent, actor_id=amara.pk, now=now)
        assert total(rosa, buyer(), now) == UNTAXED
        assert total(rosa, buyer(organization=""), now) == TAXED
        assert total(rosa, buyer(organization="Another Hospital"), now) == TAXED
        assert total(rosa, buyer(region="GA"), now) == TAXED
        assert total(stella, buyer(), now) == TAXED
        assert total(rosa, buyer(), now + timedelta(days=29)) == UNTAXED
        assert total(rosa, buyer(), now + timedelta(days=32)) == TAXED

    def test_an_exempt_order_keeps_its_certificate_and_prints_it(
        self, rosa: User, amara: User, now: datetime
    ) -> None:
        open_shop()
        florida()
        sent = exemption_sent(rosa, now)
        approve_exemption(exemption=sent, actor_id=amara.pk, now=now)
        with pytest.raises(PriceChangedError):
            order(rosa, TAXED, now)
        placed = paid(order(rosa, UNTAXED, now), now=now)
        withdraw_exemption(exemption=sent, actor_id=amara.pk, now=now)
        placed.refresh_from_db()
        words = "Lakeside Hospital (US-FL), number 85-8012345678C-9"
        assert (placed.tax, placed.buyer["exemption"]) == (0, words)
        assert Document.objects.get().content["buyer"]["exemption"] == words

    def test_nobody_writes_an_exemption_into_the_order_by_hand(
        self, rosa: User, now: datetime
    ) -> None:
        open_shop()
        florida()
        forged = Buyer("R", "r@example.org", "US", "FL", "Lakeside Hospital", exemption="mine")
        with pytest.raises(PriceChangedError):
            place_order(
                person=rosa,
                key="k",
                wishes=YEAR,
                buyer=forged,
                gateway_name="test",
                agreed_total=UNTAXED,
                now=now,
            )
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        "content",
        [papers.HTML, papers.SVG, papers.HEIC, b"", b"%PDF-1.4 cut off", papers.PDF[:40]],
    )
    def test_what_is_no_whole_paper_is_refused(
        self, rosa: User, now: datetime, content: bytes
    ) -> None:
        with pytest.raises(ExemptionRefusedError, match="PDF, JPEG or PNG"):
            opened_certificate(content)
        assert not TaxExemption.objects.exists()

    def test_the_same_paper_again_is_the_same_and_a_flood_is_refused(
        self, rosa: User, now: datetime
    ) -> None:
        assert exemption_sent(rosa, now) == exemption_sent(rosa, now)
        for region in ("GA", "TX", "NY", "CA"):
            exemption_sent(rosa, now, region=region)
        with pytest.raises(ExemptionRefusedError, match="wait to be looked at"):
            exemption_sent(rosa, now, region="OH")
        assert TaxExemption.objects.count() == 5
