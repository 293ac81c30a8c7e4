"""The tax table and exemptions in the back office, and the buyer's page."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.commerce.models import TaxExemption, TaxRate
from tests.factories.papers import HTML, PDF
from tests.factories.shop import exemption_sent

pytestmark = pytest.mark.django_db
RATE = {
    "jurisdiction": "us-fl",
    "name": "Florida sales tax",
    "percent": "6.25",
    "tax_code": "",
    "valid_from": "2026-01-01",
}
SENT = {"institution": "Lakeside Hospital", "region": "FL", "number": "85-1"}


def upload(client: Client, content: bytes, **changes: str) -> int:
    file = SimpleUploadedFile("certificate.pdf", content, content_type="application/pdf")
    return client.post("/tax-exemption/", SENT | changes | {"file": file}).status_code


def test_a_rate_is_checked_before_it_is_entered_and_ended_later(office: Client) -> None:
    checked = office.post("/staff/shop/tax/add/", RATE)
    assert "6.25%" in checked.text
    assert not TaxRate.objects.exists()
    office.post("/staff/shop/tax/add/", RATE | {"step": "do"})
    rate = TaxRate.objects.get()
    assert (rate.jurisdiction, str(rate.percent)) == ("US-FL", "6.2500")
    office.post(f"/staff/shop/tax/{rate.pk}/end/", {"last_day": "2026-06-30", "step": "do"})
    assert "Jun 30, 2026" in office.get("/staff/shop/tax/").text


@pytest.mark.parametrize("wrong", [{"jurisdiction": "Florida"}, {"percent": "100"}, {"name": ""}])
def test_a_wrong_rate_is_explained_and_not_entered(office: Client, wrong: dict[str, str]) -> None:
    response = office.post("/staff/shop/tax/add/", RATE | wrong | {"step": "do"})
    assert response.status_code == 422
    assert not TaxRate.objects.exists()


def test_a_buyer_sends_a_certificate_and_staff_approve_it(
    client: Client, office: Client, rosa: User, amara: User
) -> None:
    client.force_login(rosa)
    assert upload(client, PDF) == 302
    sent = TaxExemption.objects.get()
    assert "We look at it" in client.get("/tax-exemption/").text
    assert "Lakeside Hospital" in office.get("/staff/shop/exemptions/").text
    paper = office.get(f"/staff/shop/exemptions/{sent.pk}/paper/")
    assert paper.content == PDF
    assert paper["Content-Disposition"].startswith("attachment;")
    assert office.get(f"/staff/shop/exemptions/{sent.pk}/approve/").status_code == 200
    sent.refresh_from_db()
    assert sent.approved_at is None
    office.post(f"/staff/shop/exemptions/{sent.pk}/approve/", {"step": "do"})
    sent.refresh_from_db()
    assert sent.approved_by_id == amara.pk
    assert "Approved" in client.get("/tax-exemption/").text
    client.post(f"/tax-exemption/{sent.pk}/withdraw/")
    assert "Withdrawn" in office.get("/staff/shop/exemptions/").text


def test_what_only_pretends_to_be_a_paper_is_refused_at_its_field(
    client: Client, rosa: User
) -> None:
    client.force_login(rosa)
    assert upload(client, HTML) == 422
    assert upload(client, PDF, region="ZZ") == 422
    assert not TaxExemption.objects.exists()


def test_a_stranger_withdraws_nothing(
    client: Client, rosa: User, stella: User, now: datetime
) -> None:
    sent = exemption_sent(rosa, now)
    client.force_login(stella)
    assert client.post(f"/tax-exemption/{sent.pk}/withdraw/").status_code == 404
    assert "Lakeside" not in client.get("/tax-exemption/").text
    sent.refresh_from_db()
    assert sent.withdrawn_at is None


@pytest.mark.parametrize(
    ("address", "queries"), [("/staff/shop/tax/", 7), ("/staff/shop/exemptions/", 8)]
)
def test_the_lists_cost_the_same_with_one_and_three(
    office: Client, rosa: User, now: datetime, address: str, queries: int
) -> None:
    office.get(address)
    counts = []
    for region in ("FL", "GA", "TX"):
        exemption_sent(rosa, now, region=region)
        TaxRate.objects.create(
            jurisdiction=f"US-{region}", name="x", percent=1, valid_from=now.date()
        )
        with CaptureQueriesContext(connection) as seen:
            office.get(address)
        counts.append(len(seen))
    assert counts == [queries] * 3
