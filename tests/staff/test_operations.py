"""The audit trail in the office, mail that was given up, jobs that failed."""

import ast
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User
from aliquot.commerce.models import MoneyEntry, Order, Payment
from aliquot.infra import seals
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.infra.upkeep_runs import note_run
from aliquot.staff import words
from tests.factories.catalog import published_course
from tests.factories.learning import started

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


def trail(office: Client, **query: str) -> list[dict[str, Any]]:
    response = office.get(reverse("staff:audit"), query)
    assert response.status_code == 200
    lines: list[dict[str, Any]] = response.context["lines"]
    return lines


def given_up(now: datetime, **changes: Any) -> OutboxMail:
    values: dict[str, Any] = {
        "created_at": now, "send_after": now, "recipients": ["rosa@example.org"],
        "sender": "a@example.org", "subject": "Your certificate", "text": "SECRET TEXT",
        "attempts": 16, "last_error": "550 no such user", "given_up_at": now,
    }  # fmt: skip
    return OutboxMail.objects.create(**(values | changes))


def test_the_trail_tells_who_did_what_to_which_object(
    office: Client, rosa: User, now: datetime
) -> None:
    enrollment = started(rosa, published_course(), now)
    line = trail(office)[0]
    assert (line["action"], line["actor"], line["object"], line["details"]) == (
        "Course started", rosa, f"enrollment {enrollment.pk}", "Course: HEM-101",
    )  # fmt: skip


def test_the_trail_is_filtered_by_person_action_and_object(
    office: Client, rosa: User, stella: User, now: datetime
) -> None:
    course = published_course()
    mine = started(rosa, course, now)
    started(stella, course, now)
    for query, expected in (
        ({"by": "ROSA@example.org"}, [rosa]),
        ({"what": "course.started"}, [stella, rosa]),
        ({"kind": "learning.enrollment", "number": str(mine.pk)}, [rosa]),
        ({"what": "course.started", "by": "stella@example.org"}, [stella]),
        ({"number": "999"}, []),
    ):
        assert (query, [line["actor"] for line in trail(office, **query)]) == (query, expected)


@pytest.mark.parametrize("query", [{"by": "nobody@example.org"}, {"what": "x"}, {"kind": "y"}])
def test_a_filter_that_cannot_be_is_named_and_shows_nothing(
    office: Client, rosa: User, query: dict[str, str]
) -> None:
    response = office.get(reverse("staff:audit"), query)
    assert (response.status_code, response.context["lines"]) == (422, [])
    assert "There is a problem" in response.text


def test_the_trail_says_which_block_seals_an_entry(
    office: Client, rosa: User, now: datetime
) -> None:
    assert "Nothing is sealed yet" in office.get(reverse("staff:audit")).text
    seals.seal_entries(now=now)
    started(rosa, published_course(), now)
    page = office.get(reverse("staff:audit"))
    assert [line["block"] is None for line in page.context["lines"][:2]] == [True, False]
    assert ("Not sealed yet" in page.text, seals.head()[:16] in page.text) == (True, True)


def test_reading_the_trail_is_itself_an_entry(
    office: Client, amara: User, rosa: User, now: datetime
) -> None:
    started(rosa, published_course(), now)
    trail(office)
    entry = AuditEntry.objects.filter(action="person.viewed_by_staff").latest("pk")
    assert (entry.actor_id, entry.object_id) == (amara.pk, str(rosa.pk))
    assert entry.details == {"page": "audit"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_trail_asks_the_same_few_questions_for_any_number_of_entries(
    office: Client,
    rosa: User,
    now: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        started(rosa, published_course(f"HEM-10{number}"), now)
    query = {"what": "course.started"}
    trail(office, **query)
    with django_assert_num_queries(13):
        assert len(trail(office, **query)) == count


def test_the_trail_goes_on_over_pages_and_keeps_the_filter(
    office: Client, rosa: User, now: datetime
) -> None:
    for number in range(30):
        started(rosa, published_course(f"HEM-{number}", pages=1, per_kind=0), now)
    page = office.get(reverse("staff:audit"), {"what": "course.started"})
    assert (len(page.context["lines"]), "what=course.started&amp;page=2" in page.text) == (25, True)
    assert len(trail(office, what="course.started", page="2")) == 5


def test_mail_that_was_given_up_is_shown_without_its_text(
    office: Client, support: Client, rosa: User, now: datetime
) -> None:
    given_up(now)
    given_up(now, subject="Delivered", given_up_at=None, sent_at=now)
    page = support.get(reverse("staff:mail")).text
    for shown in ("Your certificate", "rosa@example.org", "550 no such user", "after 16 tries"):
        assert shown in page
    assert ("SECRET TEXT" in page, "Delivered" in page) == (False, False)
    entry = AuditEntry.objects.filter(action="person.viewed_by_staff").latest("pk")
    assert (entry.object_id, entry.details) == (str(rosa.pk), {"page": "mail"})
    concerns = office.get(reverse("staff:home")).context["concerns"]
    assert [each.count for each in concerns] == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_mails_take_the_same_few_questions_for_any_number(
    support: Client,
    rosa: User,
    now: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        given_up(now)
    support.get(reverse("staff:mail"))
    with django_assert_num_queries(12):
        support.get(reverse("staff:mail"))


@pytest.mark.parametrize("count", [1, 3])
def test_jobs_that_failed_are_shown_with_their_last_line(
    office: Client, now: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        DBTaskResult.objects.create(
            task_path="aliquot.infra.tasks.prune", args_kwargs={"args": [], "kwargs": {}},
            backend_name="default", queue_name="default", status="FAILED",
            finished_at=now - timedelta(hours=number), run_after=now,
            exception_class_path="builtins.OSError", traceback="Traceback\nOSError: disk full",
        )  # fmt: skip
    office.get(reverse("staff:jobs"))
    with django_assert_num_queries(8):
        page = office.get(reverse("staff:jobs"))
    assert page.text.count("OSError: OSError: disk full") == count
    assert "Nov 23, 2026, 6:00 PM EST" in page.text


def test_upkeep_shows_the_last_check_line_by_line_and_the_last_backup(
    office: Client, now: datetime
) -> None:
    page = office.get(reverse("staff:upkeep")).text
    assert "Not checked yet" in page
    assert "None was noted here yet" in page
    found = [
        {"name": "I4", "promise": "the ledger only grows", "counted": {"credit entries": 1200},
         "violations": 3, "first": ["Credit entry 7 is odd.", "Credit entry 8 is odd."]},
        {"name": "I5", "promise": "it is what was issued", "counted": {"certificates": 2},
         "violations": 0, "first": []},
    ]  # fmt: skip
    note_run(kind="check", began_at=now, ended_at=now, is_good=False, report={"invariants": found})
    note_run(
        kind="backup", began_at=now, ended_at=now, is_good=True, report={"name": "/b/2026-11-23"}
    )
    page = " ".join(office.get(reverse("staff:upkeep")).text.split())
    assert "The data of Nov 23, 2026, 6:00 PM EST is in /b/2026-11-23." in page
    assert "One promise is broken" in page
    assert "The ledger only grows" in page
    assert "1,200 credit entries" in page
    assert "Credit entry 8 is odd." in page
    assert "1 more: <code>aliquot check-invariants</code> names them." in page
    assert page.count("Holds") == 1
    home = office.get(reverse("staff:home"))
    concern = home.context["concerns"][-1]
    assert (concern.count, concern.url) == (1, reverse("staff:upkeep"))


@cache
def calls_in_the_code() -> list[ast.Call]:
    """Every call in the product."""
    return [
        node
        for path in (ROOT / "aliquot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def actions_in_the_code() -> set[str]:
    """Every literal action that deeds and stories record."""
    found = set()
    for node in calls_in_the_code():
        values = [each.value for each in node.keywords if each.arg == "action"]
        if isinstance(node.func, ast.Name) and node.func.id == "record_deed":
            values += node.args[:1]
        found |= {
            str(each.value)
            for value in values
            # One action, or this one if so, else that one.
            for each in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
            if isinstance(each, ast.Constant) and "." in str(each.value)
        }
    return found


def begun_actions_in_the_code() -> set[str]:
    """How actions begin whose end is a state of the row, such as ``order.``."""
    return {
        str(keyword.value.values[0].value)
        for node in calls_in_the_code()
        for keyword in node.keywords
        if keyword.arg == "action"
        and isinstance(keyword.value, ast.JoinedStr)
        and isinstance(keyword.value.values[0], ast.Constant)
    }


def test_every_action_has_words_and_no_words_are_left_over() -> None:
    whole, begun = actions_in_the_code(), begun_actions_in_the_code()
    assert begun == {"money.", "order.", "payment."}
    assert whole <= set(words.ACTIONS)
    assert {each for each in words.ACTIONS if not each.startswith(tuple(begun))} <= whole


def test_every_state_of_an_order_a_payment_and_money_has_words() -> None:
    states = [f"order.{each}" for each in Order.State.values]
    states += [f"payment.{each}" for each in Payment.State.values if each != Payment.State.OPEN]
    states += [f"money.{each}" for each in MoneyEntry.Kind.values]
    assert set(states) <= set(words.ACTIONS)


def test_a_credential_is_called_by_its_letters() -> None:
    assert words.details_words({"credential": "ascp_mls"}) == "Credential: MLS(ASCP)"


def test_details_are_told_in_words_and_hashes_are_not() -> None:
    told = words.details_words(
        {"from": False, "to": True, "ends_at": "2027-06-30T04:00:00Z", "hours_limit": "8.00",
         "role": "administrator", "fields": ["full_name"], "record_hash": "abc", "course": None,
         "sessions_ended": 0}
    )  # fmt: skip
    assert told == (
        "Changed: full name; role: program administrator; from: no; to: yes; "
        "until: Jun 30, 2027; up to hours: 8"
    )
