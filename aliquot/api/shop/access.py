"""What one has bought access to, until when, and renewal with its switch."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from aliquot.accounts.models import User
from aliquot.api.frame import Amount, ApiRequest, Area, Price, Shape, Taken
from aliquot.api.frame.shapes import PriceIn
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce import queries, services
from aliquot.flows.switch_renewal import renewal_terms, saved_method, switch_on
from aliquot.learning.queries import entitlements_of
from aliquot.lib.money import Money

area = Area("Access and renewal")


class AccessLine(Shape):
    """What may be opened, now or later. `ends_at` null: without end."""

    course: Annotated[str | None, Field(description="null: all courses.")]
    source: str
    starts_at: datetime
    ends_at: datetime | None
    hours: Annotated[Amount | None, Field(description="Of an hour pack; null: without limit.")]
    hours_left: Amount | None


class RenewalShape(Shape):
    """A renewal that is on."""

    product: str
    due_at: datetime
    announced: Annotated[Price | None, Field(description="The amount that a mail has named.")]


class SubscriptionShape(Shape):
    """What you may open. `renewal` null: it is off, and nothing will be charged."""

    access: list[AccessLine]
    renewal: RenewalShape | None


class RenewalTermsShape(Shape):
    """What would be charged and when, with tax."""

    total: Price
    charged_at: datetime
    due_at: Annotated[datetime, Field(description="When the present term ends.")]
    has_card: Annotated[bool, Field(description="false: it was not kept; nothing can be charged.")]


class RenewalIn(Taken):
    """A consent to be charged for the next term, and those after it that a mail names before."""

    total: Annotated[PriceIn, Field(description="The total that the person saw.")]
    agrees: Literal[True]


@area.read("/me/subscription", scope=READ, gives=SubscriptionShape)
def get_subscription(request: ApiRequest) -> SubscriptionShape:
    """Access that runs or waits, and whether it renews."""
    return _subscription(request.auth.person, request.auth.now)


@area.read("/me/subscription/renewal-terms", scope=READ, gives=RenewalTermsShape)
def get_renewal_terms(request: ApiRequest) -> RenewalTermsShape:
    """What switching renewal on would mean. 422 `renewal_refused` says why it cannot be."""
    person, now = request.auth.person, request.auth.now
    terms = renewal_terms(person, now=now)
    return RenewalTermsShape(
        total=Price.of(terms.total),
        charged_at=terms.charged_at,
        due_at=terms.due_at,
        has_card=bool(saved_method(person, terms.grant.line.order)),
    )


@area.act("/me/subscription/renewal", scope=WRITE, gives=SubscriptionShape)
def switch_renewal_on(request: ApiRequest, body: RenewalIn) -> SubscriptionShape:
    """Switch renewal on for the total that was shown; on already is no mistake.

    409 `price_changed`: the total is another by now. A mail comes before anything is charged.
    """
    person, now = request.auth.person, request.auth.now
    switch_on(person, agreed_total=body.total.money(), now=now)
    return _subscription(person, now)


@area.deed("/me/subscription/renewal/off", scope=WRITE, gives=SubscriptionShape)
def switch_renewal_off(request: ApiRequest) -> SubscriptionShape:
    """Switch renewal off at once; access runs to its end. Off already is no mistake."""
    person, now = request.auth.person, request.auth.now
    renewal = queries.renewal_of(person)
    if renewal is not None:
        services.switch_off_renewal(renewal=renewal, actor_id=person.pk, now=now)
    return _subscription(person, now)


def _subscription(person: User, now: datetime) -> SubscriptionShape:
    renewal = queries.renewal_of(person)
    amount = renewal.noticed_amount if renewal else None
    return SubscriptionShape(
        access=[
            AccessLine(
                course=entitlement.course.code if entitlement.course else None,
                source=right.source,
                starts_at=right.starts_at,
                ends_at=right.ends_at,
                hours=right.hours_limit,
                hours_left=right.hours_left,
            )
            for entitlement, right in entitlements_of(person)
            if right.withdrawn_at is None and (right.ends_at is None or right.ends_at > now)
        ],
        renewal=None
        if renewal is None
        else RenewalShape(
            product=renewal.product.code,
            due_at=renewal.due_at,
            announced=None if amount is None else Price.of(Money(amount, renewal.order.currency)),
        ),
    )
