"""Judgments of learning: who may open a course, which save wins, what a completion needs.

Prose, promises and worked numbers: docs/rules/completion.md.
"""

import calendar
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from aliquot.learning.facts import (
    Condition,
    History,
    Offer,
    Opening,
    Progress,
    Returning,
    Right,
)
from aliquot.lib import dates, decimals

SOURCE_WORDS = {
    "grant": "access granted by the provider",
    "order": "your purchase",
    "pack": "your hour pack",
    "seat": "your seat",
    "gift": "your gift",
}
OBJECTIVE_ANSWERS = ("met", "partly", "not_met")
RATED = ("author", "content", "methods", "facilities", "experience")
RATINGS = range(1, 6)
MOST_MINUTES = 6000
LONGEST_TEXT = 4000
ABOVE_ALL = 2**62  # more saves than there will be


def hours(amount: Decimal) -> str:
    """``1 contact hour``, ``1.25 contact hours``."""
    return f"{decimals.shortest(amount)} contact hour{'' if amount == 1 else 's'}"


def months_after(day: date, months: int) -> date:
    """The same day of the month later, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def runs(right: Right, now: datetime) -> bool:
    """An entitlement counts from its start, up to but not at its end, unless withdrawn."""
    return (
        right.withdrawn_at is None
        and right.starts_at <= now
        and (right.ends_at is None or now < right.ends_at)
    )


def _covers(right: Right, offer: Offer) -> bool:
    return right.course_id is None or right.course_id == offer.course_id


def best_right(rights: Iterable[Right], offer: Offer, now: datetime) -> Right | None:
    """The entitlement to start by: one without an hours limit first, then what ends soonest.

    A limited one must hold all hours of the course: it is never drawn below zero.
    """
    fit = [
        right
        for right in rights
        if runs(right, now)
        and _covers(right, offer)
        and (right.hours_left is None or right.hours_left >= (offer.hours or 0))
    ]
    return min(
        fit,
        key=lambda right: (
            right.hours_limit is not None,
            right.ends_at is None,
            right.ends_at or now,
            right.id,
        ),
        default=None,
    )


def opening(
    *,
    offer: Offer,
    rights: Sequence[Right],
    history: History,
    now: datetime,
    zone: str,
    interval_months: int,
) -> Opening:
    """May this person start the course now, by what, and if not, why not and from when."""
    if history.open_enrollment_id is not None:
        return Opening(
            may=True,
            by="enrollment",
            reason="You started this course.",
            enrollment_id=history.open_enrollment_id,
            is_offered=offer.availability == "open",
        )
    refusal = _not_offered(offer) or _too_soon(history, now, zone, interval_months)
    if refusal is not None:
        return refusal
    if offer.is_free:
        return Opening(may=True, by="free", reason="This course is free.")
    right = best_right(rights, offer, now)
    if right is None:
        return Opening(may=False, reason=_why_not(offer, rights, now, zone))
    draws = offer.hours or Decimal(0) if right.hours_limit is not None else Decimal(0)
    return Opening(
        may=True,
        by="entitlement",
        reason=_by_words(right, draws, zone),
        entitlement_id=right.id,
        draws=draws,
    )


def _not_offered(offer: Offer) -> Opening | None:
    if offer.availability == "retired":
        instead = f" Its successor is {offer.successor}." if offer.successor else ""
        return Opening(
            may=False,
            reason=f"This course was retired and takes no new learners.{instead}",
            is_offered=False,
        )
    if offer.availability != "open" or offer.hours is None:
        return Opening(may=False, reason="This course is not offered now.", is_offered=False)
    return None


def _too_soon(history: History, now: datetime, zone: str, months: int) -> Opening | None:
    if history.last_completed_on is None:
        return None
    again_from = months_after(history.last_completed_on, months)
    if dates.day_in_zone(now, zone) >= again_from:
        return None
    return Opening(
        may=False,
        reason=(
            f"You finished this course on {dates.long_date(history.last_completed_on)}. "
            f"It earns credit again from {dates.long_date(again_from)}: "
            f"credit is given once in {months} months."
        ),
        again_from=again_from,
        enrollment_id=history.last_enrollment_id,
    )


def _by_words(right: Right, draws: Decimal, zone: str) -> str:
    words = SOURCE_WORDS[right.source]
    until = ""
    if right.ends_at is not None:
        until = f" through {dates.long_date(dates.last_day(right.ends_at, zone))}"
    if right.hours_left is None:
        return f"Included in {words}{until}."
    return (
        f"Takes {hours(draws)} from {words}: "
        f"{decimals.shortest(right.hours_left)} of {hours(right.hours_limit or Decimal(0))} "
        f"left{until}."
    )


def _why_not(offer: Offer, rights: Sequence[Right], now: datetime, zone: str) -> str:
    covering = [right for right in rights if _covers(right, offer)]
    running = [right for right in covering if runs(right, now)]
    if running:  # all of them too small
        most = max(right.hours_left or Decimal(0) for right in running)
        return (
            f"This course is {hours(offer.hours or Decimal(0))}; "
            f"your hour pack has {decimals.shortest(most)} left."
        )
    later = [right.starts_at for right in covering if right.starts_at > now]
    if later:
        return f"Your access starts on {dates.long_date(dates.day_in_zone(min(later), zone))}."
    ended = [right.ends_at for right in covering if right.ends_at and not right.withdrawn_at]
    if ended:
        return f"Your access ended on {dates.long_date(dates.last_day(max(ended), zone))}."
    return "You have no access to this course yet."


def continuing(
    *,
    offer: Offer,
    started_by: int | None,
    rights: Sequence[Right],
    is_completed: bool,
    now: datetime,
    zone: str,
) -> Opening:
    """May a started course still be read and its test taken? Its availability does not matter.

    What was started free stays open, and so does a finished course. Otherwise the entitlement it
    was started by must run, or any other that covers the course without drawing hours again.
    """
    if is_completed or started_by is None or offer.is_free:
        return Opening(may=True, by="enrollment", reason="You started this course.")
    for right in rights:
        if runs(right, now) and (
            right.id == started_by or (_covers(right, offer) and right.hours_limit is None)
        ):
            return Opening(
                may=True,
                by="entitlement",
                reason=_by_words(right, Decimal(0), zone)
                if right.hours_limit is None
                else f"Taken from {SOURCE_WORDS[right.source]}.",
                entitlement_id=right.id,
            )
    covering = [right for right in rights if _covers(right, offer)]
    why = _why_not(offer, [right for right in covering if not runs(right, now)], now, zone)
    return Opening(may=False, reason=f"{why} Your place and your answers are kept.")


def returning(
    *,
    hours_drawn: Decimal,
    started_at: datetime,
    is_over: bool,
    has_read: bool,
    minutes: int,
    now: datetime,
) -> Returning:
    """May a course that drew hours be given back? If nothing was read, or within the minutes.

    Both ends of the time count: sixty minutes after the start it still may, a second later not.
    """
    until = started_at + timedelta(minutes=minutes)
    if is_over:
        return Returning(may=False, reason="A finished course is not given back.")
    if not hours_drawn:
        return Returning(may=False, reason="This course drew no hours, so there are none to free.")
    freed = hours(hours_drawn)
    if not has_read:
        return Returning(
            may=True,
            reason=f"You have read nothing yet: give it back, and {freed} are yours again.",
            hours=hours_drawn,
        )
    if now <= until:
        return Returning(
            may=True,
            reason=f"You started less than {minutes} minutes ago: {freed} can be yours again.",
            hours=hours_drawn,
            until=until,
        )
    return Returning(
        may=False,
        reason=f"You started more than {minutes} minutes ago and have read in it.",
    )


def wins_over(base_sequence: int | None) -> int:
    """The highest stored sequence that a save wins over.

    A background save names the sequence it knew: when another device saved since, it loses. None
    means that the person moved on this device just now, which always wins.
    """
    return ABOVE_ALL if base_sequence is None else base_sequence


def furthest(*, stored: int, position: int) -> int:
    """The furthest point only ever rises."""
    return max(stored, position)


def minutes_left(progress: Progress) -> int:
    """Whole minutes for the pages without a tick and the test, rounded up; 0 when all is done."""
    if progress.is_completed:
        return 0
    pages = sum((page.minutes for page in progress.pages if not page.is_finished), Decimal(0))
    test = Decimal(0) if progress.is_passed else progress.test_minutes
    return math.ceil(pages + test)


def share_done(progress: Progress) -> int:
    """Percent of the steps done: each page, the test, the evaluation."""
    if progress.is_completed:
        return 100
    steps = len(progress.pages) + 2
    return (progress.finished_count + progress.is_passed) * 100 // steps


def test_is_open(progress: Progress) -> bool:
    """The test opens when every page was opened."""
    return not progress.unopened


def conditions(
    *, progress: Progress, has_evaluation: bool, has_name: bool
) -> tuple[Condition, ...]:
    """All that a completion needs, in the order a learner meets it."""
    unopened = len(progress.unopened)
    return (
        Condition(
            "pages",
            not unopened,
            f"Open every page: {unopened} of {len(progress.pages)} still to open."
            if unopened
            else "Every page was opened.",
        ),
        Condition(
            "test",
            progress.is_passed,
            "The test is passed." if progress.is_passed else "Pass the test.",
        ),
        Condition(
            "name",
            has_name,
            "Your name is in your profile."
            if has_name
            else "Add your name as on your license to your profile.",
        ),
        Condition(
            "evaluation",
            has_evaluation,
            "The evaluation is complete." if has_evaluation else "Fill in the evaluation.",
        ),
    )


def evaluation_problems(
    answers: Mapping[str, Any], *, objective_keys: Sequence[str]
) -> dict[str, str]:
    """What is wrong with an evaluation, by question; empty when it is complete.

    The questions are those of provider.md: each objective met, author, content, methods, site and
    technology, learning experience, bias, the time it really took, a free comment.
    """
    problems: dict[str, str] = {}
    objectives = answers.get("objectives")
    given = objectives if isinstance(objectives, Mapping) else {}
    for key in objective_keys:
        if given.get(key) not in OBJECTIVE_ANSWERS:
            problems[f"objective_{key}"] = "Say whether you met this objective."
    for name in RATED:
        if isinstance(answers.get(name), bool) or answers.get(name) not in RATINGS:
            problems[name] = "Choose one of the five answers."
    problems |= _bias_problems(answers)
    minutes = answers.get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not _in_time(minutes):
        problems["minutes"] = f"Enter the minutes as a whole number from 1 to {MOST_MINUTES}."
    if not _is_text(answers.get("comment", "")):
        problems["comment"] = f"Write at most {LONGEST_TEXT} characters."
    known = {"objectives", *RATED, "bias", "bias_noted", "minutes", "comment"}
    for name in sorted(set(answers) - known):
        problems[name] = "This is not a question of the evaluation."
    for key in sorted(set(given) - set(objective_keys)):
        problems[f"objective_{key}"] = "This is not an objective of the course."
    return problems


def _bias_problems(answers: Mapping[str, Any]) -> dict[str, str]:
    if not isinstance(answers.get("bias"), bool):
        return {"bias": "Say whether you noticed bias."}
    noted = answers.get("bias_noted", "")
    if not _is_text(noted):
        return {"bias_noted": f"Write at most {LONGEST_TEXT} characters."}
    if answers["bias"] and not noted.strip():
        return {"bias_noted": "Say what bias you noticed."}
    return {}


def _in_time(minutes: int) -> bool:
    return 1 <= minutes <= MOST_MINUTES


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT
