"""What is on sale this moment, and for how much."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from aliquot.catalog.models import Course
from aliquot.commerce.facts import PricePoint, TaxRow
from aliquot.commerce.models import Price, Product, ShopSettings, TaxRate
from aliquot.commerce.rules import pricing
from aliquot.lib.money import Money

GENERATION = "shop"  # raised by every deed that changes what is sold, for how much, by what rules


@dataclass(frozen=True, slots=True)
class OnSale:
    """A product with its price table of this moment, the row for one first."""

    product: Product
    unit: Money
    points: tuple[PricePoint, ...]

    def table(self, *, now: datetime) -> dict[int, Money]:
        """The price of one from each quantity on, as it holds now; lowest quantity first."""
        steps = sorted({each.from_quantity for each in self.points if each.starts_at <= now})
        return {step: self.unit_for(step, now=now) for step in steps}

    def unit_for(self, quantity: int, *, now: datetime) -> Money:
        """The price of one when so many are bought."""
        return pricing.price_at(self.points, quantity=quantity, now=now) or self.unit


def shop_settings() -> ShopSettings:
    """The seller's rules; the defaults before anything was set."""
    return ShopSettings.objects.order_by("pk").first() or ShopSettings()


def active_products(now: datetime) -> QuerySet[Product]:
    """Products that may be bought now, in the order of the shop."""
    return Product.objects.filter(
        Q(active_until=None) | Q(active_until__gt=now), active_from__lte=now
    ).order_by("position", "pk")


def price_points(products: Iterable[Product]) -> dict[int, list[PricePoint]]:
    """All rows of the price tables, by product; one query."""
    points: dict[int, list[PricePoint]] = defaultdict(list)
    rows = Price.objects.filter(product__in=list(products)).order_by("starts_at", "pk")
    for row in rows:
        amount = Money(row.amount, row.currency)
        points[row.product_id].append(PricePoint(row.from_quantity, amount, row.starts_at))
    return points


def on_sale(now: datetime) -> list[OnSale]:
    """Everything that may be bought now and has a price. Two queries."""
    products = list(active_products(now).select_related("course__current_version"))
    points = price_points(products)
    found = []
    for product in products:
        unit = pricing.price_at(points[product.pk], quantity=1, now=now)
        if unit is not None:
            found.append(OnSale(product, unit, tuple(points[product.pk])))
    return found


def product_on_sale(code: str, *, now: datetime) -> OnSale | None:
    """One product by its code, if it may be bought now."""
    return next((each for each in on_sale(now) if each.product.code == code), None)


def bundle_courses(products: Iterable[Product]) -> dict[int, list[str]]:
    """The codes of the courses in bundles, by product, in order; one query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Course.objects.filter(bundles__in=list(products)).order_by("code")
    for product_id, code in rows.values_list("bundles", "code"):
        found[product_id].append(code)
    return found


def tax_rows_for(country: str, region: str, *, on: date) -> list[TaxRow]:
    """The rows of the tax table at a place on a day: of the region, else of the country."""
    rows = TaxRate.objects.filter(
        Q(valid_through=None) | Q(valid_through__gte=on), valid_from__lte=on
    )
    for place in (f"{country}-{region}", country):
        found = [
            TaxRow(
                jurisdiction=row.jurisdiction,
                name=row.name,
                percent=row.percent,
                valid_from=row.valid_from,
                valid_through=row.valid_through,
                tax_code=row.tax_code,
            )
            for row in rows.filter(jurisdiction=place).order_by("pk")
        ]
        if found:
            return found
    return []
