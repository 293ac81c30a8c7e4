"""``aliquot demo generate``: invented histories are such as the deeds would have left."""

from datetime import datetime
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.assessment.queries import graded_form
from aliquot.catalog.models import Course
from aliquot.certificates.models import Certificate
from aliquot.certificates.queries import broken_invariants, completed_facts
from aliquot.commerce.models import Document, NumberSeries, Order
from aliquot.commerce.services import seed_products
from aliquot.demo.generator import rows
from aliquot.demo.generator.command import generate, run
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Bookmark, Completion, Enrollment, Entitlement, Evaluation
from aliquot.learning.queries import completion_record
from aliquot.learning.queries.progress import (
    attempts_of,
    completion_of,
    passed_attempt,
    progress_of,
)
from aliquot.ledger.models import CreditEntry
from aliquot.lib import canonical
from aliquot.lib.errors import NotAllowedError

SEED = 4


@pytest.mark.django_db
def test_invented_rows_are_such_as_the_deeds_would_have_left(
    now: datetime, capsys: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_products(now=clock.now())  # as aliquot setup does, a moment before
    generate(learners=40, courses=3, seed=SEED, as_of=now.date())
    _check_completions()
    _check_scores()
    _check_progress()
    _check_orders()
    _check_that_real_people_must_be_named_twice(now, settings, monkeypatch)
    assert capsys.readouterr().out.startswith("3 learners and 3 courses in ")


def _check_completions() -> None:
    assert list(broken_invariants()) == []
    completions = list(Completion.objects.select_related("enrollment").order_by("pk"))
    assert len(completions) >= 10
    for completion in completions:
        assert canonical.digest(completion.record) == completion.record_hash
        assert completed_facts(completion).completed_on == completion.completed_on
        hours = CreditEntry.objects.filter(activity__completion=completion)
        assert sum(each.amount for each in hours) == completion.contact_hours
    made = completions[0]
    attempts = attempts_of(made.enrollment)
    again = completion_record(
        enrollment=made.enrollment,
        attempt=passed_attempt(attempts),  # type: ignore[arg-type]
        attempts=attempts,
        evaluation=made.enrollment.evaluation,
        completed_at=made.completed_at,
        completed_on=made.completed_on,
    )
    assert again == made.record
    assert Certificate.objects.count() == Evaluation.objects.count() == len(completions)


def _check_scores() -> None:
    attempts = list(Attempt.objects.prefetch_related("responses"))
    assert {attempt.passed for attempt in attempts} == {True, False}
    for attempt in attempts:
        assert sum(graded.is_right for _, _, graded in graded_form(attempt)) == attempt.points


def _check_progress() -> None:
    enrollments = list(Enrollment.objects.select_related("version", "person"))
    assert len({each.completed_at is None for each in enrollments}) == 2
    for enrollment in enrollments:
        progress = progress_of(enrollment)
        assert (completion_of(enrollment) is not None) is (enrollment.completed_at is not None)
        assert enrollment.completed_at is None or (progress.unopened == () and progress.is_passed)
        bookmark = Bookmark.objects.select_related("page").get(enrollment=enrollment)
        assert bookmark.page.position == enrollment.furthest_position
        assert bookmark.sequence == enrollment.sequence


def _check_orders() -> None:
    orders = list(Order.objects.order_by("pk"))
    assert orders
    for order in orders:
        assert sum(entry.amount for entry in order.money.all()) == order.total
        document = Document.objects.get(order=order)
        assert canonical.digest(document.content) == document.content_hash
        assert document.content["order"] == order.number
    assert Entitlement.objects.filter(line_grant__line__order__in=orders).count() == len(orders)
    for series in NumberSeries.objects.all():
        numbers = Document.objects.filter(year=series.year).order_by("sequence")
        assert [each.sequence for each in numbers] == list(range(1, series.last + 1))


def _check_that_real_people_must_be_named_twice(
    now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[Any]:
        codes = Certificate.objects.order_by("pk").values_list("code", "content_hash")
        return [*codes, *Order.objects.order_by("pk").values_list("number", flat=True)]

    before, people, courses = told(), User.objects.count(), Course.objects.count()
    how = ["--learners", "2", "--courses", "3", "--seed", "9", "--as-of", f"{now:%Y-%m-%d}"]
    for slip in ([], ["--add"], ["--add", "--site", "https://other.example"]):
        with pytest.raises(NotAllowedError, match="say it twice: --add --site http"):
            run([*how, *slip])
    assert (told(), User.objects.count()) == (before, people)
    # Many learners on PostgreSQL go another way: without indexes, which come back.
    monkeypatch.setattr("aliquot.demo.generator.command.MANY", 3)
    learners = ["--learners", "3", *how[2:]]
    assert run([*learners, "--add", "--site", settings.SITE_URL]) == 0
    assert (User.objects.count(), Course.objects.count()) == (people + 3, courses + 3)
    assert set(before) < set(told())
    few = ["--learners", "1", "--seed", "10", "--add", "--site", settings.SITE_URL]
    assert run(few) == 0
    assert not AuditEntry.objects.filter(seal=None).exists()


def test_a_value_is_copied_as_it_is() -> None:
    assert rows._line((1, None, True, "a\tb\\c\n", ["ü"])) == (
        '1\t\\N\tt\ta\\tb\\\\c\\n\t["\\\\u00fc"]\n'
    )
