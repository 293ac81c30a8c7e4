"""What a course could do for a credential, before anybody has taken it. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts import Activity, CredentialHeld, CycleEnd, Pack
from aliquot.credentials.rules.amounts import to_decimal
from aliquot.credentials.rules.case import prepare


def reach_of(held: CredentialHeld, offer: Activity, *, as_of: date) -> Mapping[str, Decimal]:
    """How many points of the activity each requirement could take, if it needed that many.

    By requirement id; what takes nothing is absent. Approvals, areas, dates and shortest amounts
    are judged as in a verdict.
    """
    case = prepare(held, activities=(offer,), as_of=as_of)
    reach: dict[str, int] = defaultdict(int)
    for credit in case.credits:
        for line in credit.fit.taken_by(case.known):
            reach[case.lines[line].id] += credit.amount
    return {requirement: to_decimal(amount) for requirement, amount in reach.items()}


def newcomer(pack: Pack, *, today: date) -> CredentialHeld:
    """A holder who must take part, in a cycle that is open on the day: for pages about anybody."""
    return CredentialHeld(
        pack=pack,
        cycle_ends_on=_next_end(pack.cycle_end, today),
        first_certified_on=pack.participation.mandatory_from,
    )


def _next_end(end: CycleEnd | None, today: date) -> date:
    """A day on which a cycle may end, today or later; the end of this year where any day does."""
    month, day = (end.month, end.day) if end is not None else (None, None)
    years = "any" if end is None else end.years
    for year in range(today.year, today.year + 3):
        candidate = date(year, month or 12, day or 31)
        if candidate >= today and (years == "any" or year % 2 == (years == "odd")):
            return candidate
    raise AssertionError("three years in a row hold an even and an odd one")
