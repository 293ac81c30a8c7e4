"""Who gets into which page of the back office, page by page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.commerce.services import create_voucher
from aliquot.flows.refund_order import open_refund_for_buyer
from aliquot.infra.models import AuditEntry
from aliquot.learning.services import grant_entitlement
from aliquot.staff.urls import urlpatterns
from tests.factories.catalog import approve
from tests.factories.certificates import certificate
from tests.factories.shop import bought, open_shop
from tests.factories.staff import browser_of, member

# Who gets in does not depend on the kind of database; the permission matrix walks both.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Which roles open a page, and the names of the values in its address.
EVERY_STAFF = {"administrator", "support", "author", "reviewer", "finance"}
SUPPORT = {"administrator", "support"}
ADMINISTRATOR = {"administrator"}
MONEY = {"administrator", "finance"}
ORDERS = MONEY | SUPPORT
PAGES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "home": (EVERY_STAFF, ()),
    "courses": (EVERY_STAFF, ()),
    "course": (EVERY_STAFF, ("course",)),
    "course_availability": (ADMINISTRATOR, ("course",)),
    "course_free": (ADMINISTRATOR, ("course",)),
    "course_review": (ADMINISTRATOR, ("course",)),
    "approval_add": (ADMINISTRATOR, ("course",)),
    "approval_withdraw": (ADMINISTRATOR, ("course", "approval")),
    "people": (SUPPORT, ()),
    "person": (SUPPORT, ("person",)),
    "person_close": (SUPPORT, ("person",)),
    "person_reopen": (SUPPORT, ("person",)),
    "person_factors": (ADMINISTRATOR, ("person",)),
    "role_give": (ADMINISTRATOR, ("person",)),
    "role_withdraw": (ADMINISTRATOR, ("staff", "role")),
    "entitlement_grant": (SUPPORT, ("person",)),
    "entitlement_withdraw": (ADMINISTRATOR, ("person", "entitlement")),
    "certificate": (SUPPORT, ("certificate",)),
    "certificate_revoke": (ADMINISTRATOR, ("certificate",)),
    "certificate_reissue": (ADMINISTRATOR, ("certificate",)),
    "provider": (ADMINISTRATOR, ()),
    "provider_picture": (ADMINISTRATOR, ("picture",)),
    "accreditors": (ADMINISTRATOR, ()),
    "accreditor_add": (ADMINISTRATOR, ()),
    "accreditor": (ADMINISTRATOR, ("accreditor",)),
    "products": (ORDERS, ()),
    "product_add": (MONEY, ()),
    "product": (MONEY, ("product",)),
    "price_set": (MONEY, ("product",)),
    "shop_settings": (MONEY, ()),
    "orders": (ORDERS, ()),
    "order": (ORDERS, ("order",)),
    "order_record": (MONEY, ("order",)),
    "order_settle": (MONEY, ("order",)),
    "order_end": (MONEY, ("order",)),
    "order_receipt": (MONEY, ("order",)),
    "order_paper": (ORDERS, ("order", "paper")),
    "order_refund": (MONEY, ("order",)),
    "refunds": (MONEY, ()),
    "refund": (MONEY, ("refund",)),
    "refund_approve": (MONEY, ("refund",)),
    "refund_decline": (MONEY, ("refund",)),
    "refund_again": (MONEY, ("refund",)),
    "vouchers": (MONEY, ()),
    "voucher_add": (MONEY, ()),
    "voucher_withdraw": (MONEY, ("voucher",)),
    "books": (MONEY, ()),
    "books_export": (MONEY, ()),
    "audit": (ADMINISTRATOR, ()),
    "mail": (SUPPORT, ()),
    "jobs": (ADMINISTRATOR, ()),
    "upkeep": (ADMINISTRATOR, ()),
}
# A file; one that failed; days; a second factor used just now.
NOT_YET = {"provider_picture", "refund_again", "books_export", "person_factors"}
SECRETS = ("rosa@example.org", "Rosa Méndez", "DEMO-1")


@dataclass(frozen=True)
class Office:
    """A back office with something of every kind to see."""

    values: dict[str, Any]

    def address(self, name: str) -> str:
        return reverse(f"staff:{name}", args=[self.values[key] for key in PAGES[name][1]])


@pytest.fixture
def things(rosa: User, now: datetime) -> Office:
    proof = certificate(rosa, now)
    course = proof.completion.version.course
    approval = approve(course)
    entitlement = grant_entitlement(
        person=rosa, source="grant", course=None, starts_at=now, ends_at=None,
        hours_limit=None, actor_id=None, now=now,
    )  # fmt: skip
    open_shop()
    order = bought(rosa, "unlimited-year", now=now)
    returned = bought(rosa, "eight-hours", now=now, key="checkout-2")
    refund = open_refund_for_buyer(order=returned, actor_id=rosa.pk, now=now)
    welcome = create_voucher(
        code="WELCOME", valid_from=now, now=now, actor_id=None, percent_off=Decimal(10)
    )
    reviewer = member("reviewer", email="rita@example.org", name="Rita Rowe")
    return Office(
        {
            "course": course.code,
            "approval": approval.pk,
            "person": rosa.pk,
            "staff": reviewer.pk,
            "role": "reviewer",
            "entitlement": entitlement.pk,
            "certificate": proof.content["code"],
            "picture": "logo",
            "product": "unlimited-year",
            "voucher": welcome.pk,
            "order": order.number,
            "paper": order.documents.get(kind="receipt").number,
            "refund": refund.pk,
            "accreditor": approval.accreditor.code,
        }
    )


def leaks(response: Any) -> list[str]:
    return [secret for secret in SECRETS if secret in response.content.decode()]


def test_every_page_has_a_row() -> None:
    names = {pattern.name for pattern in urlpatterns}
    others = ("tax_", "webhook")  # test_taxes.py, test_webhooks.py
    assert {name for name in names if not name.startswith(others)} == set(PAGES)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signed_in_is_sent_to_sign_in(things: Office, method: str) -> None:
    for name in PAGES:
        response = getattr(browser_of(None), method)(things.address(name))
        assert (name, response.status_code) == (name, 302)
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_learners_find_no_back_office(
    things: Office, rosa: User, stella: User, method: str
) -> None:
    before = AuditEntry.objects.count()
    for who in (rosa, stella):
        set_up_codes(person=who)
        for name in PAGES:
            response = getattr(browser_of(who), method)(things.address(name))
            assert (who.email, name, response.status_code) == (who.email, name, 404)
            assert "Back office" not in response.text
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", sorted(EVERY_STAFF - ADMINISTRATOR))
def test_staff_without_the_right_get_what_a_missing_page_gives(
    things: Office, role: str, method: str
) -> None:
    who = member(role)
    before = AuditEntry.objects.count()
    for name, (roles, _) in PAGES.items():
        if role in roles:
            continue
        response = getattr(browser_of(who), method)(things.address(name))
        assert (name, response.status_code) == (name, 404)
        assert (name, leaks(response)) == (name, [])
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_second_factor_are_sent_to_set_one_up(
    things: Office, amara: User, method: str
) -> None:
    before = AuditEntry.objects.count()
    for name in PAGES:
        response = getattr(browser_of(amara), method)(things.address(name))
        assert (name, response.status_code) == (name, 302)
        assert (name, response["Location"]) == (name, reverse("mfa_index"))
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("role", sorted(EVERY_STAFF))
def test_staff_with_the_right_get_in(things: Office, role: str) -> None:
    browser = browser_of(member(role))
    for name, (roles, _) in PAGES.items():
        if role not in roles or name in NOT_YET:
            continue
        response = browser.get(things.address(name))
        assert (name, response.status_code) == (name, 200)
        is_page = response["Content-Type"].startswith("text/html")
        assert not is_page or 'action="/account/logout/"' in response.text, name


@pytest.mark.parametrize("role", ["author", "reviewer", "finance"])
def test_a_search_shows_people_and_certificates_to_none_but_those_who_may(
    things: Office, role: str
) -> None:
    browser = browser_of(member(role))
    for query in ("rosa", things.values["certificate"]):
        response = browser.get(reverse("staff:home"), {"q": query})
        assert (query, leaks(response)) == (query, [])
    assert not AuditEntry.objects.filter(action="person.viewed_by_staff").exists()


def test_what_is_not_there_is_a_missing_page(office: Client, things: Office) -> None:
    wrong = {
        "course": "NONE-1", "approval": 999, "person": 999, "staff": 999, "role": "finance",
        "entitlement": 999, "certificate": "0000-0000-0000-0000-0", "picture": "name",
        "accreditor": "none", "product": "none", "order": "NONE-1", "refund": 999, "voucher": 999,
        "paper": "R-2026-999999",
    }  # fmt: skip
    for name, (_, keys) in PAGES.items():
        for key in keys:
            values = {**things.values, key: wrong[key]}
            address = reverse(f"staff:{name}", args=[values[each] for each in keys])
            assert (address, office.get(address).status_code) == (address, 404)
            assert (address, office.post(address).status_code in {404, 405}) == (address, True)


def test_one_persons_access_is_not_withdrawn_at_anothers_address(
    office: Client, things: Office, stella: User
) -> None:
    address = reverse("staff:entitlement_withdraw", args=[stella.pk, things.values["entitlement"]])
    assert office.post(address, {"step": "do"}).status_code == 404
