"""The pricing page: what is sold, what it includes, and how to get the money back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from aliquot.accounts.models import User
from aliquot.catalog.queries import GENERATION as CATALOG_GENERATION
from aliquot.catalog.queries import PROVIDER_GENERATION, catalog_counts
from aliquot.commerce import queries
from aliquot.commerce.models import Product
from aliquot.commerce.queries import OnSale
from aliquot.flows.best_offer import plan_offer
from aliquot.infra import clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.lib.money import Money
from aliquot.web.shop.offer_words import OfferWords, plan_offer_words
from aliquot.web.shop.words import free_words, included, per_words, refund_words


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table for laboratories."""

    words: str
    unit: Money
    example: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as the page shows it. ``buy_url`` is for visitors, who sign in on the way."""

    product: Product
    unit: Money
    per: str
    included: list[str]
    courses: list[Any]
    steps: list[Step]
    buy_url: str


@require_safe
@anonymous_page(queries.GENERATION, CATALOG_GENERATION, PROVIDER_GENERATION)
def pricing(request: HttpRequest) -> HttpResponse:
    """Everything on sale with its whole price; tax depends on where the buyer is and follows.

    A site without any course offers nothing: there would be nothing to learn for the money.
    """
    now, counts = clock.now(), catalog_counts()
    offers = [
        Offer(
            product=each.product,
            unit=each.unit,
            per=per_words(each.product),
            included=included(each.product, counts),
            courses=_courses(each.product),
            steps=_steps(each, each.table(now=now)),
            buy_url=wish_url(each.product),
        )
        for each in (queries.on_sale(now) if counts.courses else [])
        if each.product.course_id is None  # a course with a price of its own is on its own page
    ]
    context = {
        "section": "pricing",
        "counts": counts,
        "free_words": free_words(counts),
        "offers": [each for each in offers if each.product.kind in {"subscription", "pack"}],
        "singles": [each for each in offers if each.product.kind in {"course", "bundle"}],
        "seats": [each for each in offers if each.product.kind == "seats"],
        "best_offer": _best_offer(request, now),
        "refund_words": refund_words(queries.shop_settings()),
    }
    return render(request, "web/shop/pricing.html", context)


def _best_offer(request: HttpRequest, now: datetime) -> OfferWords | None:
    """The cheapest way for the plan of somebody who is signed in."""
    if not isinstance(request.user, User):
        return None
    offer = plan_offer(request.user, now=now)
    return plan_offer_words(offer, zone=request.user.time_zone)


def wish_url(product: Product, course: str = "") -> str:
    """The cart with a wish in the address, so that it survives a sign-in."""
    wish = {"product": product.code} | ({"course": course} if course else {})
    return f"{reverse('shop:cart')}?{urlencode(wish)}"


def _courses(product: Product) -> list[Any]:
    if product.kind != Product.Kind.BUNDLE:
        return []
    found = product.courses.filter(availability="open").select_related("current_version")
    return [course for course in found.order_by("code") if course.current_version]


def _steps(offered: OnSale, table: dict[int, Money]) -> list[Step]:
    if offered.product.kind != Product.Kind.SEATS:
        return []
    starts = list(table)
    return [
        Step(
            words=_range(start, starts[place + 1] if place + 1 < len(starts) else None),
            unit=table[start],
            example=f"{start} for {table[start] * start}",
        )
        for place, start in enumerate(starts)
    ]


def _range(start: int, following: int | None) -> str:
    if following is None:
        return f"{start} or\N{NO-BREAK SPACE}more"
    return (
        f"{start}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{following - 1}"
        if following - 1 > start
        else str(start)
    )


urlpatterns = [path("pricing/", pricing, name="pricing")]
