"""The main job by somebody brand-new: from buying a course to a verified certificate."""

import re
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from aliquot.lib.dates import long_date
from tests.browser import walks
from tests.browser.answers import (
    answer_all,
    attempt_of,
    give,
    give_wrong,
    kept_place,
    key_of_attempt,
    key_of_pages,
    rows,
)
from tests.browser.site import Site
from tests.browser.walks import SMEAR, Device, press

EMAIL, NAME = "xenia@example.org", "Xenia Ortega-Núñez"
PLACE = "choose-a-lens-and-a-path"  # a heading in the middle of "Where to look"


def test_from_signing_up_to_a_verified_certificate_and_the_rack(device: Device, site: Site) -> None:
    desk, phone = device(), device(width=390, height=844, has_touch=True, is_mobile=True)
    find_the_course(desk)
    enrollment = sign_up_and_start(desk)
    read_and_answer(desk, site)
    anchor = leave_in_the_middle(desk, site, enrollment)
    go_on_where_one_stopped(phone, enrollment, anchor)
    read_to_the_end(phone)
    first = fail(phone, site)
    passed = retake_and_pass(phone, site)
    drawn_anew(site, first, passed)
    evaluate(phone)
    code = certificate_says(phone, site)
    anybody_can_verify(device(), code)
    rack_shows_it(phone)


def find_the_course(page: Page) -> None:
    """A search with two typos, and a page to read without an account."""
    page.goto("/")
    page.get_by_role("link", name="Courses", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 courses, 2.25 contact hours")
    page.get_by_label("Search courses").fill("hemotology smeer")
    press(page, "Search")
    expect(page.get_by_text("Showing results for hematology smear.")).to_be_visible()
    expect(page.locator(".course-card")).to_have_count(1)
    page.get_by_role("link", name=SMEAR).click()
    page.get_by_role("link", name="Read A smear worth reading").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A smear worth reading")
    page.go_back()
    assert page.request.get(f"{page.url}preview/platelets/").status == 404


def sign_up_and_start(page: Page) -> int:
    """Its price, an account with a confirmed address, bought in four steps, started."""
    expect(page.get_by_role("main")).to_contain_text("$20.00 for this course")
    page.get_by_role("link", name="Sign up and buy").click()
    walks.sign_up(page, email=EMAIL, full_name=NAME)
    expect(page.get_by_role("heading", name="You were about to buy")).to_be_visible()
    press(page, "Go on to checkout")
    walks.agree(page, total="$20.00")
    walks.pay(page, "$20.00")
    page.get_by_role("link", name="Go to the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SMEAR)
    press(page, "Start")
    page.wait_for_url("**/pages/making-a-smear/")
    return walks.enrollment_of(page)


def read_and_answer(page: Page, site: Site) -> None:
    """A wrong answer and a right one; both times every option says why."""
    key = key_of_pages(site)["stain-too-blue"][1]
    question = page.locator("[data-ask=stain-too-blue]")
    give_wrong(question.locator("[data-question]"), key)
    assert question.locator(".option__reason").count() == 0
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_contain_text("Not right.")
    expect(question.locator(".option__reason")).to_have_count(question.locator("label").count())
    expect(question.locator(".option--missed")).to_contain_text("Right, not chosen")
    question.get_by_role("link", name="Answer again").click()
    give(question.locator("[data-question]"), key)
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_contain_text("Right.")
    walks.all_is_saved(page)


def leave_in_the_middle(page: Page, site: Site, enrollment: int) -> str:
    """Turn to the second page, read half of it, close the tab."""
    page.locator(".turn__next").click()
    page.wait_for_url("**/pages/where-to-look/")
    blocks = page.locator("[data-player] > [id]")
    middle = blocks.nth(blocks.count() // 2)
    anchor = middle.get_attribute("id")
    assert anchor is not None
    middle.evaluate("element => element.scrollIntoView()")
    walks.soon(page, lambda: kept_place(site, enrollment), [("where-to-look", anchor)])
    walks.all_is_saved(page)
    page.close(run_before_unload=True)
    return anchor


def go_on_where_one_stopped(page: Page, enrollment: int, anchor: str) -> None:
    """Another device, signed in there: the same page and the same block on top."""
    walks.sign_in(page, EMAIL)
    page.goto("/learning/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue with “Where to look”")
    page.get_by_role("link", name="Continue").click()
    expect(page).to_have_url(re.compile(f"/learning/{enrollment}/pages/where-to-look/#{anchor}$"))
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    below = """element => element.getBoundingClientRect().top
      - document.querySelector(".masthead--player").getBoundingClientRect().height"""
    walks.soon(page, lambda: 0 <= page.locator(f"#{anchor}").evaluate(below) <= 60, expected=True)


def read_to_the_end(page: Page) -> None:
    """All pages; the last turn leads to the test, whose rules stand before its start."""
    assert walks.turn_all_pages(page) == 7
    expect(page.get_by_role("heading", level=1)).to_have_text("The test")
    rules = page.get_by_role("main")
    expect(rules).to_contain_text("80 percent")
    expect(rules).to_contain_text("8 of 10")
    expect(rules).to_contain_text("As many as you need.")


def fail(page: Page, site: Site) -> int:
    """Every answer complete and wrong: the results say so, with a reason for every option."""
    press(page, "Start the test")
    attempt = attempt_of(page)
    key = key_of_attempt(site, attempt)
    answer_all(page, key, right=False)
    expect(page.locator("[data-answered]")).to_have_text("10 of 10 answered")
    walks.all_is_saved(page)
    assert "option__reason" not in page.content()
    walks.submit_test(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not passed this time")
    expect(page.locator(".result")).to_contain_text("0 of 10 right: 0 percent.")
    expect(page.locator(".result")).to_contain_text(
        "To pass you need 8 right (80 percent): 8 more."
    )
    for question in page.locator("section.question").all():
        for option in question.locator(".option").all():
            expect(option.locator(".option__reason")).not_to_be_empty()
    return attempt


def retake_and_pass(page: Page, site: Site) -> int:
    """A new form; all right."""
    page.get_by_role("main").get_by_role("link", name="Try again").first.click()
    press(page, "Start another attempt")
    attempt = attempt_of(page)
    answer_all(page, key_of_attempt(site, attempt), right=True)
    walks.all_is_saved(page)
    walks.submit_test(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You passed")
    expect(page.locator(".result")).to_contain_text("10 of 10 right: 100 percent.")
    return attempt


def drawn_anew(site: Site, first: int, second: int) -> None:
    """The forms differ: other questions, or the same in another order with other options."""
    forms = [
        rows(site, "SELECT form FROM assessment_attempt WHERE id = ?", attempt)
        for attempt in (first, second)
    ]
    assert forms[0] != forms[1]


def evaluate(page: Page) -> None:
    """Incomplete, the summary comes first and holds the focus; complete, the course is done."""
    page.get_by_role("link", name="Go on to the evaluation").first.click()
    expect(page.get_by_role("main")).to_contain_text(f"The certificate will say {NAME}.")
    press(page, "Submit and get the certificate")
    expect(page).to_have_title(walks.title(f"Error: Evaluation: {SMEAR}"))
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary").get_by_role("link", name="Choose a rating: The author").click()
    expect(page.get_by_role("group", name="The author: clear and well prepared")).to_be_focused()
    walks.evaluate(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You completed the course")
    expect(page.get_by_role("main")).to_contain_text(f", as {NAME}.")


def certificate_says(page: Page, site: Site) -> str:
    """Name, title, hours, day, DEMONSTRATION and code in the PDF, in both sizes of paper."""
    page.get_by_role("link", name="Open the certificate").click()
    [(code, day)] = rows(
        site,
        "SELECT code, completed_on FROM certificates_certificate c"
        " JOIN learning_completion l ON l.id = c.completion_id"
        " JOIN accounts_user u ON u.id = c.person_id WHERE u.email = ?",
        EMAIL,
    )
    sheet = page.get_by_role("main")
    completed = long_date(walks.day(day))
    shown = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    for words in (NAME, SMEAR, "1.25", completed, shown):
        expect(sheet).to_contain_text(words)
    for name, width in (("PDF, Letter", 792), ("PDF, A4", 842)):
        address = page.get_by_role("link", name=name).get_attribute("href")
        response = page.request.get(address or "")
        assert response.headers["content-type"] == "application/pdf"
        document = PdfReader(BytesIO(response.body()))
        assert len(document.pages) == 1
        assert round(float(document.pages[0].mediabox.width)) == width
        text = " ".join(document.pages[0].extract_text().split())
        for words in (NAME, SMEAR, "1.25", completed, "DEMONSTRATION", shown):
            assert words in text
    return str(code)


def anybody_can_verify(page: Page, code: str) -> None:
    """Without an account, from the code as it is printed."""
    page.goto("/v/")
    page.get_by_role("main").get_by_role("textbox").fill(f"{code[:4]}-{code[4:]}".lower())
    press(page, "Check the code")
    expect(page.get_by_role("main")).to_contain_text(code[:4])
    expect(page.get_by_role("heading", level=1)).to_have_text("Valid")
    for words in (NAME, SMEAR, "1.25", "DEMONSTRATION"):
        expect(page.get_by_role("main")).to_contain_text(words)
    assert EMAIL not in page.content()


def rack_shows_it(page: Page) -> None:
    """Add MLS(ASCP): the course has filled 1.25 of the 2 hematology points, and nothing else."""
    ends = walks.cycle_end()
    page.goto("/credentials/add/")
    page.locator("a[href$='credential=ascp_mls']").click()
    page.get_by_label("When does your cycle end?").fill(f"6/30/{ends.year}")
    page.get_by_label("When were you first certified?").fill("May 14, 2011")
    press(page, "Show what I need")
    expect(page.get_by_role("group", name="Is it an international certification")).to_be_visible()
    page.get_by_label("No, or I don't know").check()
    press(page, "Show what I need")
    headline = f"34.75 points to go. Finish and declare by May 31, {ends.year}"
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    expect(page.get_by_role("button", name="Save these points")).to_have_count(0)  # closed
    tubes = [" ".join(tube.split()) for tube in page.locator(".rack__tube").all_inner_texts()]
    assert tubes == [
        "Safety 0 of 1 1 to go",
        "Medical ethics 0 of 1 1 to go",
        "Blood bank 0 of 2 2 to go",
        "Chemistry 0 of 2 2 to go",
        "Hematology 1.25 of 2 0.75 to go",
        "Microbiology 0 of 2 2 to go",
        "Any area 0 of 26 26 to go",
    ]
