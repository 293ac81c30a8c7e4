"""Everything a person started, in a fixed number of statements."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aliquot.accounts.models import User
from aliquot.flows.finish_course import finish_course
from aliquot.learning import queries, services
from tests.factories.catalog import provider, published_course
from tests.factories.learning import EVALUATION, ready_to_finish, started

pytestmark = pytest.mark.django_db


def test_the_shelf_says_page_minutes_and_share_of_each_course_latest_first(
    rosa: User, marcus: User, now: datetime
) -> None:
    provider()
    started(marcus, published_course("HEM-109"), now)
    done = ready_to_finish(rosa, published_course("HEM-101"), now - timedelta(days=2))
    finish_course(enrollment=done, answers=EVALUATION, now=now - timedelta(days=1))
    new = started(rosa, published_course("HEM-102"), now)
    middle = started(rosa, published_course("HEM-103"), now)
    services.finish_page(
        enrollment=middle, page=middle.version.pages.all()[0], now=now + timedelta(minutes=5)
    )
    shelf = queries.shelf_of(rosa)
    assert [each.enrollment_id for each in shelf] == [middle.pk, new.pk, done.pk]
    first, second, third = shelf
    # Two pages of 4.5 minutes and a test of six questions are left of the course in the middle.
    assert (first.page_number, first.page_title, first.page_count) == (2, "Where to look", 3)
    assert (first.minutes_left, first.share, first.area) == (15, 20, "hematology")
    assert (second.page_number, second.minutes_left, second.share) == (1, 20, 0)
    assert (third.minutes_left, third.share, third.completed_on) == (
        0,
        100,
        (now - timedelta(days=1)).date(),
    )


def test_the_shelf_takes_three_statements_with_one_course_and_with_three(
    rosa: User, now: datetime
) -> None:
    found = []
    for number in range(1, 4):
        enrollment = started(rosa, published_course(f"HEM-10{number}"), now)
        services.finish_page(enrollment=enrollment, page=enrollment.version.pages.all()[0], now=now)
        with CaptureQueriesContext(connection) as captured:
            queries.shelf_of(rosa)
        found.append(len(captured))
    assert found == [3, 3, 3]


def test_an_empty_shelf_is_empty(nadia: User) -> None:
    assert queries.shelf_of(nadia) == []


def test_live_completions_are_told_without_a_join() -> None:
    """To list the newest 26 of 330,000, a join took 27 seconds, this five milliseconds."""
    asked = str(queries.live_completions().query)
    assert "NOT EXISTS" in asked
    assert "JOIN" not in asked
