"""One's own receipts as PDF, sent once more, and put together for an employer."""

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from aliquot.accounts.models import User
from aliquot.commerce.adapters.papers import paper_pdf
from aliquot.commerce.facts.sending import MOST_PAPERS_SENT
from aliquot.commerce.models import Document, Order
from aliquot.flows.place_order import Wish
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib import codes
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.shop import bought, open_shop, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def order(rosa: User, now: datetime) -> Order:
    provider()
    open_shop()
    return bought(rosa, "unlimited-year", now=now)


def text_of(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )


def address_of(order: Order) -> str:
    return f"/orders/{order.number}/papers/{order.documents.get().number}"


def paper(**changes: Any) -> dict[str, Any]:
    """A receipt's content, without a database."""
    line = {
        "title": "Unlimited access for a year",
        "quantity": 1,
        "unit": 95_00,
        "discount": 5_00,
        "net": 90_00,
        "tax": 5_40,
        "tax_percent": "6",
        "tax_name": "Florida sales tax",
    }
    values: dict[str, Any] = {
        "kind": "receipt",
        "design": 1,
        "number": "R-2026-000042",
        "issued_at": "2026-11-26T23:30:00-05:00",
        "issued_on": "2026-11-26",
        "seller": {
            "name": "Riverside Laboratory School",
            "address": "1 River Street\nAlbany, NY 12207",
            "email": "office@example.org",
            "tax_number": "59-1234567",
        },
        "buyer": {
            "name": "Rosa Méndez",
            "email": "rosa@example.org",
            "country": "US",
            "region": "FL",
            "organization": "Lakeside Hospital",
            "address": "400 Lake Drive",
        },
        "order": "7QK2-M9XD",
        "purchase_order_number": "PO-7781",
        "currency": "USD",
        "is_live": True,
        "gateway": "stripe",
        "reference": "ch_123",
        "placed_on": "2026-11-25",
        "paid_on": "2026-11-26",
        "due_on": None,
        "lines": [line],
        "discount": 5_00,
        "net": 90_00,
        "tax": 5_40,
        "total": 95_40,
    }
    return values | changes


class TestThePaper:
    def test_a_receipt_says_who_what_when_and_how_much(self) -> None:
        said = text_of(paper_pdf(paper(), paper="letter"))
        for words in (
            "Receipt R-2026-000042",
            "Riverside Laboratory School",
            "Tax number 59-1234567",
            "Lakeside Hospital",
            "Rosa Méndez",
            "Florida, US",
            "Order 7QK2-M9XD",
            "Ordered November 25, 2026",
            "Purchase order PO-7781",
            "Paid November 26, 2026",
            "Reference ch_123",
            "Unlimited access for a year 1 $95.00 -$5.00 $5.40 6% Florida sales tax $90.00",
            "Sum before tax $90.00",
            "Florida sales tax, 6% $5.40",
            "Total paid $95.40",
            "Amounts in USD.",
        ):
            assert words in said
        assert "TEST" not in said
        assert "no money moved" not in said

    def test_what_was_no_money_says_so_plainly(self) -> None:
        said = text_of(paper_pdf(paper(is_live=False), paper="letter"))
        assert "Test payment: no money moved." in said

    def test_an_invoice_says_until_when_and_how_it_is_paid(self) -> None:
        invoice = paper(kind="invoice", number="I-2026-000007", paid_on=None, due_on="2026-12-25")
        said = text_of(paper_pdf(invoice, paper="letter"))
        assert "Due December 25, 2026" in said
        assert "Total due $95.40" in said
        assert "Please pay $95.40 and name the invoice I-2026-000007" in said
        assert "Paid November" not in said

    def test_a_credit_note_names_the_receipt_it_corrects(self) -> None:
        note = paper(
            kind="credit_note", number="C-2026-000003", corrects="R-2026-000042", total=-95_40
        )
        said = text_of(paper_pdf(note, paper="letter"))
        assert "This note corrects receipt R-2026-000042." in said
        assert "Total given back -$95.40" in said

    def test_the_same_content_gives_the_same_bytes_and_a_tagged_file(self) -> None:
        first = paper_pdf(paper(), paper="a4")
        assert first == paper_pdf(paper(), paper="a4")
        read = PdfReader(io.BytesIO(first))
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]

    @pytest.mark.parametrize(
        "name",
        ["#panic()", "=HYPERLINK(1)", "*bold* _x_ $y$", "田中 太郎", "محمد", "W" * 200, "😀"],
    )
    def test_nothing_a_person_typed_is_markup_or_breaks_the_paper(self, name: str) -> None:
        buyer = {**paper()["buyer"], "name": name, "address": f"{name}\n{name}"}
        drawn = paper_pdf(paper(buyer=buyer), paper="letter")
        assert len(PdfReader(io.BytesIO(drawn)).pages) == 1
        if name.isascii() and len(name) < 24:
            assert name in text_of(drawn)


class TestOnesOwn:
    def test_a_buyer_downloads_the_receipt(self, client: Client, rosa: User, order: Order) -> None:
        client.force_login(rosa)
        response = client.get(f"{address_of(order)}.pdf?paper=a4")
        assert response["Content-Type"] == "application/pdf"
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Disposition"] == 'attachment; filename="receipt-R-2026-000001.pdf"'
        assert "Total paid $95.00" in text_of(response.content)

    def test_later_changes_alter_no_paper(self, client: Client, rosa: User, order: Order) -> None:
        client.force_login(rosa)
        before = client.get(f"{address_of(order)}.pdf").content
        rosa.full_name = "Another Name"
        rosa.save()
        provider_row = provider()
        provider_row.name = "Another School"
        provider_row.save()
        assert client.get(f"{address_of(order)}.pdf").content == before

    def test_strangers_get_404_and_visitors_the_sign_in(
        self, client: Client, stella: User, order: Order
    ) -> None:
        for tail in (f"papers/{order.documents.get().number}.pdf", "employer.zip"):
            assert Client().get(f"/orders/{order.number}/{tail}").status_code == 302
            client.force_login(stella)
            assert client.get(f"/orders/{order.number}/{tail}").status_code == 404
        assert client.post(f"{address_of(order)}/send/").status_code == 404
        assert not AuditEntry.objects.filter(action="document.sent").exists()

    def test_a_paper_of_another_order_is_not_there(
        self, client: Client, rosa: User, marcus: User, order: Order, now: datetime
    ) -> None:
        other = bought(marcus, "unlimited-year", now=now)
        client.force_login(rosa)
        number = other.documents.get().number
        assert client.get(f"/orders/{order.number}/papers/{number}.pdf").status_code == 404

    def test_the_link_is_sent_once_more_to_the_address_on_the_order(
        self, client: Client, rosa: User, order: Order
    ) -> None:
        client.force_login(rosa)
        response = client.post(f"{address_of(order)}/send/")
        assert response["Location"] == f"/orders/{order.number}/"
        mail = OutboxMail.objects.latest("pk")
        assert mail.recipients == ["rosa@example.org"]
        assert f"{address_of(order)}.pdf" in mail.text
        assert AuditEntry.objects.filter(action="document.sent").count() == 1

    def test_a_mailbox_is_not_flooded(self, client: Client, rosa: User, order: Order) -> None:
        client.force_login(rosa)
        answers = [
            client.post(f"{address_of(order)}/send/").status_code
            for _ in range(MOST_PAPERS_SENT + 1)
        ]
        assert answers == [302] * MOST_PAPERS_SENT + [429]


class TestForTheEmployer:
    def test_it_holds_the_receipt_and_the_certificates_of_this_order(
        self, client: Client, rosa: User, marcus: User, order: Order, now: datetime
    ) -> None:
        made = finished(rosa, published_course("HEM-101", pages=1, is_free=False), now)
        bought(marcus, "unlimited-year", now=now)
        finished(marcus, published_course("SAF-101", pages=1, is_free=False), now)
        client.force_login(rosa)
        response = client.get(f"/orders/{order.number}/employer.zip")
        assert response["Cache-Control"] == "private, no-store"
        packed = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        folder = f"for-my-employer-{order.number}"
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert archive.namelist() == [
                f"{folder}/receipt-R-2026-000001.pdf",
                f"{folder}/certificate-HEM-101-{codes.grouped(made.code)}.pdf",
            ]
            assert "Rosa Méndez" in text_of(archive.read(archive.namelist()[1]))
        again = client.get(f"/orders/{order.number}/employer.zip")
        assert b"".join(again.streaming_content) == packed  # type: ignore[attr-defined]
        answers = [client.get(f"/orders/{order.number}/employer.zip") for _ in range(9)]
        assert [answer.status_code for answer in answers] == [200] * 8 + [429]

    def test_what_was_learned_without_this_order_is_not_in_it(
        self, client: Client, rosa: User, order: Order, now: datetime
    ) -> None:
        course = published_course("HEM-101", pages=1)
        finished(rosa, course, now + timedelta(days=400))
        client.force_login(rosa)
        packed = b"".join(client.get(f"/orders/{order.number}/employer.zip").streaming_content)  # type: ignore[attr-defined]
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert [name.rpartition("/")[2] for name in archive.namelist()] == [
                "receipt-R-2026-000001.pdf"
            ]

    def test_an_unpaid_order_has_nothing_to_show(
        self, client: Client, rosa: User, now: datetime
    ) -> None:
        open_shop()
        waiting = ordered(rosa, Wish("unlimited-year"), now=now)
        client.force_login(rosa)
        assert client.get(f"/orders/{waiting.number}/employer.zip").status_code == 404
        assert not Document.objects.exists()
