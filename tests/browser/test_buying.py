"""Buying in a browser: a pack that a paid course draws from, then the year that replaces it."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.site import Site
from tests.browser.walks import Device, press

SPILLS = "/courses/chemical-hygiene-and-spill-response/"
SET_FREE = """
import django; django.setup()
from aliquot.catalog.models import Course
from aliquot.catalog.services import set_free
set_free(course=Course.objects.get(code="SAF-101"), is_free={is_free}, actor_id=None)
"""


def set_free(site: Site, *, is_free: bool) -> None:
    """The office says whether a course asks for access."""
    subprocess.run(
        [sys.executable, "-c", SET_FREE.format(is_free=is_free)],
        env={**site.environment(), "DJANGO_SETTINGS_MODULE": "aliquot.settings"},
        check=True,
        timeout=60,
    )


@pytest.fixture
def paid_course(site: Site) -> Iterator[str]:
    """The address of a course that is not free while the test runs."""
    set_free(site, is_free=False)
    yield SPILLS
    set_free(site, is_free=True)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_pack_opens_a_paid_course_and_the_year_replaces_it(
    device: Device, paid_course: str, has_script: bool
) -> None:
    page = device(java_script_enabled=has_script)
    who = "yes" if has_script else "no"
    choose_before_signing_up(page)
    walks.sign_up(page, email=f"{who}.script@example.org", full_name="Quinn Baker")
    expect(page.get_by_role("heading", name="You were about to buy")).to_be_visible()
    press(page, "Go on to checkout")
    agree(page, total="$50.00", has_script=has_script)
    decline_and_try_again(page, total="$50.00")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")
    start(page, paid_course)
    buy_the_year(page, has_script=has_script)
    page.goto("/orders/")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)


def choose_before_signing_up(page: Page) -> None:
    """A visitor sees the whole price and chooses."""
    page.goto("/pricing/")
    expect(page.get_by_role("main")).to_contain_text("$95.00")
    page.get_by_role("link", name="Sign up and buy Eight contact hours").click()


def agree(page: Page, *, total: str, has_script: bool) -> None:
    """The tax of the place is seen, then the terms are agreed to; nothing is ticked before."""
    main = page.get_by_role("main")
    expect(main.locator("input:checked")).to_have_count(0)
    main.get_by_label("State").select_option("TX")
    if not has_script:
        press(page, "Show the tax of this place")
    expect(main).to_contain_text("Tax in Texas")
    main.get_by_label("Test payment (no money moves)").check()
    main.get_by_label("I agree to the terms, and I have read the refund rule.").check()
    press(page, "Continue to payment")
    expect(main).to_contain_text("Test payment. No money moves.")
    expect(page.get_by_role("heading", level=1)).to_have_text(total)


def decline_and_try_again(page: Page, *, total: str) -> None:
    """A declined payment charges nothing; the next one is taken."""
    press(page, "Decline")
    expect(page.get_by_role("heading", level=1)).to_have_text("The payment did not go through")
    press(page, "Try again")
    press(page, f"Pay {total} (test)")


def start(page: Page, course: str) -> None:
    """The course says what it draws before it is started."""
    page.goto(course)
    expect(page.get_by_role("main")).to_contain_text("8 of 8 contact hours left")
    press(page, "Start with your hour pack")
    expect(page).to_have_url(re.compile("/learning/"))
    page.goto("/orders/")
    page.get_by_role("main").get_by_role("link", name="Eight contact hours").click()
    expect(page.get_by_role("main")).to_contain_text("7 of 8 hours left")


def buy_the_year(page: Page, *, has_script: bool) -> None:
    """What was paid for the pack is set off."""
    page.goto("/pricing/")
    press(page, "Buy Unlimited access for a year")
    main = page.get_by_role("main")
    expect(main).to_contain_text("-$50.00")
    agree(page, total="$45.00", has_script=has_script)
    press(page, "Pay $45.00 (test)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")
