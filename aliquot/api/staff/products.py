"""Products for the office: also those not sold now, with every price they had."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from aliquot.accounts import access
from aliquot.api.frame import Amount, ApiRequest, Area, Limit, Listed, Price, Shape, Start, after
from aliquot.api.staff.orders import READ
from aliquot.commerce.models import Product
from aliquot.commerce.queries import office
from aliquot.lib.money import Money

area = Area("Back office: shop", may=access.can_see_orders)


class PriceShape(Shape):
    """What one costs from a moment and a quantity on; the newest that has begun holds."""

    unit: Price
    from_quantity: int
    starts_at: datetime
    set_at: datetime


class OfficeProduct(Shape):
    """A product. `active_until` null: it is sold without end."""

    code: str
    kind: str
    title: str
    description: str
    term_days: int
    hours: Amount | None
    course: str | None
    courses: list[str]
    tax_code: str
    active_from: datetime
    active_until: datetime | None
    prices: Annotated[list[PriceShape], Field(description="The newest first.")]

    @classmethod
    def of(cls, row: Product) -> "OfficeProduct":
        """With its courses and prices, which must be loaded."""
        made = {"course", "courses", "prices"}
        prices = sorted(row.prices.all(), key=lambda each: (each.starts_at, each.pk), reverse=True)
        return cls(
            **{name: getattr(row, name) for name in cls.model_fields if name not in made},
            course=row.course.code if row.course else None,
            courses=sorted(each.code for each in row.courses.all()),
            prices=[
                PriceShape(
                    unit=Price.of(Money(each.amount, each.currency)),
                    from_quantity=each.from_quantity,
                    starts_at=each.starts_at,
                    set_at=each.set_at,
                )
                for each in prices
            ],
        )


@area.read("/staff/products", scope=READ, gives=Listed[OfficeProduct])
def list_office_products(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[OfficeProduct]:
    """Every product in the order of the shop, with its prices and their history.

    A person changes products and prices, on their pages.
    """
    rows = list(office.all_products().prefetch_related("courses", "prices"))
    piece, following = after(rows, cursor, limit, key=lambda each: each.code)
    return Listed(items=[OfficeProduct.of(row) for row in piece], next=following)
