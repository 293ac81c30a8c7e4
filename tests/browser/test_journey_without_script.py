"""The core of the main job by somebody brand-new whose browser runs no script."""

from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import walks
from tests.browser.answers import (
    answer_all,
    attempt_of,
    give,
    key_of_attempt,
    key_of_pages,
    stored_answers,
)
from tests.browser.site import Site
from tests.browser.walks import SPILLS, Device, press

EMAIL, NAME = "noah@example.org", "Noah Tran"


def test_the_whole_course_without_script(device: Device, site: Site) -> None:
    page = device(java_script_enabled=False, width=390, height=844)
    start(page)
    read_and_answer(page, site)
    pass_the_test(page, site)
    finish(page)
    rack_shows_it(page)


def start(page: Page) -> None:
    """Sign up on the way to a course, and start it."""
    page.goto("/courses/?q=chemcal hygeine")
    page.get_by_role("link", name=SPILLS).click()
    page.get_by_role("link", name="Start, it is free").click()
    walks.sign_up(page, email=EMAIL, full_name=NAME)
    expect(page.get_by_role("heading", level=1)).to_have_text(SPILLS)
    press(page, "Start, it is free")
    page.wait_for_url("**/pages/the-plan-behind-your-bench/")


def read_and_answer(page: Page, site: Site) -> None:
    """Every question of a page by POST: empty is explained, an answer brings every reason."""
    key = key_of_pages(site)
    press(page, "Check")
    expect(page.locator("[data-ask]").get_by_text("Error:")).to_be_attached()
    kinds = []
    while "/pages/" in page.url:
        question = page.locator("[data-ask]")
        kind, right = key[question.get_attribute("data-ask") or ""]
        give(question.locator("[data-question]"), right)
        question.get_by_role("button", name="Check").click()
        expect(question.get_by_role("status")).to_contain_text("Right.")
        expect(question.locator(".option__reason").first).to_be_visible()
        expect(page.locator("[data-saved]")).to_contain_text("Saved")
        kinds.append(kind)
        here = page.url
        page.locator(".turn__next").click()
        expect(page).not_to_have_url(here)
    assert len(kinds) == 8
    assert set(kinds) == {
        "single_choice", "multiple_response", "true_false", "numeric", "matching", "ordering",
    }  # fmt: skip


def pass_the_test(page: Page, site: Site) -> None:
    """Save half of it, look elsewhere, go on, check, submit."""
    press(page, "Start the test")
    attempt = attempt_of(page)
    key = key_of_attempt(site, attempt)
    first = page.locator("[data-question]").first
    first_key = first.get_attribute("data-question") or ""
    give(first, key[first_key][1])
    press(page, "Save answers")
    expect(page.locator("[data-answered]")).to_have_text("1 of 10 answered")
    assert stored_answers(site, attempt) == {first_key: key[first_key][1]}
    page.goto("/learning/")
    page.get_by_role("main").get_by_role("link", name="Go to the test").click()
    page.get_by_role("link", name="Continue the test").click()
    expect(page.locator("[data-answered]")).to_have_text("1 of 10 answered")
    answer_all(page, key, right=True)
    press(page, "Review and submit")
    expect(page.get_by_role("main")).to_contain_text("All 10 questions are answered.")
    assert stored_answers(site, attempt) == {name: right for name, (_, right) in key.items()}
    press(page, "Submit the test")
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")


def finish(page: Page) -> None:
    """Evaluate; incomplete, the summary names what is missing; then the certificate."""
    page.get_by_role("link", name="Go on to the evaluation").first.click()
    press(page, "Submit and get the certificate")
    expect(page.get_by_role("alert")).to_contain_text("Choose a rating: The author")
    walks.evaluate(page)
    page.get_by_role("link", name="Open the certificate").click()
    address = page.get_by_role("link", name="PDF, Letter").get_attribute("href") or ""
    [sheet] = PdfReader(BytesIO(page.request.get(address).body())).pages
    text = " ".join(sheet.extract_text().split())
    for words in (NAME, SPILLS, "DEMONSTRATION"):
        assert words in text


def rack_shows_it(page: Page) -> None:
    """Add MLT(ASCP) without a date: one question more, then the course's point in its tube."""
    page.goto("/credentials/add/")
    page.locator("a[href$='credential=ascp_mlt']").click()
    page.get_by_label("When does your cycle end?").fill(walks.cycle_end().isoformat())
    page.get_by_label("I don't know the date").check()
    press(page, "Show what I need")
    expect(page.get_by_role("main")).to_contain_text("One more question.")
    page.get_by_label("No, or I don't know").check()
    press(page, "Show what I need")
    page.get_by_text("Already have points on your ASCP page?").click()
    page.get_by_role("textbox", name="Blood bank").fill("1.5")
    press(page, "Save these points")
    tubes = page.locator(".rack__tube")
    expect(tubes.filter(has_text="Safety")).to_contain_text("1 of 1")
    expect(tubes.filter(has_text="Safety")).to_contain_text("met")
    expect(tubes.filter(has_text="Blood bank")).to_contain_text("1.5 of 2")
    expect(tubes.filter(has_text="Blood bank")).to_contain_text("0.5 to go")
