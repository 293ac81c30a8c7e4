"""One audit row per deed, whatever happens inside; nothing remains of a deed that failed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from aliquot.infra import audit, trace
from aliquot.infra.models import AuditEntry, Generation

pytestmark = pytest.mark.django_db


def subject(name: str = "catalog") -> Generation:
    return Generation.objects.get_or_create(name=name)[0]


def rows() -> list[tuple[str, int | None, str, str, dict[str, Any]]]:
    return list(
        AuditEntry.objects.order_by("id").values_list(
            "action", "actor_id", "object_type", "object_id", "details"
        )
    )


def failing_story() -> None:
    with audit.story(action="failing", actor_id=1):
        audit.record(action="deed", actor_id=1, subject=subject("gone"))
        raise RuntimeError("no")


def test_a_deed_leaves_one_row_with_the_request_it_came_from() -> None:
    with trace.tracing("a1b2"):
        audit.record(action="course.hidden", actor_id=7, subject=subject(), details={"why": "old"})
    row = AuditEntry.objects.get()
    assert (row.action, row.actor_id, row.object_type, row.object_id) == (
        "course.hidden",
        7,
        "infra.generation",
        "catalog",
    )
    assert (row.details, row.request_id) == ({"why": "old"}, "a1b2")


def test_details_may_hold_dates_and_exact_amounts() -> None:
    audit.record(
        action="x",
        actor_id=None,
        subject=subject(),
        details={"on": date(2026, 11, 23), "hours": Decimal("1.50")},
    )
    assert AuditEntry.objects.get().details == {"on": "2026-11-23", "hours": "1.50"}


def test_the_deeds_inside_a_story_become_steps_of_its_one_row() -> None:
    with audit.story(action="course.finished", actor_id=3, subject=subject("outer")):
        audit.record(action="completion.recorded", actor_id=3, subject=subject("inner"))
        audit.record(
            action="certificate.issued", actor_id=3, subject=subject("paper"), details={"n": 1}
        )
    assert rows() == [
        (
            "course.finished",
            3,
            "infra.generation",
            "outer",
            {
                "steps": [
                    {"action": "completion.recorded", "object": "infra.generation:inner"},
                    {
                        "action": "certificate.issued",
                        "object": "infra.generation:paper",
                        "details": {"n": 1},
                    },
                ]
            },
        )
    ]


def test_a_story_without_a_subject_is_about_its_first_deed() -> None:
    with audit.story(action="course.started", actor_id=3) as story:
        audit.record(action="enrolled", actor_id=3, subject=subject("enrollment"))
        story.details["free"] = True
    (row,) = rows()
    assert row[3] == "enrollment"
    assert row[4]["free"] is True


def test_a_story_inside_a_story_is_a_step_of_it() -> None:
    with audit.story(action="outer", actor_id=1):
        with audit.story(action="inner", actor_id=1):
            audit.record(action="deed", actor_id=1, subject=subject("a"))
        audit.record(action="last", actor_id=1, subject=subject("b"))
    (row,) = rows()
    assert [step["action"] for step in row[4]["steps"]] == ["inner", "last"]
    assert [step["action"] for step in row[4]["steps"][0]["steps"]] == ["deed"]


def test_a_story_in_which_nothing_happened_writes_nothing() -> None:
    with audit.story(action="course.finished", actor_id=3, subject=subject()):
        pass
    assert rows() == []


def test_nothing_remains_of_a_story_that_failed() -> None:
    with pytest.raises(RuntimeError, match="no"):
        failing_story()
    assert rows() == []
    assert not Generation.objects.filter(name="gone").exists()
    audit.record(action="after", actor_id=1, subject=subject())
    assert [row[0] for row in rows()] == ["after"]


def test_an_inner_story_that_failed_leaves_no_step() -> None:
    with audit.story(action="outer", actor_id=1):
        with pytest.raises(RuntimeError, match="no"):
            failing_story()
        audit.record(action="other", actor_id=1, subject=subject("b"))
    (row,) = rows()
    assert [step["action"] for step in row[4]["steps"]] == ["other"]


@pytest.mark.django_db(transaction=True)
def test_a_row_without_the_transaction_of_its_deed_is_refused() -> None:
    with pytest.raises(RuntimeError, match="needs the transaction of its deed"):
        audit.record(action="deed", actor_id=1, subject=subject())
    assert rows() == []
    with transaction.atomic():
        audit.record(action="deed", actor_id=1, subject=subject())
    assert len(rows()) == 1
