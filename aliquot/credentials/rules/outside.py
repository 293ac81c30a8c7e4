"""What a learner may say about a course of another provider. Pure."""

from collections.abc import Collection
from decimal import Decimal

from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.rules.amounts import to_hundredths

MOST_OFFERS = 100  # of one person: the planner looks at all of them
MOST_PARTS = 20
MOST_HOURS = Decimal(1_000)
MOST_CENTS = 10_000_000
LONGEST_TITLE, LONGEST_PROVIDER = 300, 200

type Problems = dict[str, str]


def checked_offer(
    offered: Offered, *, areas: Collection[str], approvals: Collection[str]
) -> Offered:
    """The offer, tidied; InvalidOfferError names every field that cannot be right.

    The fields are ``title``, ``provider_name``, ``parts``, ``approvals`` and ``price``.
    """
    title, provider = (" ".join(text.split()) for text in (offered.title, offered.provider_name))
    problems: Problems = {}
    if not title:
        problems["title"] = "Enter the title of the course."
    elif len(title) > LONGEST_TITLE:
        problems["title"] = f"Enter at most {LONGEST_TITLE} characters."
    if len(provider) > LONGEST_PROVIDER:
        problems["provider_name"] = f"Enter at most {LONGEST_PROVIDER} characters."
    if problem := _parts_problem(offered.parts, areas):
        problems["parts"] = problem
    if offered.approvals is not None and not set(offered.approvals) <= set(approvals):
        problems["approvals"] = "Choose approvals of the list."
    if offered.cents is not None and not 0 <= offered.cents <= MOST_CENTS:
        problems["price"] = f"Enter a price from 0 to {MOST_CENTS // 100:,} dollars."
    if problems:
        raise InvalidOfferError(problems)
    kept = None if offered.approvals is None else tuple(sorted(set(offered.approvals)))
    return Offered(title, provider, offered.parts, kept, offered.cents)


def _parts_problem(parts: Collection[Part], areas: Collection[str]) -> str | None:
    if not parts:
        return "Enter the contact hours, and what they are about."
    if len(parts) > MOST_PARTS:
        return f"Enter at most {MOST_PARTS} parts."
    for part in parts:
        if not part.areas or not set(part.areas) <= set(areas):
            return "Choose the subject area of the hours."
        if not part.amount.is_finite() or not 0 < part.amount <= MOST_HOURS:
            return f"Enter contact hours above 0, at most {MOST_HOURS:,}."
        try:
            to_hundredths(part.amount)
        except ValueError:
            return "Enter contact hours with at most two decimals, such as 1.25."
    return None
