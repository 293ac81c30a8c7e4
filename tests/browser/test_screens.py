"""Every screen, as who may see it, at two widths, light and dark: axe finds nothing.

A screen is seen in two of the four looks, crossed, and its neighbor in the other two;
``make looks`` shows every screen in all four.
"""

import os
from itertools import batched, cycle

import pytest
from playwright.sync_api import Page

from tests.browser.checks import ALL_LOOKS, CROSSED_LOOKS, violations_in_looks
from tests.browser.screens import NO_SCREEN, SCREENS, Screen
from tests.browser.stage import Staged
from tests.browser.walks import PASSWORD, Device
from tests.routes import api_operations, routes

A_FEW = 8  # screens of one test: few enough to share the work among processes
LOOKS = [ALL_LOOKS] if os.environ.get("ALIQUOT_ALL_LOOKS") else CROSSED_LOOKS


def groups() -> list[tuple[str, tuple[Screen, ...]]]:
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
    [pytest.param(*group, id=f"{group[0]} {group[1][0].address}") for group in groups()],
)
def test_no_screen_has_an_accessibility_violation(
    device: Device, staged: Staged, who: str, screens: tuple[Screen, ...]
) -> None:
    signed_in = {"storage_state": staged.signed_in(who)} if who else {}
    # Reduced motion: nothing is read in the middle of a fade.
    page = device(reduced_motion="reduce", **signed_in)
    found = {}
    for screen, looks in zip(screens, cycle(LOOKS), strict=False):
        address = staged.address(screen.address)
        answer = page.goto(address)
        assert answer is not None
        if "/reauthenticate/" in page.url:
            found[page.url] = violations_in_looks(page, looks)
            confirm_that_it_is_you(page)
        if answer.status != screen.status:
            found[address] = [f"status {answer.status}"]
        elif not page.url.endswith(address):
            found[address] = [f"led to {page.url}"]
        else:
            found[address] = violations_in_looks(page, looks)
    assert {address: lines for address, lines in found.items() if lines} == {}
