"""What is on sale."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from aliquot.api.frame import Amount, Area, Limit, Listed, Price, Shape, Start, after
from aliquot.commerce import queries
from aliquot.infra import clock

area = Area("Shop")


class PriceStep(Shape):
    """The price of one from a quantity on."""

    from_quantity: int
    unit: Price


class ProductShape(Shape):
    """Something to buy, without tax, which depends on the buyer's place."""

    code: str
    kind: Annotated[str, Field(description="subscription, pack, course, bundle or seats.")]
    title: str
    description: str
    term_days: Annotated[int, Field(description="How long what it opens stays open.")]
    hours: Annotated[Amount | None, Field(description="Contact hours of a pack.")]
    course: Annotated[
        str | None, Field(description="The one course; null for a `course`: the buyer names one.")
    ]
    courses: Annotated[list[str], Field(description="Of a bundle.")]
    prices: Annotated[list[PriceStep], Field(description="The lowest quantity first.")]


@area.public("/products", gives=Listed[ProductShape])
def list_products(
    request: HttpRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[ProductShape]:
    """Everything that may be bought now, in the order of the shop."""
    now = clock.now()
    found = queries.on_sale(now)
    piece, following = after(found, cursor, limit, key=lambda each: each.product.code)
    courses = queries.bundle_courses(each.product for each in piece)
    items = [
        ProductShape(
            **{
                name: getattr(each.product, name)
                for name in ("code", "kind", "title", "description", "term_days", "hours")
            },
            course=each.product.course.code if each.product.course else None,
            courses=courses[each.product.pk],
            prices=[
                PriceStep(from_quantity=step, unit=Price.of(unit))
                for step, unit in each.table(now=now).items()
            ],
        )
        for each in piece
    ]
    return Listed(items=items, next=following)
