"""Paying on Stripe's page, played by our own fake of it: redirects, webhooks, and late ones."""

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.answers import rows
from tests.browser.site import Site, running_copy
from tests.browser.walks import Device, press
from tests.fakes.stripe_checkout import KEY, SECRET, StripeFake

type Post = tuple[bytes, dict[str, str]]


@pytest.fixture(scope="module")
def fake() -> Iterator[StripeFake]:
    """Our fake of Stripe."""
    with StripeFake().running() as running:
        yield running


@pytest.fixture(scope="module")
def shop(site: Site, fake: StripeFake) -> Iterator[Site]:
    """The demo with Stripe switched on, as it was before any test."""
    with running_copy(
        Path(os.environ["ALIQUOT_TEST_RUN"], "demo"),
        ALIQUOT_GATEWAYS="stripe,offline",
        ALIQUOT_STRIPE_SECRET_KEY=KEY,
        ALIQUOT_STRIPE_WEBHOOK_SECRET=SECRET,
        ALIQUOT_STRIPE_API_BASE=fake.base,
    ) as running:
        yield running


def deliver(shop: Site, event: Post) -> None:
    """Post an event as Stripe does."""
    body, headers = event
    request = urllib.request.Request(
        f"{shop.url}/webhooks/stripe/",
        data=body,
        headers=headers | {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        assert answer.status == 200


def test_a_payment_at_stripe_is_received_and_its_event_kept(
    device: Device, shop: Site, fake: StripeFake
) -> None:
    fake.listener = lambda body, headers: deliver(shop, (body, headers))
    page = device(base_url=shop.url)
    walks.sign_in(page, "ines@example.org")
    to_stripe(page, "All hematology courses", "20.00", fake)
    page.get_by_role("button", name="Go back").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing was charged")
    agree(page)
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")
    page.reload()  # and again: one charge, one receipt
    expect(page.get_by_role("main")).to_contain_text("We have received $20.00")
    assert len(fake.all("charge")) == 1
    kept = rows(shop, "SELECT COUNT(*) FROM commerce_gatewayevent")
    assert kept == [(len(fake.events),)]
    assert rows(shop, "SELECT COUNT(*) FROM commerce_document WHERE kind = 'receipt' AND order_id"
                      " = (SELECT MAX(id) FROM commerce_order)") == [(1,)]  # fmt: skip


def test_while_stripe_says_nothing_the_page_is_still_processing(
    device: Device, shop: Site, fake: StripeFake
) -> None:
    late: list[Post] = []
    fake.listener = lambda body, headers: late.append((body, headers))
    page = device(base_url=shop.url)
    walks.sign_in(page, "nadia@example.org")
    to_stripe(page, "Eight contact hours", "50.00", fake)
    fake.is_down = True  # the money is taken, and then Stripe answers nobody
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Still processing")
    expect(page.get_by_role("main")).to_contain_text("do not pay a second time")
    number = page.url.rstrip("/").rpartition("/")[2]
    paid = rows(shop, "SELECT state FROM commerce_order WHERE number = ?", number)
    assert paid == [("placed",)]
    fake.is_down = False
    for event in late:
        deliver(shop, event)
    # The page looks again by itself, every few seconds.
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you", timeout=60_000)
    page.goto("/courses/peripheral-blood-smear/")
    expect(page.get_by_role("main")).to_contain_text("8 of 8 contact hours left")


def to_stripe(page: Page, product: str, total: str, fake: StripeFake) -> None:
    """From the prices to Stripe's page, which asks for the total that was agreed to."""
    page.goto("/pricing/")
    press(page, f"Buy {product}")
    agree(page)
    page.wait_for_url(f"{fake.base}/pay/*")
    expect(page).to_have_url(f"{fake.base}/pay/{fake.all('checkout.session')[0]['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pay {total} USD")


def agree(page: Page) -> None:
    """The terms, and on to Stripe."""
    main = page.get_by_role("main")
    main.get_by_label("State").select_option("TX")
    expect(main).to_contain_text("Tax in Texas")
    main.get_by_label("Card or bank, paid at Stripe").check()
    main.get_by_label("I agree to the terms, and I have read the refund rule.").check()
    press(page, "Continue to payment")
