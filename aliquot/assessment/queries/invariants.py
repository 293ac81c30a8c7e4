"""What must always be true of tests (I6): the score comes out of answers, form and key again."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Prefetch

from aliquot.assessment import rules
from aliquot.assessment.models import Attempt, Response
from aliquot.assessment.queries.results import graded_form
from aliquot.infra.streams import by_key
from aliquot.lib.invariants import Check

# A save that came a moment after the submission may still take its turn before it.
TURN = timedelta(minutes=1)


def invariant_checks() -> tuple[Check, ...]:
    """Submitted once, never answered after, and judged as the frozen key judges."""
    submitted = Attempt.objects.filter(submitted_at__isnull=False)
    return (
        Check("I6", "submitted tests", submitted.count, _other_scores),
        Check("I6", "answers", Response.objects.count, _late_answers),
    )


def _other_scores() -> Iterator[str]:
    submitted = Attempt.objects.filter(submitted_at__isnull=False)
    responses = Prefetch("responses", queryset=Response.objects.order_by("pk"))
    for attempt in by_key(submitted.prefetch_related(responses), page=100):
        points = sum(graded.is_right for _, _, graded in graded_form(attempt))
        possible = attempt.points_possible
        score = rules.score(points, possible)
        passed = rules.is_passed(
            points=points, points_possible=possible, pass_mark=attempt.pass_mark
        )
        stored = (attempt.points, attempt.score, attempt.passed)
        if (points, score, passed) != stored or possible != len(attempt.form):
            yield (
                f"Attempt {attempt.pk} says {attempt.points} of {possible} points "
                f"({attempt.score} %); its answers give {points} of {len(attempt.form)}."
            )


def _late_answers() -> Iterator[str]:
    late = Response.objects.filter(saved_at__gt=F("attempt__submitted_at") + TURN)
    for each in by_key(late):
        yield f"Response {each.pk} was saved after attempt {each.attempt_id} was submitted."
