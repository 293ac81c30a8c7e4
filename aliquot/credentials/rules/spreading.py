"""A plan spread over months: docs/rules/planning.md, "Month by month". Pure.

The earliest day comes first, every month gets about the same, and a course stays in one month
unless a limit forbids that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from aliquot.credentials.facts import Spread, Study, StudyMonth, StudyShare
from aliquot.credentials.rules.amounts import to_decimal, to_hundredths

_USABLE_DAYS = 7  # a month of which less is left, or reached, is left out
_NO_DAY_MONTHS = 12  # where no course has a day by which it must be finished


@dataclass(slots=True)
class _Task:
    id: str
    due: int  # months after the first
    left: int


def spread(studies: Sequence[Study], *, today: date, most: Decimal | None = None) -> Spread:
    """The studies over the months from ``today``; equals in the order given.

    ``most`` is a limit of hours a month. Where it cannot be kept, ``is_kept`` is False and the
    months are those without a limit.
    """
    if not studies:
        return Spread((), Decimal(0))
    first = _first_month(studies, today)
    tasks = _tasks(studies, first)
    rate = _rate(tasks, 0)
    least = to_decimal(ceil(rate))
    whole = _whole(tasks)
    limit = None if most is None else to_hundredths(most)
    if limit is None or all(sum(row.values()) <= limit for row in whole):
        return Spread(_months(whole, tasks, first), least)
    if rate > limit:
        return Spread(_months(whole, tasks, first), least, is_kept=False)
    return Spread(_months(_stretched(tasks, limit), tasks, first), least)


def _first_month(studies: Sequence[Study], today: date) -> int:
    """The month of today, or the next if less than a week is left and nothing is due in it."""
    this = _number(today)
    is_nearly_over = _number(today + timedelta(days=_USABLE_DAYS - 1)) > this
    is_pressing = any(each.due is not None and _number(each.due) <= this for each in studies)
    return this + 1 if is_nearly_over and not is_pressing else this


def _tasks(studies: Sequence[Study], first: int) -> list[_Task]:
    """In the order of studying."""
    dues = [_last_month(each.due, first) for each in studies if each.due is not None]
    late = max(dues, default=_NO_DAY_MONTHS - 1)
    tasks = [
        _Task(
            each.id,
            late if each.due is None else _last_month(each.due, first),
            to_hundredths(each.hours),
        )
        for each in studies
    ]
    return sorted(tasks, key=lambda task: task.due)


def _last_month(due: date, first: int) -> int:
    """The last month that can be used, counted from the first."""
    number = _number(due)
    return max(number - (due.day < _USABLE_DAYS) - first, 0)


def _rate(tasks: Sequence[_Task], month: int) -> Fraction:
    """The lowest even pace from this month on that keeps every day, in hundredths of an hour."""
    rate, total = Fraction(0), 0
    for task in tasks:
        total += task.left
        rate = max(rate, Fraction(total, max(task.due - month, 0) + 1))
    return rate


def _whole(tasks: Sequence[_Task]) -> list[dict[str, int]]:
    """Whole courses, each month the number that comes nearest to the pace, at least one."""
    rows: list[dict[str, int]] = []
    waiting = list(tasks)
    while waiting:
        month, row = len(rows), dict[str, int]()
        rate = _rate(waiting, month)
        while waiting:
            task, load = waiting[0], sum(row.values())
            is_near = load + Fraction(task.left, 2) <= rate
            if row and task.due > month and not is_near:
                break
            row[task.id] = task.left
            waiting.pop(0)
        rows.append(row)
    return rows


def _stretched(tasks: Sequence[_Task], limit: int) -> list[dict[str, int]]:
    """No month above the limit: what does not fit any more goes on in the next month.

    Each month takes at least the pace, so that the pace of what is left never rises.
    """
    rows: list[dict[str, int]] = []
    waiting = [_Task(task.id, task.due, task.left) for task in tasks]
    while waiting:
        row: dict[str, int] = {}
        rate = _rate(waiting, len(rows))
        load = 0
        while waiting and load < limit and (load < rate or waiting[0].due <= len(rows)):
            task = waiting[0]
            amount = min(task.left, limit - load)
            row[task.id] = amount
            load += amount
            task.left -= amount
            if not task.left:
                waiting.pop(0)
        rows.append(row)
    return rows


def _months(
    rows: Sequence[dict[str, int]], tasks: Sequence[_Task], first: int
) -> tuple[StudyMonth, ...]:
    left = {task.id: task.left for task in tasks}
    months = []
    for number, row in enumerate(rows, start=first):
        shares = []
        for study, amount in row.items():
            left[study] -= amount
            shares.append(StudyShare(study, to_decimal(amount), is_last=not left[study]))
        months.append(StudyMonth(date(number // 12, number % 12 + 1, 1), tuple(shares)))
    return tuple(months)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
