"""Answering questions as somebody who knows the key, read from the site's database file.

The key is never on a page: a test that wants to pass, or to fail, has to look it up here.
"""

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

from playwright.sync_api import Locator, Page

from aliquot.assessment.kinds import KINDS
from tests.browser.site import Site

Key = dict[str, tuple[str, Any]]  # question key -> (kind, the right answer in its canonical form)


def rows(site: Site, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the site's database file holds right now; it cannot be written from here."""
    file = f"file:{site.data / 'aliquot.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def key_of_attempt(site: Site, attempt_id: int) -> Key:
    """The right answers of one frozen form."""
    [(form,)] = rows(site, "SELECT form FROM assessment_attempt WHERE id = ?", attempt_id)
    return {
        each["key"]: (each["kind"], KINDS[each["kind"]].right_answer(each["spec"]))
        for each in json.loads(form)
    }


def key_of_pages(site: Site) -> Key:
    """The right answers of every question in a page of any course."""
    found = rows(site, "SELECT key, kind, spec FROM assessment_question WHERE use = 'page'")
    return {key: (kind, KINDS[kind].right_answer(json.loads(spec))) for key, kind, spec in found}


def stored_answers(site: Site, attempt_id: int) -> dict[str, Any]:
    """What the server holds for an attempt."""
    query = "SELECT question_key, answer FROM assessment_response WHERE attempt_id = ?"
    return {key: json.loads(answer) for key, answer in rows(site, query, attempt_id)}


def kept_place(site: Site, enrollment_id: int) -> list[tuple[Any, ...]]:
    """The page and the block where the server would let somebody read on."""
    query = (
        "SELECT p.slug, b.anchor FROM learning_bookmark b"
        " JOIN catalog_page p ON p.id = b.page_id WHERE b.enrollment_id = ?"
    )
    return rows(site, query, enrollment_id)


def attempt_of(page: Page) -> int:
    """The attempt that a page of the test shows, once it is there."""
    page.wait_for_url(re.compile(r"/test/\d+/"))
    found = re.search(r"/test/(\d+)/", page.url)
    assert found is not None, page.url
    return int(found[1])


def give(fieldset: Locator, answer: Any) -> None:
    """Give one answer with the question's own controls, whatever its kind."""
    kind = fieldset.get_attribute("data-kind")
    if kind in {"single_choice", "true_false"}:
        fieldset.locator(f'input[value="{answer}"]').check()
    elif kind == "multiple_response":
        for box in fieldset.locator("input").all():
            box.set_checked(box.get_attribute("value") in answer)
    elif kind == "numeric":
        fieldset.locator("input").fill(str(answer))
        fieldset.locator("input").blur()
    else:  # matching and ordering: a choice for every line, in the order of the places
        for token, value in sorted(answer.items(), key=lambda item: str(item[1]).zfill(3)):
            fieldset.locator(f'select[name$=".{token}"]').select_option(str(value))


def give_wrong(fieldset: Locator, right: Any) -> None:
    """Give an answer that is complete and not right."""
    kind = fieldset.get_attribute("data-kind")
    if kind in {"single_choice", "true_false"}:
        fieldset.locator(f'input:not([value="{right}"])').first.check()
    elif kind == "multiple_response":
        values = [box.get_attribute("value") for box in fieldset.locator("input").all()]
        give(fieldset, [value for value in values if value not in right] or right[:1])
    elif kind == "numeric":
        give(fieldset, "987654")
    elif kind == "matching":
        give(fieldset, dict.fromkeys(right, next(iter(right.values()))))
    else:
        last = len(right) + 1
        give(fieldset, {token: last - int(place) for token, place in right.items()})


def answer_all(page: Page, key: Key, *, right: bool) -> None:
    """Answer every question of the test page, all right or all wrong."""
    for fieldset in page.locator("[data-question]").all():
        _, answer = key[fieldset.get_attribute("data-question") or ""]
        if right:
            give(fieldset, answer)
        else:
            give_wrong(fieldset, answer)
