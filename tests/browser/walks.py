"""What a person does on the site, step by step: what journeys and pictures are made of."""

import re
import time
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

Device = Callable[..., Page]
PASSWORD = "measured portions"
PATIENCE = 15  # seconds
SMEAR = "Interpreting the Peripheral Blood Smear"
SPILLS = "Chemical Hygiene and Spill Response"

# As a promise: waiting by playwright's own means needs eval, which the policy forbids.
QUEUES_ARE_EMPTY = """() => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error("something still waits on the device")), 15000);
  const look = () => {
    if (Object.keys(localStorage).some((key) => key.startsWith("aliquot:"))) setTimeout(look, 20);
    else done(clearTimeout(late));
  };
  look();
})"""


def soon(page: Page, look: Callable[[], object], expected: object) -> None:
    """Look until the expected is seen; what is seen at last is asserted."""
    until = time.monotonic() + PATIENCE
    while (seen := look()) != expected and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert seen == expected


def title(words: str) -> str:
    """A page's title with the name of the demo site."""
    return f"{words} · Example Laboratory CE"


def press(page: Page, name: str) -> None:
    """Press a button of the page itself (not of its header or foot)."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_up(page: Page, *, email: str, full_name: str) -> None:
    """Make an account and confirm its address with the code from the demo's mailbox."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Your name, as it is on your license").fill(full_name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Create my account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your e-mail address")
    page.get_by_role("textbox").fill(code_mailed_to(page, email))
    press(page, "Confirm")


def code_mailed_to(page: Page, email: str) -> str:
    """The newest code mailed to an address, read on the demo's own mail page."""
    mailbox = page.context.new_page()
    mailbox.goto("/demo/mail/")
    mails = mailbox.get_by_role("main").get_by_role("listitem").filter(has_text=f"to {email}")
    mails.first.get_by_role("link").click()
    expect(mailbox.get_by_role("main")).to_contain_text("This code confirms your e-mail address.")
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mailbox.inner_text("main"), re.MULTILINE)
    mailbox.close()
    assert found is not None
    return found[0]


def sign_in(page: Page, email: str) -> None:
    """Sign in by e-mail and password."""
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page).not_to_have_url(re.compile("/account/login/"))


def agree(page: Page, *, total: str, has_script: bool = True) -> None:
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


def pay(page: Page, total: str) -> None:
    """The test gateway takes the payment, and our own server says that it was received."""
    press(page, f"Pay {total} (test)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, thank you")


def enrollment_of(page: Page) -> int:
    """The enrollment that a page of the player belongs to."""
    found = re.search(r"/learning/(\d+)/", page.url)
    assert found is not None, page.url
    return int(found[1])


def turn_all_pages(page: Page) -> int:
    """Turn page by page to the test. Returns how many pages were turned."""
    turned = 0
    while "/pages/" in page.url:
        here = page.url.partition("#")[0]
        page.locator(".turn__next").click()
        expect(page).not_to_have_url(re.compile(f"^{re.escape(here)}(#|$)"))
        turned += 1
    return turned


def all_is_saved(page: Page) -> None:
    """Nothing waits on the device any more, and the page says so."""
    page.evaluate(QUEUES_ARE_EMPTY)
    line = page.locator("[data-saved]")
    expect(line).to_have_attribute("data-state", "saved")
    expect(line).to_contain_text("Saved")


def submit_test(page: Page) -> None:
    """From the questions over the check to the results."""
    press(page, "Review and submit")
    page.wait_for_url("**/check/")
    press(page, "Submit the test")
    page.wait_for_url("**/results/")


def evaluate(page: Page, *, minutes: str = "75") -> None:
    """Fill the evaluation in as somebody content, and submit it."""
    expect(page.get_by_label("How many minutes did the course really take you?")).to_be_visible()
    for group in page.locator("form.evaluation fieldset").all():
        names = {each.get_attribute("value"): each for each in group.locator("input").all()}
        for value in ("met", "5", "no"):
            if value in names:
                names[value].check()
    page.get_by_label("How many minutes did the course really take you?").fill(minutes)
    press(page, "Submit and get the certificate")


def day(text: str) -> date:
    """A day as the database writes it."""
    return date.fromisoformat(text)


def cycle_end() -> date:
    """A cycle's end that lies ahead whenever the tests run, and whose cycle holds today."""
    return date(date.today().year + 2, 6, 30)  # noqa: DTZ011 (any zone does)
