"""Answers survive a lost network, three devices at one test, and a tab that is closed."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import walks
from tests.browser.answers import attempt_of, give, key_of_attempt, key_of_pages, stored_answers
from tests.browser.site import Site
from tests.browser.stage import Staged
from tests.browser.walks import Device


def open_test(page: Page, address: str) -> None:
    """Start the test, or go on with the open attempt."""
    page.goto(address)
    page.get_by_role("button", name="Start the test").or_(
        page.get_by_role("link", name="Continue the test")
    ).click()
    page.wait_for_url(re.compile(r"/test/\d+/$"))


def question(page: Page, number: int) -> Locator:
    """The controls of a question by its number."""
    return page.locator("[data-question]").nth(number - 1)


def name_of(fieldset: Locator) -> str:
    """The key of the question."""
    return fieldset.get_attribute("data-question") or ""


def test_answers_given_offline_wait_and_submitting_waits_for_them(
    device: Device, site: Site, staged: Staged
) -> None:
    page = device(storage_state=staged.signed_in("kim"))
    open_test(page, staged.address("/learning/{kim_saf_enrollment}/test/"))
    attempt = attempt_of(page)
    key = key_of_attempt(site, attempt)
    first, *others = [question(page, number) for number in (1, 2, 3)]
    give(first, key[name_of(first)][1])
    walks.all_is_saved(page)

    page.context.set_offline(True)
    for waiting in others:
        give(waiting, key[name_of(waiting)][1])
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet, 2 answers waiting")
    page.get_by_role("button", name="Review and submit").click()
    expect(page.locator("[data-waiting]")).to_contain_text("2 answers are waiting")
    assert attempt_of(page) == attempt
    assert set(stored_answers(site, attempt)) == {name_of(first)}

    page.context.set_offline(False)
    walks.all_is_saved(page)
    expect(page.locator("[data-waiting]")).to_be_hidden()
    given = {name: key[name][1] for name in map(name_of, (first, *others))}
    assert stored_answers(site, attempt) == given
    page.get_by_role("button", name="Review and submit").click()
    page.wait_for_url("**/check/")
    expect(page.get_by_role("main")).to_contain_text("7 questions without a complete answer")


def test_two_tabs_and_a_phone_at_one_test_lose_nothing(
    device: Device, site: Site, staged: Staged
) -> None:
    olga = staged.signed_in("olga")
    desk = device(storage_state=olga)
    phone = device(storage_state=olga, width=390, height=844)
    open_test(desk, staged.address("/learning/{olga_hem_enrollment}/test/"))
    tab = desk.context.new_page()
    for page in (tab, phone):
        page.goto(desk.url)
    attempt = attempt_of(desk)
    key = key_of_attempt(site, attempt)

    # All three pages stand open with no answers; each gives its own, in turns.
    for number in range(1, 11):
        page = (desk, tab, phone)[number % 3]
        fieldset = question(page, number)
        give(fieldset, key[name_of(fieldset)][1])
    for page in (desk, tab, phone):
        walks.all_is_saved(page)
    expected = {name: right for name, (_, right) in key.items()}
    # "Saved" may still speak of the answer before.
    walks.soon(desk, lambda: stored_answers(site, attempt), expected)

    # A page that knows less does not take away what the others gave.
    desk.get_by_role("button", name="Review and submit").click()
    desk.wait_for_url("**/check/")
    expect(desk.get_by_role("main")).to_contain_text("All 10 questions are answered.")
    assert stored_answers(site, attempt) == {name: right for name, (_, right) in key.items()}


def test_an_answer_given_offline_outlives_its_tab(
    device: Device, site: Site, staged: Staged
) -> None:
    page = device(storage_state=staged.signed_in("lou"))
    enrollment = staged.address("/learning/{lou_hem_enrollment}/")
    with page.expect_response("**/save"):
        page.goto(f"{enrollment}pages/platelets/")
    walks.all_is_saved(page)
    page.context.set_offline(True)
    form = page.locator("form[data-ask]")
    give(form.locator("[data-question]"), key_of_pages(site)["estimate-from-ten-fields"][1])
    form.get_by_role("button", name="Check").click()
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet, 1 answer waiting")
    context = page.context
    page.close()

    context.set_offline(False)
    again = context.new_page()
    again.goto(enrollment)
    expect(again).to_have_url(re.compile("/pages/platelets/"))
    expect(again.locator("form[data-ask] .feedback")).to_contain_text("Right.")
    walks.all_is_saved(again)
