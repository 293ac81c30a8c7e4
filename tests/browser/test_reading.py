"""Reading a course in Chromium: two devices, a lost network, figures and terms, no script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.answers import kept_place
from tests.browser.checks import violations
from tests.browser.site import Site
from tests.browser.walks import SMEAR, Device, all_is_saved, enrollment_of, sign_in, soon

SECOND_PAGE = "where-to-look"
HEADING = "part-real-or-made-by-the-place"


@pytest.fixture(scope="module")
def ines(chromium: Browser, site: Site) -> Any:
    """The cookies of Ines, who starts the smear course with her hours.

    Signed in once: sign-ins are limited. A run in several processes may come back to this module,
    and then goes on with the course.
    """
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, "ines@example.org")
    page.goto("/courses/")
    page.get_by_role("link", name=SMEAR).click()
    main = page.get_by_role("main")
    main.get_by_role("button", name="Start with your hour pack").or_(
        main.get_by_role("link", name="Continue")
    ).first.click()
    page.wait_for_url(re.compile(r"/learning/\d+/pages/"))
    found = {"storage_state": context.storage_state(), "enrollment": enrollment_of(page)}
    context.close()  # an open page would go on saving its place, as a third device
    return found


@pytest.fixture
def course(ines: Any) -> str:
    """The address of Ines's enrollment."""
    return f"/learning/{ines['enrollment']}/"


def top_block(page: Page) -> str:
    """The block right under the player's header, "" at the very top of the page."""
    found = page.evaluate(
        """() => {
            if (scrollY < 40) return "";
            const top = document.querySelector(".masthead--player").getBoundingClientRect().bottom;
            const blocks = [...document.querySelector("[data-player]").children];
            return blocks.find((b) => b.id && b.getBoundingClientRect().bottom > top + 16).id;
        }"""
    )
    return str(found)


def read_to(page: Page, site: Site, anchor: str) -> None:
    """Scroll a block of the second page to the top and wait until the server holds the place."""
    page.evaluate("(id) => document.getElementById(id).scrollIntoView()", anchor)
    enrollment = enrollment_of(page)
    soon(page, lambda: kept_place(site, enrollment), [(SECOND_PAGE, anchor)])
    all_is_saved(page)


def question(page: Page) -> Locator:
    """The in-page question."""
    return page.locator("form[data-ask]").first


def answer_again_if_need_be(page: Page) -> None:
    """A test that ran before may have answered it."""
    again = question(page).get_by_role("link", name="Answer again")
    if again.count():
        again.click()
        expect(question(page).locator(".feedback")).to_have_count(0)


def test_another_device_opens_the_same_place_and_is_never_overrun(
    device: Device, site: Site, ines: Any, course: str
) -> None:
    cookies = ines["storage_state"]
    desk, phone = device(storage_state=cookies), device(width=390, storage_state=cookies)
    desk.goto(f"{course}pages/{SECOND_PAGE}/")
    read_to(desk, site, HEADING)

    phone.goto(course)
    expect(phone).to_have_url(re.compile(f"/pages/{SECOND_PAGE}/#{HEADING}$"))
    soon(phone, lambda: top_block(phone), HEADING)
    assert violations(phone) == []
    phone.locator(".turn__next").click()
    phone.wait_for_url(re.compile("/pages/same-order-every-time/"))

    # The desk was left open on the older page: reading on there does not erase the newer place.
    with desk.expect_response(lambda reply: reply.url.endswith("/save")) as reply:
        desk.evaluate("scrollTo(0, 0)")
    assert reply.value.status == 409
    notice = desk.locator("[data-moved]")
    expect(notice).to_contain_text("You read on somewhere else")
    expect(notice).to_contain_text("The same order every time")
    assert violations(desk) == []
    notice.get_by_role("link", name="Continue there").click()
    desk.wait_for_url(re.compile("/pages/same-order-every-time/"))
    expect(desk.locator("[data-moved]")).to_be_hidden()


def test_staying_here_makes_this_the_newest_place(
    device: Device, site: Site, ines: Any, course: str
) -> None:
    cookies = ines["storage_state"]
    desk, phone = device(storage_state=cookies), device(width=390, storage_state=cookies)
    desk.goto(f"{course}pages/{SECOND_PAGE}/")
    read_to(desk, site, HEADING)
    phone.goto(f"{course}pages/same-order-every-time/")
    phone.locator(".turn__next").click()
    phone.wait_for_url(re.compile("/pages/(?!same-order)"))
    desk.evaluate("scrollTo(0, 0)")
    expect(desk.locator("[data-moved]")).to_be_visible()
    with desk.expect_response(lambda reply: reply.url.endswith("/save")) as reply:
        desk.get_by_role("button", name="Stay here").click()
    assert reply.value.status == 200
    read_to(desk, site, HEADING)
    phone.goto(course)
    expect(phone).to_have_url(re.compile(f"/pages/{SECOND_PAGE}/#{HEADING}$"))


def test_an_answer_given_without_network_waits_on_the_device_and_then_explains_itself(
    device: Device, ines: Any, course: str
) -> None:
    page = device(storage_state=ines["storage_state"])
    page.goto(f"{course}pages/{SECOND_PAGE}/")
    answer_again_if_need_be(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    question(page).locator("input").first.check()
    question(page).get_by_role("button", name="Check").click()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet, 1 answer waiting")
    expect(question(page)).to_contain_text("Your answer is kept on this device.")
    page.locator(".turn__next").click()
    expect(page.locator("[data-no-network]")).to_contain_text("This page stays open")
    assert violations(page) == []
    page.context.set_offline(False)
    expect(page.locator("[data-no-network]")).to_be_empty()
    expect(question(page).locator(".feedback")).to_be_visible()
    all_is_saved(page)
    assert violations(page) == []

    # An equal press again: the reasons go, the answer may change, and comes back checked.
    question(page).get_by_role("link", name="Answer again").click()
    expect(question(page).locator(".feedback")).to_have_count(0)
    question(page).locator("input").nth(1).check()
    question(page).get_by_role("button", name="Check").click()
    expect(question(page).locator(".feedback")).to_be_visible()


def test_an_empty_answer_is_explained_at_once(device: Device, ines: Any, course: str) -> None:
    page = device(storage_state=ines["storage_state"])
    page.goto(f"{course}pages/same-order-every-time/")
    question(page).get_by_role("button", name="Check").click()
    expect(question(page)).to_contain_text("Answer the question, then check.")


def test_figures_open_large_and_terms_explain_themselves_by_keyboard(
    device: Device, ines: Any, course: str
) -> None:
    for width in (1280, 320):
        page = device(width=width, storage_state=ines["storage_state"])
        page.goto(f"{course}pages/{SECOND_PAGE}/")
        page.locator("[data-zoom]").first.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("100%")
        page.keyboard.press("+")
        page.keyboard.press("+")
        expect(dialog).to_contain_text("200%")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.locator("[data-zoom]").first).to_be_focused()

        term = page.locator("a.term").first
        term.press("Enter")
        expect(term).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".term-note")).to_be_visible()
        assert violations(page) == []
        term.press("Escape")
        expect(page.locator(".term-note")).to_have_count(0)


def test_without_script_page_turns_and_answers_are_saved(
    device: Device, ines: Any, course: str
) -> None:
    page = device(storage_state=ines["storage_state"], java_script_enabled=False, width=320)
    page.goto(f"{course}pages/{SECOND_PAGE}/")
    page.locator(".turn__next").click()
    expect(page).to_have_url(re.compile("/pages/same-order-every-time/$"))
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.locator(".turn__back").click()
    expect(page).to_have_url(re.compile(f"/pages/{SECOND_PAGE}/$"))
    answer_again_if_need_be(page)
    question(page).locator("input").first.check()
    question(page).get_by_role("button", name="Check").click()
    expect(question(page).locator(".feedback")).to_be_visible()
    page.goto(course)
    expect(page).to_have_url(re.compile(f"/pages/{SECOND_PAGE}/#question-"))
