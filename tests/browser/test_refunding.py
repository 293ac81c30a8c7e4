"""Money back in a browser: what a pack opened, the meter, and what becomes of the certificate."""

import re

from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.answers import answer_all, attempt_of, key_of_attempt
from tests.browser.site import Site
from tests.browser.walks import SMEAR, Device, press

COURSE = "/courses/peripheral-blood-smear/"


def test_a_refund_is_foretold_by_its_meter_and_revokes_the_certificate(
    device: Device, site: Site
) -> None:
    page = device()
    walks.sign_in(page, "nadia@example.org")
    pack = buy(page, "Eight contact hours", "$50.00")
    meter_says(page, pack, "You can have $50.00 back today", "0 courses completed")
    code = learn(page, site)
    meter_says(page, pack, "You can have $50.00 back today", "1 course completed")
    expect(page.get_by_role("main")).to_contain_text(SMEAR)  # what would be lost, by name
    give_back(page, "$50.00")
    verification_says(device(), code)
    year = buy(page, "Unlimited access for a year", "$95.00")
    page.goto("/subscription/")
    expect(page.get_by_role("main")).to_contain_text("All courses")
    meter_says(page, year, "You can have $95.00 back today", "0 courses completed")
    give_back(page, "$95.00")
    page.goto("/subscription/")
    expect(page.get_by_role("main")).to_contain_text("You have no access that runs")


def buy(page: Page, product: str, total: str) -> str:
    """Buy with the test gateway; the order's number."""
    page.goto("/pricing/")
    press(page, f"Buy {product}")
    walks.agree(page, total=total)
    walks.pay(page, total)
    page.get_by_role("link", name="See the order and receipt").click()
    page.wait_for_url("**/orders/*/")
    return page.url.rstrip("/").rpartition("/")[2]


def meter_says(page: Page, order: str, *words: str) -> None:
    """The order's own page says today's answer."""
    page.goto(f"/orders/{order}/")
    for each in words:
        expect(page.get_by_role("main")).to_contain_text(each)


def learn(page: Page, site: Site) -> str:
    """Start with the pack, read, pass, evaluate; the certificate's code."""
    page.goto(COURSE)
    expect(page.get_by_role("main")).to_contain_text("Takes 1.25 contact hours")
    press(page, "Start with your hour pack")
    page.wait_for_url("**/pages/**")
    walks.turn_all_pages(page)
    press(page, "Start the test")
    answer_all(page, key_of_attempt(site, attempt_of(page)), right=True)
    walks.all_is_saved(page)
    walks.submit_test(page)
    page.get_by_role("link", name="Go on to the evaluation").first.click()
    walks.evaluate(page)
    page.get_by_role("link", name="Open the certificate").click()
    page.wait_for_url(re.compile("/certificates/[0-9A-Z]+/"))
    return page.url.rstrip("/").rpartition("/")[2]


def give_back(page: Page, amount: str) -> None:
    """Ask on the order's page, check, confirm; the money is on its way at once."""
    page.get_by_role("main").get_by_role("link", name=f"Get {amount} back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Get your money back?")
    press(page, f"Get {amount} back and end the access")
    expect(page.locator(".refund__past")).to_contain_text("Paid back")


def verification_says(page: Page, code: str) -> None:
    """Whoever verifies it reads the status first, and why."""
    page.goto(f"/v/{code}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoked")
    expect(page.get_by_role("main")).to_contain_text(SMEAR)
