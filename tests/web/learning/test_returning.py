"""The page on which a course is given back."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.infra import clock
from aliquot.learning.models import Enrollment
from aliquot.learning.services import grant_entitlement
from tests.factories.catalog import provider, published_course
from tests.factories.learning import read_through, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(rosa: User) -> Enrollment:
    """A course of which Rosa has read all, begun from a pack a moment ago."""
    provider()
    now = clock.now()
    grant_entitlement(
        person=rosa,
        source="pack",
        course=None,
        starts_at=now - timedelta(days=1),
        ends_at=None,
        hours_limit=Decimal(8),
        actor_id=None,
        now=now,
    )
    enrollment = started(rosa, published_course(is_free=False), now)
    read_through(enrollment, now)
    return enrollment


def test_the_hours_come_back_with_one_confirmation(as_rosa: Client, drawn: Enrollment) -> None:
    address = f"/learning/{drawn.pk}/return/"
    page = as_rosa.get(address).content.decode()
    assert "1.25 contact hours can be yours again" in page
    assert "You can do this until" in page
    for _ in range(2):  # a double click
        assert as_rosa.post(address)["Location"] == "/learning/"
    drawn.refresh_from_db()
    assert drawn.returned_at is not None
    first = drawn.version.pages.order_by("position").first()
    assert first is not None
    closed = as_rosa.get(f"/learning/{drawn.pk}/pages/{first.slug}/")
    assert closed.status_code == 403
    assert "You gave this course back" in closed.content.decode()


def test_the_reader_offers_it_only_while_it_can_be_done(
    as_rosa: Client, drawn: Enrollment, now: datetime
) -> None:
    first = drawn.version.pages.order_by("position").first()
    assert first is not None
    address = f"/learning/{drawn.pk}/pages/{first.slug}/"
    assert "Give this course back" in as_rosa.get(address).content.decode()
    Enrollment.objects.update(started_at=now - timedelta(days=5))
    assert "Give this course back" not in as_rosa.get(address).content.decode()
    late = as_rosa.post(f"/learning/{drawn.pk}/return/")
    assert late.status_code == 409
    assert "more than 60 minutes ago" in late.content.decode()
    drawn.refresh_from_db()
    assert drawn.returned_at is None


def test_a_free_course_is_not_asked_about(as_rosa: Client, enrollment: Enrollment) -> None:
    first = enrollment.version.pages.order_by("position").first()
    assert first is not None
    page = as_rosa.get(f"/learning/{enrollment.pk}/pages/{first.slug}/").content.decode()
    assert "Give this course back" not in page
