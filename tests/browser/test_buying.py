"""Buying in a browser: a pack that a paid course draws from, then the year that replaces it."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import walks
from tests.browser.stage import Staged
from tests.browser.walks import Device, press

SMEAR = "/courses/peripheral-blood-smear/"


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_pack_opens_a_paid_course_and_the_year_replaces_it(
    device: Device, has_script: bool
) -> None:
    page = device(java_script_enabled=has_script)
    who = "yes" if has_script else "no"
    choose_before_signing_up(page)
    walks.sign_up(page, email=f"{who}.script@example.org", full_name="Quinn Baker")
    expect(page.get_by_role("heading", name="You were about to buy")).to_be_visible()
    press(page, "Go on to checkout")
    walks.agree(page, total="$50.00", has_script=has_script)
    decline_and_try_again(page, total="$50.00")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")
    start(page, SMEAR)
    buy_the_year(page, has_script=has_script)
    page.goto("/orders/")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)


def test_the_page_that_opens_a_gift_sends_its_form_where_it_came_from(
    device: Device, staged: Staged
) -> None:
    page = device(storage_state=staged.signed_in("tess"))
    page.goto("/gifts/open/")
    page.get_by_label("Code of the gift").fill("7QK2")
    press(page, "Look at the gift")
    expect(page).to_have_title(walks.title("Error: Open a gift"))
    expect(page.locator(".error-summary")).to_contain_text("No gift has this code")


def choose_before_signing_up(page: Page) -> None:
    """A visitor sees the whole price and chooses."""
    page.goto("/pricing/")
    expect(page.get_by_role("main")).to_contain_text("$95.00")
    page.get_by_role("link", name="Sign up and buy Eight contact hours").click()


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
    expect(page.get_by_role("main")).to_contain_text("6.75 of 8 hours left")


def buy_the_year(page: Page, *, has_script: bool) -> None:
    """What was paid for the pack is set off."""
    page.goto("/pricing/")
    press(page, "Buy Unlimited access for a year")
    main = page.get_by_role("main")
    expect(main).to_contain_text("−$50.00")
    if has_script:
        choose_a_state_before_the_script_is_there(page)
    walks.agree(page, total="$45.00", has_script=has_script)
    press(page, "Pay $45.00 (test)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")


def choose_a_state_before_the_script_is_there(page: Page) -> None:
    """Its tax is shown all the same, as soon as the script runs."""
    held: list[Route] = []
    page.route("**/checkout*.js", lambda route: held.append(route))  # noqa: PLW0108
    page.reload(wait_until="commit")
    page.get_by_label("State").select_option("CA")
    walks.soon(page, lambda: len(held), 1)
    expect(page.get_by_role("main")).not_to_contain_text("Tax in California")
    held[0].continue_()
    expect(page.get_by_role("main")).to_contain_text("Tax in California")
    page.unroute("**/checkout*.js")
