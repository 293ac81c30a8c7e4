"""A verdict given what the holder typed at the body, which never fails over a pin. Pure.

The contract calls a pin that cannot hold an error. A page must go on: the activity may have been
corrected or withdrawn since. There such a pin is left out, and a warning says which and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from aliquot.credentials.errors import Problem, UnjudgeableError
from aliquot.credentials.facts import Activity, CredentialHeld, Notice, Pin, Reason, Verdict
from aliquot.credentials.rules.amounts import in_words, to_hundredths
from aliquot.credentials.rules.standing import judge_credential

_ROOM_IS_GONE = (Reason.SURPLUS, Reason.CAP_REACHED)  # no reason against the pin by itself


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pin that cannot hold, and why, in words."""

    pin: Pin
    why: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """The verdict given the pins that hold, and how much less would be missing without them."""

    verdict: Verdict
    left_out: tuple[LeftOut, ...]
    cost: Decimal


def judge_pinned(
    held: CredentialHeld, *, activities: Sequence[Activity], as_of: date, pins: Sequence[Pin]
) -> Pinned:
    """Judge one cycle; of pins that cannot hold together, those that stand first win.

    UnjudgeableError only if the cycle contradicts dates that the body fixes.
    """
    free = judge_credential(held, activities=activities, as_of=as_of)
    kept, left_out = list(pins), []
    verdict = free
    while kept:
        try:
            verdict = judge_credential(held, activities=activities, as_of=as_of, pins=kept)
            break
        except UnjudgeableError as error:
            problems = {int(problem.path[0]): problem for problem in error.problems}
        for position in sorted(problems, reverse=True):
            pin = kept.pop(position)
            left_out.append(LeftOut(pin, _why(pin, problems[position], free)))
            verdict = free
    ordered = tuple(sorted(left_out, key=lambda each: pins.index(each.pin)))
    cost = _missing(verdict) - _missing(free)
    titles = {activity.id: activity.title or activity.id for activity in activities}
    warnings = [notice for notice in verdict.warnings if notice.code != "pin_costs"]
    warnings += [
        Notice("pin_left_out", _left_out_sentence(each, free, titles.get(each.pin.activity)))
        for each in ordered
    ]
    if cost:
        amount = in_words(to_hundredths(cost), held.pack.unit)
        text = (
            f"What you pinned as typed at {held.pack.body} costs {amount}: without the pins that "
            "much less would be missing."
        )
        warnings.append(Notice("pin_costs", text))
    return Pinned(replace(verdict, warnings=tuple(warnings)), ordered, cost)


def _missing(verdict: Verdict) -> Decimal:
    return sum((line.missing or Decimal(0) for line in verdict.requirements), Decimal(0))


def _title(requirement: str, verdict: Verdict) -> str:
    return next(
        (line.title for line in verdict.requirements if line.id == requirement), requirement
    )


def _left_out_sentence(each: LeftOut, free: Verdict, title: str | None) -> str:
    what = f"“{title}”" if title else "An activity"
    amount = in_words(to_hundredths(each.pin.amount), free.pack.unit)
    return (
        f"{what} is pinned to {_title(each.pin.requirement, free)} with {amount}, but that cannot "
        f"hold: {each.why}. The pin is left out."
    )


def _why(pin: Pin, problem: Problem, free: Verdict) -> str:
    """The engine's sentence, with the words that pages use."""
    title = _title(pin.requirement, free)
    match problem.path[-1]:
        case "activity":
            refused = [row for row in free.not_counted if row.activity == pin.activity]
            told = [row.explain for row in refused if row.reason not in _ROOM_IS_GONE]
            is_counted = any(row.activity == pin.activity for row in free.allocations)
            if told and not is_counted:
                return _inside(told[0])
            if refused or is_counted:
                return f"none of its subject areas counts toward {title}"
            return "the activity was withdrawn"
        case "requirement":
            return "this cycle has no such requirement to fill"
        case _:
            what = problem.what.replace(f"toward {pin.requirement}", f"toward {title}")
            if problem.accepted:
                return f"{what}; {problem.accepted}"
            return "there is no room left for it beside the other pins"


def _inside(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).removesuffix(".")
