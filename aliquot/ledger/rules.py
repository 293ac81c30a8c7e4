"""What a holder may say about an activity from elsewhere, and what looks like a second copy. Pure.

docs/rules/activities.md has the promises and worked numbers.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz, utils

from aliquot.ledger.errors import InvalidActivityError
from aliquot.ledger.facts import KINDS, PROOF_FACTS, ActivityClaim, CreditPart, EarnedActivity
from aliquot.lib.dates import long_date

MOST = Decimal(10_000)  # contracts/standing.md: above 0, at most two decimals, at most 10,000
MOST_PARTS = 20
EARLIEST = date(1950, 1, 1)  # an older date is a slip of the hand
LONGEST = {"title": 300, "provider_name": 200, "course_number": 80, "agency_number": 80}
_MISSING = {
    "title": "Enter the title as your proof prints it.",
    "provider_name": "Enter who held it: a provider, a school or your employer.",
}
_SIMILAR = 85  # of 100, words in any order: "Blood Bank Update" and "Update: blood bank" are alike

type Problems = dict[str, str]


def tidied(claim: ActivityClaim) -> ActivityClaim:
    """The claim with single spaces in its texts, and no area or approval named twice."""
    approvals = claim.approvals
    return replace(
        claim,
        title=_tidy(claim.title),
        provider_name=_tidy(claim.provider_name),
        course_number=_tidy(claim.course_number),
        agency_number=_tidy(claim.agency_number),
        areas=tuple(dict.fromkeys(claim.areas)),
        parts=tuple(CreditPart(p.amount, tuple(dict.fromkeys(p.areas))) for p in claim.parts),
        approvals=None if approvals is None else tuple(sorted(set(approvals))),
    )


def checked(
    claim: ActivityClaim, *, today: date, areas: Collection[str], approvals: Collection[str]
) -> ActivityClaim:
    """The tidied claim with its credit in ``parts`` only; InvalidActivityError names every problem.

    ``today`` is the holder's day; ``areas`` and ``approvals`` are the closed lists.
    """
    claim = tidied(claim)
    problems = {
        **_text_problems(claim),
        **_date_problems(claim.completed_on, today),
        **_credit_problems(claim, areas),
    }
    if claim.kind not in KINDS:
        problems["kind"] = "Choose a kind of the list."
    if not set(claim.approvals or ()) <= set(approvals):
        problems["approvals"] = "Choose approvals of the list."
    if problems:
        raise InvalidActivityError(problems)
    if claim.parts:
        return claim
    part = CreditPart(claim.amount or Decimal(0), claim.areas)
    return replace(claim, amount=None, areas=(), parts=(part,))


def checked_shows(shows: Iterable[str]) -> tuple[str, ...]:
    """What can be read on a proof, in the order of the closed list; InvalidActivityError."""
    given = set(shows)
    if not given <= set(PROOF_FACTS):
        raise InvalidActivityError({"shows": "Choose from the list what can be read on it."})
    return tuple(fact for fact in PROOF_FACTS if fact in given)


def tidied_reason(reason: str) -> str:
    """A reason on one line, of at most 300 characters."""
    return _tidy(reason)[:300]


def shown_name(name: str) -> str:
    """What a holder calls a file, without folders and unprintable signs: only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _tidy("".join(sign if sign.isprintable() else " " for sign in last))[:200]


def is_similar(title: str, other: str) -> bool:
    """Whether two titles may name the same thing: case, marks and order of words aside."""
    return fuzz.token_sort_ratio(title, other, processor=utils.default_process) >= _SIMILAR


def lookalikes[Known: EarnedActivity | ActivityClaim](
    title: str, completed_on: date, known: Iterable[Known]
) -> list[Known]:
    """Those of the same day with a similar title: perhaps the same one twice."""
    return [
        activity
        for activity in known
        if activity.completed_on == completed_on and is_similar(title, activity.title)
    ]


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _text_problems(claim: ActivityClaim) -> Problems:
    problems = {}
    for name, longest in LONGEST.items():
        text = getattr(claim, name)
        if not text and name in _MISSING:
            problems[name] = _MISSING[name]
        elif len(text) > longest:
            problems[name] = f"Enter at most {longest} characters."
        elif any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} for sign in text):
            problems[name] = "Leave out signs that cannot be printed."
    return problems


def _date_problems(completed_on: date, today: date) -> Problems:
    if completed_on > today:
        return {
            "completed_on": f"Enter the day you finished it: {long_date(today)} or earlier. "
            "An activity counts once it is done."
        }
    if completed_on < EARLIEST:
        return {"completed_on": f"Check the year: enter {EARLIEST.year} or later."}
    return {}


def _credit_problems(claim: ActivityClaim, areas: Collection[str]) -> Problems:
    if claim.parts:
        if claim.amount is not None or claim.areas:
            return {
                "amount": "Enter either one amount with its subject areas, or the provider's "
                "split; not both."
            }
        return dict(_split_problems(claim.parts, areas))
    if claim.amount is None:
        return {
            "amount": "Enter how much it was, such as 1.5.",
            **_area_problem(claim.areas, areas),
        }
    return {**_amount_problem(claim.amount), **_area_problem(claim.areas, areas)}


def _split_problems(
    parts: tuple[CreditPart, ...], areas: Collection[str]
) -> Iterator[tuple[str, str]]:
    if len(parts) > MOST_PARTS:
        yield "parts", f"Enter at most {MOST_PARTS} lines."
    for index, part in enumerate(parts):
        found = {**_amount_problem(part.amount), **_area_problem(part.areas, areas)}
        for name, problem in found.items():
            yield f"parts.{index}.{name}", problem
    amounts = [part.amount for part in parts if part.amount.is_finite()]
    if len(amounts) == len(parts) and sum(amounts, Decimal(0)) > MOST:
        yield "parts", "All lines together: enter 10,000 or less."


def _amount_problem(amount: Decimal) -> Problems:
    if not amount.is_finite():
        return {"amount": "Enter a number, such as 1.5."}
    if amount <= 0:
        return {"amount": "Enter more than 0."}
    if amount > MOST:
        return {"amount": "Enter 10,000 or less."}
    if amount != amount.quantize(Decimal("0.01")):
        return {"amount": "Enter at most two decimals, such as 1.25."}
    return {}


def _area_problem(given: tuple[str, ...], areas: Collection[str]) -> Problems:
    if not given:
        return {"areas": "Choose at least one subject area."}
    if not set(given) <= set(areas):
        return {"areas": "Choose subject areas of the list."}
    return {}
