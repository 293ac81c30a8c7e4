"""Gifts, papers, exemptions and transcripts by program; the office's side of the shop."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.commerce.models import Gift, TaxExemption, Voucher
from aliquot.flows.place_order import Wish
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.api.program import Program
from tests.factories.catalog import approve, published_course
from tests.factories.certificates import certificate
from tests.factories.learning import started
from tests.factories.papers import pdf
from tests.factories.shop import bought, exemption_sent, open_shop, ordered, paid

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
HOSPITAL = "/me/tax-exemptions?institution=Lakeside+Hospital&region=FL&valid_through=2027-12-31"


@pytest.fixture(autouse=True)
def on_a_fixed_day() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(amara: User, program: MakeProgram) -> Program:
    set_up_codes(person=amara)
    return program(amara, "staff-shop:read", "staff-shop:write", "staff-courses:read")


def cost(mine: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert mine.get(path).status == 200
    return len(captured)


def given(person: User, key: str = "gift") -> Gift:
    wish = Wish("eight-hours", gift_to="n@example.org")
    return Gift.objects.get(line__order=paid(ordered(person, wish, now=NOW, key=key), now=NOW))


def test_a_gift_is_followed_and_sent_again_to_another_address(
    rosa: User, stella: User, program: MakeProgram
) -> None:
    open_shop()
    gift, mine = given(rosa), program(rosa)
    (line,) = mine.get("/me/gifts/given").body["items"]
    assert (line["id"], line["to"], line["opened_at"]) == (gift.pk, "n@example.org", None)
    assert "code" not in str(line)
    path = f"/me/gifts/given/{gift.pk}"
    assert [program(stella).get(path).status, mine.get(path).body] == [404, line]
    before = OutboxMail.objects.count()
    again = mine.post(f"{path}/send", {"to": "m@example.org"}, Idempotency_Key="once")
    assert mine.post(f"{path}/send", {"to": "m@example.org"}, Idempotency_Key="once").body == (
        again.body
    )
    assert (again.body["to"], OutboxMail.objects.count() - before) == ("m@example.org", bool(
        again.body["sent_at"]
    ))  # fmt: skip
    assert mine.post(f"{path}/send", {"to": "nobody"}).status == 422
    gift.refresh_from_db()
    gift.opened_at, gift.opened_by = NOW, stella
    gift.save()
    (received,) = program(stella).get("/me/gifts/received").body["items"]
    assert (received["id"], received["giver"]) == (gift.pk, "Rosa Méndez")
    refused = mine.post(f"{path}/send", {"to": "m@example.org"})
    assert (refused.status, refused.body["code"]) == (422, "gift_refused")


def test_a_paper_is_sent_again_five_times_an_hour(rosa: User, program: MakeProgram) -> None:
    open_shop()
    order, mine = bought(rosa, "unlimited-year", now=NOW), program(rosa)
    path = f"/me/orders/{order.number}/papers/{order.documents.get().number}/send"
    before = OutboxMail.objects.count()
    assert [mine.post(path).status for _ in range(6)] == [204] * 5 + [429]
    assert OutboxMail.objects.count() - before == 5


def test_an_exemption_is_sent_approved_by_the_office_and_taken_back(
    rosa: User, stella: User, program: MakeProgram, office: Program
) -> None:
    mine = program(rosa)
    sent = mine.send("POST", HOSPITAL, pdf("exempt"), Content_Type="application/pdf")
    assert (sent.status, sent.body["jurisdiction"], sent.body["approved_at"]) == (
        201, "US-FL", None,
    )  # fmt: skip
    wrong = mine.send("POST", HOSPITAL, b"<html>", Content_Type="application/pdf")
    assert (wrong.status, wrong.body["code"]) == (422, "exemption_refused")
    path = f"/staff/tax-exemptions/{sent.body['id']}"
    assert office.get(f"{path}/file").raw == pdf("exempt")
    assert office.get("/staff/tax-exemptions").body["items"][0]["person_id"] == rosa.pk
    approved = [office.post(f"{path}/approve").body["approved_at"] for _ in range(2)]
    assert approved == ["2026-11-23T20:00:00Z"] * 2
    own = f"/me/tax-exemptions/{sent.body['id']}/withdraw"
    assert program(stella).post(own).status == 404
    assert mine.post(own).body["withdrawn_at"] == "2026-11-23T20:00:00Z"
    assert (office.post(f"{path}/approve").status, TaxExemption.objects.count()) == (422, 1)
    assert mine.get("/me/tax-exemptions").body["items"][0]["withdrawn_at"] is not None
    assert AuditEntry.objects.filter(action="person.viewed_by_staff").count() == 2


def test_a_transcript_covers_a_period(rosa: User, program: MakeProgram) -> None:
    done, mine = certificate(rosa, NOW), program(rosa)
    rows = list(csv.reader(io.StringIO(mine.get("/me/transcript/csv").raw.decode("utf-8-sig"))))
    assert (rows[0][0], [row[2] for row in rows[1:]]) == ("completed_on", ["HEM-101"])
    assert done.code in rows[1][9].replace("-", "")
    past = mine.get("/me/transcript/csv?last=2026-11-22").raw.decode("utf-8-sig")
    assert len(past.splitlines()) == 1
    assert mine.get("/me/transcript/pdf?paper=a4").raw.startswith(b"%PDF")
    assert mine.get("/me/transcript/csv?first=2026-11-23&last=2026-11-22").status == 422


@pytest.mark.one_database
def test_a_page_comes_with_its_pictures_terms_and_sources(
    rosa: User, stella: User, program: MakeProgram
) -> None:
    enrollment, mine = started(rosa, published_course("HEM-101", pages=3), NOW), program(rosa)
    pages = [
        mine.get(f"/me/enrollments/{enrollment.pk}/pages/{each.slug}").body
        for each in enrollment.version.pages.all()
    ]
    figures = [block["figure"] for page in pages for block in page["blocks"] if block["figure"]]
    assert [each["key"] for each in figures] == ["reading-area"]
    path = f"/me/enrollments/{enrollment.pk}/figures/reading-area"
    assert mine.get(path).raw.startswith(b"<svg")
    assert (program(stella).get(path).status, mine.get(f"{path}x").status) == (404, 404)
    assert {each["term"] for page in pages for each in page["terms"]} == {"feathered edge"}
    assert {each["id"] for page in pages for each in page["references"]} == {"icsh"}


def test_the_money_of_an_invoice_is_recorded_once(
    rosa: User, office: Program, program: MakeProgram
) -> None:
    open_shop()
    order = bought(rosa, "unlimited-year", now=NOW)
    (line,) = office.get(f"/staff/orders?q={order.number}").body["items"]
    assert (line["person_id"], line["total"]["amount"]) == (rosa.pk, "95.00")
    path = f"/staff/orders/{order.number}"
    detail = office.get(path).body
    assert [each["state"] for each in detail["payments"]] == ["captured"]
    arrived = {"amount": {"amount": "95.00", "currency": "USD"}, "reference": "Check 12"}
    refused = office.post(f"{path}/payment", arrived)
    assert (refused.status, refused.body["code"]) == (409, "order_ended")
    assert office.post(f"{path}/settle").body == detail
    assert office.post(f"{path}/cancel").body["state"] == "paid"
    assert office.post(f"{path}/receipt/send").status == 204
    assert office.get("/staff/orders/NONE").status == 404
    assert AuditEntry.objects.filter(action="person.viewed_by_staff").count() == 2


def test_a_code_is_made_once_and_withdrawn(office: Program) -> None:
    open_shop()
    said = {"code": "SPRING-10", "percent_off": "10", "product": "eight-hours"}
    made, twice = (office.post("/staff/vouchers", said) for _ in range(2))
    assert (made.status, made.body["percent_off"], made.body["product"], twice.status) == (
        201, "10", "eight-hours", 422,
    )  # fmt: skip
    both = said | {"code": "BOTH-1", "amount_off": {"amount": "5.00", "currency": "USD"}}
    assert office.post("/staff/vouchers", both).body["code"] == "voucher_refused"
    missing = office.post("/staff/vouchers", said | {"code": "OTHER-1", "product": "none"})
    assert (missing.status, missing.body["field"]) == (422, "product")
    path = f"/staff/vouchers/{made.body['id']}/withdraw"
    withdrawn = [office.post(path).body["withdrawn_at"] for _ in range(2)]
    assert withdrawn == ["2026-11-23T20:00:00Z"] * 2
    (line,) = office.get("/staff/vouchers").body["items"]
    assert (line["id"], line["used"], Voucher.objects.count()) == (made.body["id"], 0, 1)
    assert office.get("/staff/tax-rates").body == {"items": [], "next": None}


def test_the_office_reads_what_is_not_sold_and_what_is_hidden(office: Program) -> None:
    open_shop()
    course = published_course("HEM-101")
    approval = approve(course, valid_through=date(2026, 12, 31))
    published_course("SAF-101", title="Chemical Hygiene")
    course.availability = "hidden"
    course.save()
    detail = office.get("/staff/courses/HEM-101").body
    assert (detail["availability"], [each["id"] for each in detail["approvals"]]) == (
        "hidden", [approval.pk],
    )  # fmt: skip
    assert [each["number"] for each in detail["versions"]] == [1]
    ending = office.get("/staff/courses?show=ending").body["items"]
    assert [each["code"] for each in ending] == ["HEM-101"]
    assert office.get("/staff/courses?show=overdue").body["items"] == []
    assert office.get("/staff/courses/NONE-1").status == 404
    year = office.get("/staff/products").body["items"][0]
    assert (year["code"], [each["unit"]["amount"] for each in year["prices"]]) == (
        "unlimited-year", ["95.00"],
    )  # fmt: skip


@pytest.mark.one_database
def test_support_reads_orders_and_changes_nothing(rosa: User, amara: User, office: Program) -> None:
    open_shop()
    order = bought(rosa, "unlimited-year", now=NOW)
    amara.staff_roles.update(role="support")
    assert office.get(f"/staff/orders/{order.number}").status == 200
    before = AuditEntry.objects.count()
    for path in (f"orders/{order.number}/cancel", f"orders/{order.number}/receipt/send"):
        assert office.post(f"/staff/{path}").status == 404
    for path in ("refunds", "vouchers", "tax-rates", "tax-exemptions"):
        assert office.get(f"/staff/{path}").status == 404
    assert AuditEntry.objects.count() == before


@pytest.mark.one_database
def test_lists_of_the_shop_cost_the_same_however_long_they_are(
    rosa: User, office: Program, program: MakeProgram
) -> None:
    open_shop()
    mine = program(rosa)
    paths = ("/me/gifts/given", "/me/tax-exemptions")
    office_paths = ("/staff/orders", "/staff/tax-exemptions", "/staff/vouchers", "/staff/courses")
    cost(mine, "/me")
    cost(office, "/staff/vouchers")
    found = []
    for number in range(3):
        given(rosa, f"gift-{number}")
        published_course(f"HEM-{number}", pages=1)
        exemption_sent(rosa, NOW, region=("FL", "TN", "TX")[number])
        office.post("/staff/vouchers", {"code": f"CODE-{number}", "percent_off": "10"})
        if number != 1:
            found.append(
                [cost(mine, each) for each in paths] + [cost(office, each) for each in office_paths]
            )
    assert found[0] == found[1] == [4, 4, 11, 10, 7, 7]
