"""What a new shop sells."""

from datetime import datetime

import pytest

from aliquot.commerce.models import Price, Product
from aliquot.commerce.queries import on_sale
from aliquot.commerce.services import save_product, seed_products, set_price
from aliquot.infra.models import AuditEntry
from aliquot.lib.money import Money

pytestmark = pytest.mark.django_db


def test_a_new_shop_sells_a_year_a_pack_and_a_course(now: datetime) -> None:
    seed_products(now=now)
    assert [
        (each.product.code, str(each.unit), each.product.term_days, each.product.hours)
        for each in on_sale(now)
    ] == [
        ("unlimited-year", "$95.00", 365, None),
        ("eight-hours", "$50.00", 365, 8),
        ("single-course", "$20.00", 365, None),
    ]


def test_what_the_office_changed_is_never_touched(now: datetime) -> None:
    year = seed_products(now=now)[0]
    save_product(
        code=year.code, kind=year.kind, title="A whole year", term_days=400, now=now, actor_id=None
    )
    set_price(product=year, amount=Money(80_00, "USD"), now=now, actor_id=None)
    before = Product.objects.count(), Price.objects.count(), AuditEntry.objects.count()
    assert seed_products(now=now) == []
    assert (Product.objects.count(), Price.objects.count(), AuditEntry.objects.count()) == before
    year.refresh_from_db()
    assert (year.title, year.term_days) == ("A whole year", 400)
