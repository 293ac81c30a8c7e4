"""What a course's page says to everybody is made once, and anew when any of it changes."""

from dataclasses import astuple
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client

from aliquot.accounts.models import User
from aliquot.catalog import services
from aliquot.catalog.queries import version_of
from aliquot.flows.start_course import start_course
from aliquot.web.catalog import course_parts
from tests.factories import catalog as factory
from tests.factories.catalog import published_course

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_visitors_share_the_parts_and_nothing_of_them_is_in_there(
    client: Client, rosa: User, stella: User, now: datetime
) -> None:
    course = published_course("HEM-101")
    url = f"/courses/{course.slug}/"
    with patch.object(course_parts, "_parts", wraps=course_parts._parts) as made:
        client.force_login(rosa)
        start_course(person=rosa, course=course, now=now)
        hers = client.get(url).text
        client.force_login(stella)
        other = client.get(url).text
        stranger = Client().get(url).text
    assert made.call_count == 1
    assert ["Continue</a>" in text for text in (hers, other, stranger)] == [True, False, False]
    assert ["account/signup/?next=" in text for text in (hers, other, stranger)] == [
        False,
        False,
        True,
    ]
    current = course.current_version_id
    assert current is not None
    shared = " ".join(
        map(str, astuple(course_parts.parts_of(course, version_of(current, course), now.date())))
    )
    for own in (rosa.full_name, stella.full_name, "csrf", "nonce", "/learning/", "signup"):
        assert own not in shared
    for text in (hers, other, stranger):
        assert text.count("You will be able to") == 1


def test_whatever_is_told_of_a_course_shows_at_once_also_to_who_is_signed_in(
    client: Client, rosa: User, now: datetime
) -> None:
    course = published_course("HEM-101")
    url = f"/courses/{course.slug}/"
    client.force_login(rosa)

    def says(words: str) -> bool:
        return words in client.get(url).text

    with time_machine.travel(now, tick=False):
        assert says("Carries no accreditation")
        approval = factory.approve(course, kind="pace", number="100-014")
        services.set_review_by(course=course, review_by=now.date(), actor_id=None)
        assert says("100-014")
        assert not says("due for review")
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert says("due for review")
        services.withdraw_approval(approval=approval, actor_id=None, now=now)
        assert says("Carries no accreditation")
        services.set_review_by(course=course, review_by=date(2030, 1, 1), actor_id=None)
        assert not says("due for review")
        services.set_availability(course=course, availability="retired", actor_id=None)
        assert says("This course was retired")
