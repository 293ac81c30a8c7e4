"""What a holder may say about a credential: dates that can be, amounts that can be. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import CredentialHeld, Pack, Questions
from aliquot.credentials.rules.amounts import to_hundredths
from aliquot.credentials.rules.cycles import cycle_of, ends_there, problems_with
from aliquot.lib.dates import long_date

MOST_POINTS = Decimal(10_000)
LONGEST_NUMBER = 80  # characters of a confirmation number
EARLIEST_END = date(2000, 1, 1)
_LONGEST_CAREER = 80  # years; an older date of certification is a slip of the hand
_SLACK = 1  # years beyond one full cycle that an end may lie ahead: bodies round and renew early

type Problems = dict[str, str]


def check_claim(held: CredentialHeld, *, today: date, later_than: date | None = None) -> None:
    """Raise InvalidClaimError naming every field that cannot be right.

    ``later_than`` is the end of the cycle before, which this one must come after. The fields are
    ``ends_on``, ``first_certified_on``, ``licensed_on``, ``specialties`` and ``roles``.
    """
    problems = {
        **_end_problems(held, today, later_than),
        **_certification_problems(held, today),
        **_license_problems(held, today),
        **_scope_problems(held),
    }
    if problems:
        raise InvalidClaimError(problems)


def check_declaration(
    held: CredentialHeld, *, declared_on: date, confirmation_number: str, today: date
) -> None:
    """Raise InvalidClaimError naming what of "I declared" cannot be right.

    The fields are ``declared_on`` and ``confirmation_number``.
    """
    problems = {}
    cycle = cycle_of(held)
    if declared_on > today:
        problems["declared_on"] = "Check the date: it is in the future."
    elif cycle is not None and declared_on < cycle.starts_on and not held.expired:
        began = long_date(cycle.starts_on)
        problems["declared_on"] = f"Check the date: this cycle began on {began}."
    if len(confirmation_number) > LONGEST_NUMBER or not confirmation_number.isprintable():
        problems["confirmation_number"] = f"Enter at most {LONGEST_NUMBER} letters and digits."
    if problems:
        raise InvalidClaimError(problems)


def checked_points(points: Mapping[str, Decimal], *, accepted: Iterable[str]) -> dict[str, Decimal]:
    """Amounts by requirement, as given; InvalidClaimError names each that cannot be right."""
    known = set(accepted)
    problems = {}
    for requirement, amount in points.items():
        if requirement not in known:
            problems[requirement] = "This credential has no such requirement."
        elif problem := _amount_problem(amount):
            problems[requirement] = problem
    if problems:
        raise InvalidClaimError(problems)
    return dict(points)


def _amount_problem(amount: Decimal) -> str | None:
    if not amount.is_finite():
        return "Enter a number, such as 1.5."
    if amount < 0:
        return "Enter 0 or more."
    if amount > MOST_POINTS:
        return "Enter 10,000 or less."
    try:
        to_hundredths(amount)
    except ValueError:
        return "Enter at most two decimals, such as 1.25."
    return None


def _end_problems(held: CredentialHeld, today: date, later_than: date | None) -> Problems:
    end = held.cycle_ends_on
    if end < EARLIEST_END:
        return {"ends_on": "Check the year: no cycle that ended before 2000 is judged here."}
    if later_than is not None and end <= later_than:
        return {"ends_on": f"The next cycle must end after {long_date(later_than)}."}
    years = held.pack.cycle_years
    if years is not None:
        latest = _years_after(today, years + _SLACK)
        if end > latest:
            return {
                "ends_on": f"Check the year: a cycle lasts {years} years, so this one cannot end "
                f"after {long_date(latest)}."
            }
    for problem in problems_with(held):
        if problem.path == ("cycle_ends_on",):
            return {"ends_on": f"{held.pack.body} ends this cycle on {problem.accepted}."}
    return {}


def _certification_problems(held: CredentialHeld, today: date) -> Problems:
    certified = held.first_certified_on
    if certified is None:
        return {}
    field = "first_certified_on"
    if certified > today:
        return {field: "Check the date: it is in the future."}
    if certified < _years_after(today, -_LONGEST_CAREER):
        return {field: "Check the year: it is too long ago."}
    if certified >= held.cycle_ends_on:
        return {field: "Check the dates: the cycle cannot end before you were certified."}
    return {}


def _license_problems(held: CredentialHeld, today: date) -> Problems:
    """The license date matters for a prorated first renewal only; there it lies in the cycle."""
    field = "licensed_on"
    if held.licensed_on is not None and held.licensed_on > today:
        return {field: "Check the date: it is in the future."}
    for problem in problems_with(held):
        if problem.path != (field,):
            continue
        if held.licensed_on is None:
            return {field: "Enter the day you were licensed: a first renewal depends on it."}
        cycle = cycle_of(held)
        days = f" {long_date(cycle.starts_on)} to {long_date(cycle.ends_on)}" if cycle else ""
        return {
            field: f"A first renewal needs a license date from{days}. Check the date, or say that "
            "it is not your first renewal."
        }
    return {}


def _scope_problems(held: CredentialHeld) -> Problems:
    """Only what the rules ask for: another specialty or role would be kept and mean nothing."""
    asked, problems = questions_of(held.pack), {}
    unknown = [each for each in held.specialties if each not in held.pack.specialty_titles]
    if unknown or (held.specialties and not asked.specialties):
        problems["specialties"] = "Choose specialties of the list."
    if set(held.roles) - set(asked.roles):
        problems["roles"] = "Choose roles of the list."
    return problems


def _years_after(day: date, years: int) -> date:
    """The same day of another year; February 29 becomes February 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def question_left(pack: Pack, first_certified_on: date | None) -> str | None:
    """The one fact that still decides who must take part: ``formerly_nca``, ``international``.

    Former NCA certification matters unless the body itself certified before its date, and a holder
    who gives an old date may mean NCA's. An international certification matters between the two
    dates. None: nothing more to ask.
    """
    rule, certified = pack.participation, first_certified_on
    if rule.former_nca_before and (certified is None or certified < rule.former_nca_before):
        return "formerly_nca"
    starts, international = rule.mandatory_from, rule.mandatory_from_international
    if certified and starts and international and starts <= certified < international:
        return "international"
    return None


def questions_of(pack: Pack, *, today: date | None = None) -> Questions:
    """What the rules of a credential depend on, and so what its holder is asked; nothing else.

    ``today`` decides which of the ends that a body fixes are near enough to be meant.
    """
    minima = [each for rule_set in pack.rule_sets for each in rule_set.minima or ()]
    firsts = [each.first_renewal for each in pack.rule_sets if each.first_renewal is not None]
    rule = pack.participation
    depends = pack.kind != "license" and rule.mandatory_from is not None
    roles = frozenset().union(*(each.if_roles for each in minima))
    return Questions(
        ends=possible_ends(pack, today) if today else (),
        certified=depends,
        former_nca=depends and rule.former_nca_before is not None,
        international=depends and rule.mandatory_from_international is not None,
        first_renewal=bool(firsts),
        licensed_on=any(first.proration for first in firsts),
        specialties=any(each.per_specialty for each in minima),
        roles=tuple(sorted(roles)),
        expired=pack.expired_rule is not None,
    )


def possible_ends(pack: Pack, today: date, *, later_than: date | None = None) -> tuple[date, ...]:
    """The ends that a body fixes: the last one that has passed, and those within reach.

    ``later_than``: only ends after it, at least one of them. Empty where the body fixes no day.
    """
    end, years = pack.cycle_end, pack.cycle_years
    if end is None or end.month is None or end.day is None or years is None:
        return ()
    first = min(today, later_than or today).year - years
    last = max(today, later_than or today).year + 2 * years
    days = [date(year, end.month, end.day) for year in range(first, last + 1)]
    ends = [day for day in days if ends_there(day, end)]
    if later_than is not None:
        ends = [day for day in ends if day > later_than]
    past = [day for day in ends if day < today][-1:]
    near = [day for day in ends if today <= day <= _years_after(today, years + _SLACK)]
    return (*past, *near)
