"""Judgments on tests: what is drawn, what passes, who may try again (docs/rules/grading.md)."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from aliquot.assessment.facts import AttemptFacts, BankQuestion, RetakeVerdict

CENT = Decimal("0.01")


def draw(
    *,
    bank: Sequence[BankQuestion],
    objective_keys: Iterable[str],
    count: int,
    last_seen: Mapping[str, int],
    rng: random.Random,
) -> list[str]:
    """Draw the questions of one form: keys in the order in which they are shown.

    Each objective that the bank can cover is covered at least once, as far as ``count`` allows.
    ``last_seen`` gives the number of the person's latest attempt (1 is the first) in which a
    question appeared: questions never seen come first, those of the latest attempt last.
    """
    shuffled = list(bank)
    rng.shuffle(shuffled)
    waiting = sorted(shuffled, key=lambda question: last_seen.get(question.key, 0))
    open_objectives = set(objective_keys)
    chosen: list[BankQuestion] = []
    while open_objectives and waiting and len(chosen) < count:
        best = max(
            waiting, key=lambda question: _gain(question, open_objectives, count - len(chosen))
        )
        if not open_objectives.intersection(best.objective_keys):
            break
        chosen.append(best)
        waiting.remove(best)
        open_objectives.difference_update(best.objective_keys)
    chosen += waiting[: max(0, count - len(chosen))]
    keys = [question.key for question in chosen]
    rng.shuffle(keys)
    return keys


def _gain(question: BankQuestion, open_objectives: set[str], room: int) -> int:
    """How many open objectives a question covers; 1 is enough where the form has room for all.

    ``max`` takes the first of equals: the freshest question.
    """
    covered = len(open_objectives.intersection(question.objective_keys))
    return covered if len(open_objectives) > room else min(covered, 1)


def score(points: int, points_possible: int) -> Decimal:
    """Percent of the points, cut (never rounded up) to two decimals: 79.999 gives 79.99."""
    return (Decimal(100 * points) / points_possible).quantize(CENT, rounding=ROUND_DOWN)


def is_passed(*, points: int, points_possible: int, pass_mark: Decimal) -> bool:
    """The points reach the pass mark exactly or exceed it; nothing is rounded.

    ``pass_mark`` is in percent.
    """
    return 100 * points >= pass_mark * points_possible


def points_to_pass(*, points_possible: int, pass_mark: Decimal) -> int:
    """The fewest points that pass: 8 of 10 for 80 percent, 8 of 9 for 80 percent."""
    return next(
        points
        for points in range(points_possible + 1)
        if is_passed(points=points, points_possible=points_possible, pass_mark=pass_mark)
    )


def may_start(
    *,
    earlier: Sequence[AttemptFacts],
    attempts_allowed: int | None,
    wait_hours: int,
    now: datetime,
) -> RetakeVerdict:
    """Whether another attempt may start. ``earlier`` are the attempts under one enrollment.

    An attempt counts from its start. ``attempts_allowed`` None means as often as needed. The wait
    runs from the latest submission; it is over at the exact moment, not a second later.
    """
    left = None if attempts_allowed is None else max(0, attempts_allowed - len(earlier))
    if any(attempt.passed for attempt in earlier):
        return RetakeVerdict(may=False, reason="passed", attempts_left=left)
    if any(attempt.submitted_at is None for attempt in earlier):
        return RetakeVerdict(may=False, reason="open", attempts_left=left)
    if left == 0:
        return RetakeVerdict(may=False, reason="no_attempts_left", attempts_left=0)
    submissions = [each.submitted_at for each in earlier if each.submitted_at is not None]
    if submissions and wait_hours:
        opens_at = max(submissions) + timedelta(hours=wait_hours)
        if now < opens_at:
            return RetakeVerdict(may=False, reason="wait", opens_at=opens_at, attempts_left=left)
    return RetakeVerdict(may=True, attempts_left=left)
