"""Invented purchases: a year's subscription, paid at the test gateway, as the deeds leave it.

One purchase is made by the real story and taken back; its rows are the pattern of all others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model

from aliquot.accounts.models import User
from aliquot.commerce.models import (
    Document,
    FakeCharge,
    LineGrant,
    MoneyEntry,
    NumberSeries,
    Order,
    OrderLine,
    Payment,
)
from aliquot.commerce.rules.terms import term_end
from aliquot.demo import shop
from aliquot.demo.generator.rows import Table
from aliquot.demo.generator.stories import Form
from aliquot.lib import codes
from aliquot.lib.dates import day_in_zone

if TYPE_CHECKING:
    from aliquot.demo.generator.histories import Learner

PRODUCT = "unlimited-year"
_BUYER = "((buyer))"


@dataclass(frozen=True, slots=True)
class Tables:
    """What a purchase consists of."""

    orders: Table
    lines: Table
    charges: Table
    payments: Table
    money: Table
    documents: Table
    grants: Table

    @classmethod
    def ready(cls) -> "Tables":
        """Tables whose ids go on after what is there."""
        models = (Order, OrderLine, FakeCharge, Payment, MoneyEntry, Document, LineGrant)
        return cls(*map(Table, models))

    def __iter__(self) -> Iterator[Table]:
        return iter(getattr(self, name) for name in self.__slots__)


class Purchases:
    """Buys for invented learners; receipts go on after the numbers given out."""

    def __init__(self, tables: Tables, entitlements: Table, audit: Table, *, now: datetime) -> None:
        self._tables, self._entitlements, self._audit = tables, entitlements, audit
        self._pattern = _pattern(now)
        self._numbers = dict(NumberSeries.objects.filter(series="R").values_list("year", "last"))

    def buy(self, person: "Learner", *, at: datetime, chance: Random) -> tuple[int, datetime]:
        """A year of everything from a moment; the entitlement's id and its end."""
        number = codes.code_of(chance.getrandbits(codes.RANDOM_BITS))[:8]
        number = f"{number[:4]}-{number[4:]}"
        mark = f"{chance.getrandbits(96):024x}"
        ids = {"provider_id": f"test_{mark}", "charge_id": f"charge_{mark}"}
        buyer = {**self._pattern["order"]["buyer"], "name": person.name, "email": person.email}
        order = self._add("orders", "order", number=number, person_id=person.id, buyer=buyer,
            key=f"invented-{mark}", time_zone=person.zone, placed_at=at, paid_at=at,
            lapses_at=at + timedelta(days=1))  # fmt: skip
        line = self._add("lines", "line", order_id=order)
        self._add("charges", "charge", **ids, key=f"{number}-0", order_number=number,
            buyer_email=person.email, opened_at=at, captured_at=at, changed_at=at)  # fmt: skip
        payment = self._add("payments", "payment", **ids, order_id=order, opened_at=at,
            settled_at=at, checked_at=at,
            address=f"/test-payment/{ids['provider_id']}/")  # fmt: skip
        self._add("money", "money", order_id=order, payment_id=payment, occurred_at=at,
            recorded_at=at, object_id=ids["charge_id"])  # fmt: skip
        self._receipt(person, order, number, ids["charge_id"], at)
        return self._grant(person, order, line, number, at)

    def _grant(
        self, person: "Learner", order: int, line: int, number: str, at: datetime
    ) -> tuple[int, datetime]:
        ends = term_end(at, days=self._pattern["line"]["term_days"], zone=person.zone)
        entitlement = self._entitlements.add(
            person_id=person.id, source="order", source_reference=number, course_id=None,
            starts_at=at, ends_at=ends, hours_limit=None, granted_at=at, granted_by_id=None,
            withdrawn_at=None, end_noticed_at=at,
        )  # fmt: skip
        self._add("grants", "grant", line_id=line, entitlement_id=entitlement, granted_at=at)
        for action, actor in (("order.placed", person.id), ("payment.opened", person.id),
                              ("payment.settled", None)):  # fmt: skip
            self._audit.add(
                recorded_at=at, actor_id=actor, action=action, object_type="commerce.order",
                object_id=str(order), details=f'{{"number": "{number}"}}', request_id="",
            )  # fmt: skip
        return entitlement, ends

    def keep_numbers(self) -> None:
        """Let the series of receipts go on after those given out here."""
        for year, last in self._numbers.items():
            NumberSeries.objects.update_or_create(series="R", year=year, defaults={"last": last})

    def _add(self, table: str, pattern: str, **values: Any) -> int:
        chosen: Table = getattr(self._tables, table)
        return chosen.add(**{**self._pattern[pattern], **values})

    def _receipt(
        self, person: "Learner", order: int, number: str, reference: str, at: datetime
    ) -> None:
        sequence = self._numbers[at.year] = self._numbers.get(at.year, 0) + 1
        paper = f"R-{at.year}-{sequence:06d}"
        content, digest = self._pattern["content"].filled(
            {
                "buyer": person.name, "email": person.email, "order": number, "number": paper,
                "reference": reference, "at": at.astimezone(UTC).isoformat(),
                "day": day_in_zone(at, person.zone).isoformat(),
            }
        )  # fmt: skip
        self._add("documents", "document", year=at.year, sequence=sequence, number=paper,
            order_id=order, content=content, content_hash=digest, issued_at=at)  # fmt: skip


def _pattern(now: datetime) -> dict[str, Any]:
    """Columns of one purchase by kind of row, and its receipt as a form.

    Bought tomorrow: what ``aliquot setup`` put on sale a moment ago was not sold before.
    """
    at = now.astimezone(UTC).replace(hour=12, minute=34, second=56, microsecond=0)
    at += timedelta(days=1)
    with transaction.atomic():
        buyer = User.objects.create(
            email="pattern@buyer.invalid", full_name=_BUYER, time_zone="UTC", date_joined=at
        )
        shop.buy(person=buyer, product=PRODUCT, now=at)
        order = Order.objects.get(person=buyer)
        document, payment = Document.objects.get(order=order), Payment.objects.get(order=order)
        rows: dict[str, Model] = {
            "order": order,
            "line": order.lines.get(),
            "charge": FakeCharge.objects.get(provider_id=payment.provider_id),
            "payment": payment,
            "money": MoneyEntry.objects.get(order=order),
            "document": document,
            "grant": LineGrant.objects.get(line__order=order),
        }
        marks = {
            _BUYER: "buyer", buyer.email: "email", order.number: "order",
            document.number: "number", payment.charge_id: "reference",
            at.isoformat(): "at", at.date().isoformat(): "day",
        }  # fmt: skip
        content = Form(document.content, marks)
        transaction.set_rollback(True)
    return {name: _columns(row) for name, row in rows.items()} | {"content": content}


def _columns(row: Model) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
