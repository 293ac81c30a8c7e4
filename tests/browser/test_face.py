"""The face in Chromium: budgets of a cold page, keys, the theme."""

import gzip
import re
from collections.abc import Callable

from playwright.sync_api import Page, Response, expect

from tests.browser.checks import violations
from tests.browser.stage import Staged
from tests.browser.walks import PASSWORD, press


def test_a_cold_home_page_stays_within_its_budgets(device: Callable[..., Page]) -> None:
    page = device()
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    page.goto("/", wait_until="networkidle")
    sizes: dict[str, int] = {}
    for response in responses:
        kind = response.request.resource_type
        size = len(gzip.compress(response.body()))  # a proxy compresses what we do not
        sizes[kind] = sizes.get(kind, 0) + size
    assert len(responses) <= 12
    assert sizes["document"] <= 25 * 1024
    assert sizes["stylesheet"] <= 25 * 1024
    assert sizes["font"] <= 60 * 1024
    assert sizes["script"] <= 40 * 1024
    assert sum(sizes.values()) <= 150 * 1024
    assert all(response.url.startswith(page.url) for response in responses)


def test_nothing_moves_while_the_home_page_loads(device: Callable[..., Page]) -> None:
    page = device()
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.moved += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto("/", wait_until="networkidle")
    assert page.evaluate("window.moved") <= 0.02


def test_a_slash_leads_to_the_search_and_escape_closes_the_menu(
    device: Callable[..., Page],
) -> None:
    page = device()
    page.goto("/style/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    assert page.locator("[data-search]").input_value() == ""


def test_a_failed_form_moves_the_focus_to_its_summary(device: Callable[..., Page]) -> None:
    page = device()
    page.goto("/account/login/")
    page.locator("main form.form button[class*=wide]").click()
    expect(page).to_have_title("Error: Sign in · Example Laboratory CE")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="E-mail address: this field is required.").click()
    expect(page.locator("#id_login")).to_be_focused()


def test_the_theme_switch_works_without_script(device: Callable[..., Page]) -> None:
    page = device(java_script_enabled=False)
    page.goto("/about/terms/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html[data-theme=dark]")).to_have_count(1)
    expect(page).to_have_url(re.compile("/about/terms/$"))
    page.get_by_role("button", name="System").click()
    expect(page.locator("html[data-theme]")).to_have_count(0)


def test_letters_twice_as_large_make_no_page_wider_than_a_phone(
    device: Callable[..., Page],
) -> None:
    page = device(width=390, height=844)
    for address in ("/", "/for/ascp-mls/", "/pricing/", "/courses/"):
        page.goto(address)
        page.locator("html").evaluate("html => (html.style.fontSize = '200%')")
        too_wide = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(too_wide), address


def test_the_first_tab_offers_to_skip_to_the_content(device: Callable[..., Page]) -> None:
    page = device()
    page.goto("/about/terms/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_on_a_narrow_phone_nothing_covers_or_cuts_what_is_read(
    device: Callable[..., Page],
) -> None:
    page = device(width=320)
    page.goto("/")
    covered = """[...document.querySelectorAll(".step")].filter((step) => {
      const number = getComputedStyle(step, "::before");
      return parseFloat(number.left) + parseFloat(number.width)
        > parseFloat(getComputedStyle(step).paddingLeft);
    }).length"""
    assert (page.locator(".step").count(), page.evaluate(covered)) == (3, 0)
    page.goto("/courses/?q=hemotology+smeer")
    cut = "(box) => box.scrollWidth > box.clientWidth"
    assert not page.locator("#search").evaluate(cut)
    boxes = [page.locator(each).bounding_box() for each in ("#search", ".filters")]
    assert [box is not None for box in boxes] == [True, True]
    assert boxes[0]["y"] < boxes[1]["y"]  # type: ignore[index]
    for address in ("/for/ascp-mls/", "/for/lic-fl/"):
        page.goto(address)
        assert not page.locator(".table-scroll").evaluate(cut)


def test_what_was_typed_while_signed_out_is_there_again_after_signing_in(
    device: Callable[..., Page], staged: Staged
) -> None:
    page = device(storage_state=staged.signed_in("lou"))
    page.goto("/activities/log/")
    page.get_by_label("Title").fill("A talk on reticulocytes")
    page.get_by_label("Provider").fill("A society")
    page.context.clear_cookies(name="session")
    press(page, "Continue: see where it counts")
    expect(page).to_have_url(re.compile("/account/login/"))
    page.get_by_label("E-mail address").fill("lou@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page).to_have_url(re.compile("/activities/log/$"))
    expect(page.get_by_role("status").first).to_contain_text("What you had typed is here again")
    expect(page.get_by_label("Title")).to_have_value("A talk on reticulocytes")
    assert violations(page) == []

    # What reached the server is not typed again by anybody.
    press(page, "Continue: see where it counts")
    expect(page.locator(".error-summary")).to_be_visible()
    page.goto("/activities/log/")
    expect(page.get_by_label("Title")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0
