"""Products and their prices: a price is never changed, a newer one follows it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from aliquot.catalog.models import Course
from aliquot.commerce.errors import NotForSaleError
from aliquot.commerce.models import Price, Product
from aliquot.commerce.queries.products import GENERATION
from aliquot.infra import audit, cache
from aliquot.lib.money import Money


@transaction.atomic
def save_product(
    *,
    code: str,
    kind: str,
    title: str,
    term_days: int,
    now: datetime,
    actor_id: int | None,
    description: str = "",
    hours: Decimal | None = None,
    course: Course | None = None,
    courses: Iterable[Course] = (),
    tax_code: str = "",
    active_from: datetime | None = None,
    active_until: datetime | None = None,
    position: int = 0,
) -> Product:
    """Make a product, or change what is offered from now on; orders keep what they bought.

    A product that was sold keeps its kind. Raises NotForSaleError.
    """
    if kind not in Product.Kind.values:
        accepted = ", ".join(Product.Kind.values)
        raise NotForSaleError(f"Kind {kind!r} is not known; accepted: {accepted}.")
    if (kind == "pack") != (hours is not None and hours > 0):
        raise NotForSaleError("A pack has hours above zero; nothing else has hours.")
    existing = Product.objects.select_for_update().filter(code=code).first()
    if existing is not None and existing.kind != kind and existing.lines.exists():
        raise NotForSaleError(f"{existing.title} was sold before, so its kind stays as it is.")
    product = existing or Product(code=code)
    product.kind, product.title, product.description = kind, title, description
    product.term_days, product.hours, product.course = term_days, hours, course
    product.tax_code, product.position = tax_code, position
    product.active_from = active_from or (existing.active_from if existing else now)
    product.active_until = active_until
    product.save()
    product.courses.set(courses)
    cache.raise_generation(GENERATION)
    audit.record(
        action="product.saved",
        actor_id=actor_id,
        subject=product,
        details={"code": code, "kind": kind, "title": title, "term_days": term_days},
    )
    return product


@transaction.atomic
def set_price(
    *,
    product: Product,
    amount: Money,
    now: datetime,
    actor_id: int | None,
    from_quantity: int = 1,
    starts_at: datetime | None = None,
) -> Price:
    """Let a price hold from a moment on, by default from now; orders placed before keep theirs."""
    if amount.cents < 0:
        raise NotForSaleError("A price is zero or more.")
    if starts_at is not None and starts_at < now:
        raise NotForSaleError("A price can begin now or later, never before: orders were placed.")
    price = Price.objects.create(
        product=product,
        from_quantity=from_quantity,
        amount=amount.cents,
        currency=amount.currency,
        starts_at=starts_at or now,
        set_at=now,
        set_by_id=actor_id,
    )
    cache.raise_generation(GENERATION)
    audit.record(
        action="price.set",
        actor_id=actor_id,
        subject=price,
        details={"product": product.code, "amount": str(amount), "from_quantity": from_quantity},
    )
    return price
