"""A deed within a deed joins its transaction; alone it has its own."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aliquot.infra.database import joined
from aliquot.infra.models import Generation

pytestmark = pytest.mark.django_db


@joined
def add(name: str, *, fails: bool = False) -> None:
    Generation.objects.create(name=name, number=1)
    if fails:
        raise LookupError


def test_a_step_of_a_story_takes_no_savepoint_of_its_own() -> None:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        add("a")
        add("b")
    said = [each["sql"].split()[0] for each in captured]
    assert said == ["SAVEPOINT", "INSERT", "INSERT", "RELEASE"]  # one: of the test around it


def test_alone_a_failure_leaves_nothing_and_the_next_deed_goes_on() -> None:
    with pytest.raises(LookupError):
        add("a", fails=True)
    add("b")
    assert list(Generation.objects.values_list("name", flat=True)) == ["b"]


@transaction.atomic
def story_that_goes_on() -> None:
    with suppress(LookupError):
        add("a", fails=True)
    add("b")


def test_a_story_cannot_go_on_after_a_failed_step() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        story_that_goes_on()
    assert Generation.objects.count() == 0
