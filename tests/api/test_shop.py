"""Buying by program: for the total that was shown, once, and given back as the meter showed it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from aliquot.accounts.models import User
from aliquot.commerce.models import FakeCharge, Order, Renewal
from aliquot.commerce.services import test_gateway
from aliquot.flows.place_order import Wish
from aliquot.infra.models import RateCount
from tests.api.program import Answer, Program
from tests.factories.shop import bought, open_shop, ordered, paid
from tests.flows.test_open_gift import given, sent

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
PLACE = "/me/quote?country=US&region=TX"
BUYER = {"name": "Rosa", "email": "rosa@example.org", "country": "US", "region": "TX"}
YEAR = {"amount": "95.00", "currency": "USD"}


@pytest.fixture(autouse=True)
def in_an_open_shop() -> Any:
    with time_machine.travel(NOW, tick=False):
        open_shop()
        yield


@pytest.fixture
def mine(rosa: User, program: MakeProgram) -> Program:
    return program(rosa)


def order(mine: Program, key: str = "one", **said: Any) -> Answer:
    body = {"total": YEAR, "agrees_to_terms": True, "buyer": BUYER, "pay_by": "test"}
    return mine.post("/me/orders", body | said, Idempotency_Key=key)


def fill(mine: Program) -> None:
    assert mine.post("/me/cart/items", {"product": "unlimited-year"}).status == 201


def test_what_is_sold_is_told_with_its_price(mine: Program) -> None:
    first = Program("").get("/products?limit=1").body
    rest = Program("").get(f"/products?cursor={first['next']}").body
    assert [
        (each["code"], each["prices"][0]["unit"]["amount"])
        for each in [*first["items"], *rest["items"]]
    ] == [("unlimited-year", "95.00"), ("eight-hours", "50.00"), ("single-course", "20.00")]


def test_an_order_is_placed_once_for_the_total_that_was_shown(mine: Program) -> None:
    assert mine.get(PLACE).body["code"] == "cart_empty"
    fill(mine)
    quote = mine.get(PLACE).body
    assert (quote["total"], quote["tax"]["amount"]) == (YEAR, "0.00")
    stale = order(mine, total=YEAR | {"amount": "94.00"})
    assert (stale.status, stale.body["code"], Order.objects.count()) == (409, "price_changed", 0)
    made = [order(mine) for _ in range(2)]
    assert (made[0].status, made[1].body) == (201, made[0].body)
    assert made[0].body["pay_at"].startswith("http://localhost:8000/")
    assert (made[0].body["state"], Order.objects.count()) == ("placed", 1)
    other = order(mine, pay_by="offline")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    number = made[0].body["number"]
    assert mine.post(f"/me/orders/{number}/pay").body["pay_at"] == made[0].body["pay_at"]
    test_gateway.end_charge(
        FakeCharge.objects.get().provider_id, state=FakeCharge.State.CAPTURED, now=NOW
    )
    paying = mine.post(f"/me/orders/{number}/pay").body
    assert (paying["state"], paying["pay_at"]) == ("paid", None)
    (paper,) = mine.get(f"/me/orders/{number}").body["papers"]
    pdf = mine.get(f"/me/orders/{number}/papers/{paper['number']}/pdf")
    assert (paper["kind"], pdf.raw[:5]) == ("receipt", b"%PDF-")
    assert mine.get("/me/cart").body["items"] == []
    assert [line["course"] for line in mine.get("/me/subscription").body["access"]] == [None]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"agrees_to_terms": False}, "/agrees_to_terms"),
        ({"buyer": BUYER | {"email": "nobody"}}, "/buyer/email"),
        ({"buyer": BUYER | {"country": "XX"}}, "/buyer/country"),
        ({"total": {"amount": 95, "currency": "USD"}}, "/total/amount"),
        ({"key": ""}, "Idempotency-Key"),
    ],
)
def test_what_is_not_agreed_to_is_named_and_nothing_is_ordered(
    mine: Program, said: dict[str, Any], where: str
) -> None:
    fill(mine)
    answer = order(mine, **said)
    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert [each["where"] for each in answer.body["errors"]] == [where]
    stateless = order(mine, buyer=BUYER | {"region": ""})
    assert (stateless.status, stateless.body["field"]) == (422, "region")
    assert Order.objects.count() == 0


@pytest.mark.one_database
def test_a_code_that_does_not_apply_is_refused_and_every_try_is_counted(mine: Program) -> None:
    fill(mine)
    refused = mine.put("/me/cart/voucher", {"code": "GUESS"})
    assert (refused.status, refused.body["code"]) == (422, "voucher_refused")
    assert RateCount.objects.filter(scope="voucher").count() == 1
    assert mine.get("/me/cart").body["voucher"] == ""


def test_an_unpaid_order_is_canceled_and_a_paid_one_is_not(rosa: User, mine: Program) -> None:
    waiting = ordered(rosa, Wish("eight-hours"), now=NOW, key="waiting")
    path = f"/me/orders/{waiting.number}"
    assert [mine.post(f"{path}/cancel").body["state"] for _ in range(2)] == ["canceled"] * 2
    assert mine.post(f"{path}/pay").body["code"] == "order_ended"
    done = mine.post(f"/me/orders/{bought(rosa, 'unlimited-year', now=NOW).number}/cancel")
    assert (done.status, done.body["code"]) == (409, "order_ended")


def test_money_comes_back_as_the_meter_showed_it(rosa: User, mine: Program) -> None:
    path = f"/me/orders/{bought(rosa, 'unlimited-year', now=NOW).number}/refund"
    stale = mine.post(path, {"terms": "1/1/"})
    assert (stale.status, stale.body["code"]) == (409, "refund_changed")
    terms = mine.get(path).body["terms"]
    made = [mine.post(path, {"terms": terms}).body for _ in range(2)]
    assert (made[0]["state"], made[0]["amount"]) == ("succeeded", YEAR)
    assert mine.get(path).body["refunds"] == [made[1]]
    assert made[0]["reference"] == made[1]["reference"]


def test_renewal_is_on_by_consent_to_the_shown_total_and_off_at_once(
    rosa: User, mine: Program
) -> None:
    path = "/me/subscription/renewal"
    assert mine.get(f"{path}-terms").body["code"] == "renewal_refused"
    paid(ordered(rosa, Wish("unlimited-year"), now=NOW, keeps_card=True), now=NOW)
    terms = mine.get(f"{path}-terms").body
    assert (terms["total"], terms["has_card"]) == (YEAR, True)
    stale = mine.post(path, {"total": YEAR | {"amount": "94.00"}, "agrees": True})
    assert (stale.body["code"], Renewal.objects.count()) == ("price_changed", 0)
    on = [mine.post(path, {"total": YEAR, "agrees": True}).body["renewal"] for _ in range(2)]
    assert (on[0]["product"], on[1]) == ("unlimited-year", on[0])
    assert [mine.post(f"{path}/off").body["renewal"] for _ in range(2)] == [None, None]
    assert Renewal.objects.filter(switched_off_at=None).count() == 0


@pytest.mark.one_database
def test_a_gift_is_for_somebody_else_and_nobody_elses_cart_is_touched(
    mine: Program, stella: User, program: MakeProgram
) -> None:
    fill(mine)
    (line,) = mine.get("/me/cart").body["items"]
    path = f"/me/cart/items/{line['id']}"
    assert program(stella).post(f"{path}/gift", {"to": "s@example.org"}).status == 404
    late = mine.post(f"{path}/gift", {"to": "n@example.org", "on": "2026-11-22"})
    assert (late.status, late.body["field"]) == (422, "on")
    given = mine.post(f"{path}/gift", {"to": "n@example.org", "message": "Enjoy"}).body
    assert given["items"][0]["gift_to"] == "n@example.org"
    assert mine.post(f"{path}/keep").body["items"] == [line]
    assert mine.post(f"{path}/remove").body["items"] == []


@pytest.mark.one_database
def test_a_gift_is_looked_at_then_opened_once_by_whoever_has_the_code(
    rosa: User, nadia: User, stella: User, program: MakeProgram
) -> None:
    code, hers = {"code": sent(given(rosa, NOW), NOW)}, program(nadia)
    look = hers.post("/me/gifts/look", code).body
    assert (look["giver"], look["message"], look["opened_at"]) == (
        "Rosa Méndez", "For your new license.", None,
    )  # fmt: skip
    opened = [hers.post("/me/gifts/open", code).body for _ in range(2)]
    assert opened[0]["opened_at"] == opened[1]["opened_at"] == "2026-11-23T20:00:00Z"
    assert [line["hours"] for line in hers.get("/me/subscription").body["access"]] == ["8"]
    late = program(stella).post("/me/gifts/open", code)
    assert (late.status, late.body["code"]) == (422, "gift_refused")
