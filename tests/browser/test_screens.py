"""Every screen, as who may see it, at two widths, light and dark: axe finds nothing."""

from itertools import batched

import pytest
from playwright.sync_api import Page

from tests.browser.checks import violations_in_every_look
from tests.browser.screens import NO_SCREEN, SCREENS, Screen
from tests.browser.stage import Staged
from tests.browser.walks import PASSWORD, Device
from tests.routes import api_operations, routes

A_FEW = 8  # screens of one test: few enough to share the work among processes


def looks() -> list[tuple[str, tuple[Screen, ...]]]:
    """Screens of the same person, a few at a time."""
    people = sorted({screen.who for screen in SCREENS})
    return [
        (who, few)
        for who in people
        for few in batched([screen for screen in SCREENS if screen.who == who], A_FEW, strict=False)
    ]


def confirm_that_it_is_you(page: Page) -> None:
    """Give the password that a screen asks for again before it opens."""
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Confirm").first.click()


def test_every_route_is_looked_at_or_says_why_not() -> None:
    looked_at = {screen.route for screen in SCREENS} - {""}
    assert looked_at & NO_SCREEN.keys() == set()
    names = {name for name, _ in routes()} - api_operations()
    assert looked_at | NO_SCREEN.keys() == names


@pytest.mark.parametrize(
    ("who", "screens"),
    [pytest.param(*look, id=f"{look[0]} {look[1][0].address}") for look in looks()],
)
def test_no_screen_has_an_accessibility_violation(
    device: Device, staged: Staged, who: str, screens: tuple[Screen, ...]
) -> None:
    signed_in = {"storage_state": staged.signed_in(who)} if who else {}
    # Reduced motion: nothing is read in the middle of a transition.
    page = device(reduced_motion="reduce", **signed_in)
    found = {}
    for screen in screens:
        address = staged.address(screen.address)
        answer = page.goto(address)
        assert answer is not None
        if "/reauthenticate/" in page.url:
            found[page.url] = violations_in_every_look(page)
            confirm_that_it_is_you(page)
        if answer.status != screen.status:
            found[address] = [f"status {answer.status}"]
        elif not page.url.endswith(address):
            found[address] = [f"led to {page.url}"]
        else:
            found[address] = violations_in_every_look(page)
    assert {address: lines for address, lines in found.items() if lines} == {}
