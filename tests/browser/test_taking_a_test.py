"""The test of a course in Chromium: two devices, a lost network, keys only, no script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import violations
from tests.browser.site import Site
from tests.browser.walks import Device, all_is_saved, sign_in


@pytest.fixture(scope="module")
def marcus(chromium: Browser, site: Site) -> Any:
    """The cookies of Marcus, who learns: signed in once, since sign-ins are limited."""
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, "marcus@example.org")
    yield context.storage_state()
    context.close()


def turn_every_page(page: Page) -> None:
    """Turning a page is what opens the next one; looking at an address changes nothing."""
    first = page.locator(".outline a[href*='/pages/']").first.get_attribute("href")
    page.goto(str(first))
    while "/pages/" in page.url:
        here = page.url
        page.locator("form[data-turn] button[value=next]").click()
        page.wait_for_url(lambda url, here=here: url.split("#")[0] != here.split("#")[0])


def open_test(page: Page) -> None:
    """Start the course, turn every page, start the test (or go on with the open attempt)."""
    page.goto("/courses/")
    page.get_by_role("link", name=re.compile("Chemical Hygiene")).first.click()
    page.get_by_role("button", name=re.compile("Start|Continue")).or_(
        page.get_by_role("link", name=re.compile("Continue|Resume"))
    ).first.click()
    page.wait_for_url(re.compile(r"/learning/\d+/"))
    enrollment = re.search(r"/learning/\d+/", page.url)
    assert enrollment is not None
    page.goto(f"{enrollment[0]}test/")
    if page.get_by_text("Still to open:").count():
        turn_every_page(page)
    page.goto(f"{enrollment[0]}test/")
    page.get_by_role("button", name=re.compile("Start")).or_(
        page.get_by_role("link", name="Continue the test")
    ).first.click()
    page.wait_for_url(re.compile(r"/test/\d+/$"))


# Whichever questions a form draws: some of each of these are in it.
CHOICES = "[data-kind=single_choice], [data-kind=multiple_response]"  # three options or more
RADIOS = "[data-kind=single_choice], [data-kind=true_false]"


def choose_first(page: Page, kind: str) -> None:
    """Choose the first option of the first question of a kind, if the form holds one."""
    options = page.locator(f"[data-kind={kind}]").first.locator("input")
    if options.count():
        options.first.check()


def test_a_phone_without_network_loses_no_answer(device: Device, marcus: Any) -> None:
    desk, phone = device(storage_state=marcus), device(width=320, storage_state=marcus)
    open_test(desk)
    question = desk.locator(CHOICES).first
    question.locator("input").first.check()
    all_is_saved(desk)

    phone.goto(desk.url)
    same = phone.locator(CHOICES).first
    expect(same.locator("input").first).to_be_checked()
    phone.context.set_offline(True)
    same.locator("input").nth(1).check()
    expect(phone.locator("[data-saved]")).to_contain_text("Not saved yet, 1 answer waiting")
    phone.get_by_role("button", name="Review and submit").click()
    expect(phone.locator("[data-waiting]")).to_contain_text("1 answer is waiting")
    assert violations(phone) == []

    # Meanwhile the desk answers the same question: neither answer is lost unseen.
    question.locator("input").nth(2).check()
    all_is_saved(desk)
    phone.context.set_offline(False)
    notice = phone.locator("[role=alert]", has_text="Answered on another device")
    expect(notice).to_be_visible()
    expect(same.locator("input").nth(2)).to_be_checked()
    assert violations(phone) == []
    phone.get_by_role("button", name="Use the answer I gave here").click()
    all_is_saved(phone)
    expect(notice).to_have_count(0)
    desk.reload()
    expect(question.locator("input").nth(1)).to_be_checked()


def test_an_answer_given_offline_survives_a_reload(device: Device, marcus: Any) -> None:
    page = device(storage_state=marcus)
    open_test(page)
    question = page.locator(RADIOS).nth(1)
    page.route("**/answer", lambda route: route.abort())
    question.locator("input").first.check()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(question.locator("input").first).to_be_checked()
    page.unroute("**/answer")
    all_is_saved(page)
    page.reload()
    expect(question.locator("input").first).to_be_checked()
    page.get_by_role("button", name="Review and submit").click()
    page.wait_for_url("**/check/")


def test_every_control_works_by_keyboard(device: Device, marcus: Any) -> None:
    page = device(storage_state=marcus)
    open_test(page)
    for number in page.locator("[data-kind=numeric] input").all():
        number.focus()
        page.keyboard.type("0,5")
        page.keyboard.press("Tab")
        all_is_saved(page)
    for ordering in page.locator("[data-kind=ordering]").all():
        first = ordering.locator("li").first
        words = first.locator("label").inner_text()
        first.get_by_role("button", name="Move down").focus()
        page.keyboard.press("Enter")
        expect(ordering.locator("li").nth(1)).to_contain_text(words)
        expect(ordering.get_by_role("status")).to_contain_text("now place 2 of")
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == f"Move down: {words}"
        all_is_saved(page)
    choice = page.locator(RADIOS).first.locator("input").first
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(choice).not_to_be_checked()
    all_is_saved(page)


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_whole_test_works_without_script(
    device: Device, marcus: Any, width: int, scheme: str
) -> None:
    page = device(storage_state=marcus, java_script_enabled=False, width=width, color_scheme=scheme)
    seeing = device(storage_state=marcus, width=width, color_scheme=scheme)  # axe itself is script
    open_test(page)
    for kind in ("single_choice", "multiple_response", "true_false"):
        choose_first(page, kind)
    for select in page.locator("[data-kind=matching] select").all():
        select.select_option(index=1)
    for ordering in page.locator("[data-kind=ordering]").all():
        for place, select in enumerate(ordering.locator("select").all(), start=1):
            select.select_option(str(place))
    page.get_by_role("button", name="Save answers").click()
    page.wait_for_url(re.compile(r"/test/\d+/$"))
    page.get_by_role("button", name="Review and submit").click()
    page.wait_for_url("**/check/")
    seeing.goto(page.url)
    assert violations(seeing) == []
    page.get_by_role("button", name="Submit the test").click()
    page.wait_for_url("**/results/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("passed", re.IGNORECASE)
    )
    expect(page.get_by_role("heading", name="Every question, and why")).to_be_visible()
    seeing.goto(page.url)
    assert violations(seeing) == []
    seeing.goto(re.sub(r"\d+/results/$", "", page.url))
    assert violations(seeing) == []
