"""The words of the questions about a credential. What is asked the rules decide."""

from datetime import date

from aliquot.credentials.facts import FirstRenewal, Pack
from aliquot.credentials.queries.wording import in_units
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest


def about_the_end(pack: Pack) -> tuple[str, str, str]:
    """Label, hint and the error of an empty field: the end of the cycle."""
    example = "such as June 30, 2027, or 6/30/2027"
    if pack.kind == "license":
        hint = f"The date on your license or in the state's account, {example}."
        if pack.cycle_end is not None:
            hint += f" It is a day of an {pack.cycle_end.years} year."
        return "When does your license period end?", hint, "Enter the day your license period ends."
    hint = f"As the body's account shows it, {example}."
    return "When does your cycle end?", hint, "Enter the day your cycle ends."


def end_choice(day: date, today: date) -> str:
    """One of the ends that a body fixes."""
    return f"{long_date(day)}, ended" if day < today else long_date(day)


def about_specialties(pack: Pack) -> str:
    """What a specialty costs, and that a new one costs nothing yet."""
    minima = pack.rule_sets[0].minima or ()
    amount = next((each.points for each in minima if each.per_specialty), None)
    return (
        f"Each asks for {in_units(amount, pack.unit)}. Leave out a specialty that was added "
        "in these two years: it needs no hour for it this time."
    )


def about_roles(pack: Pack) -> str:
    """What a role costs, and that an upgrade costs nothing yet."""
    minima = pack.rule_sets[0].minima or ()
    line = next((each for each in minima if each.if_roles), None)
    if line is None:
        return ""
    return (
        f"It asks for {in_units(line.points, pack.unit)} of {line.title.lower()}. Leave out "
        "an upgrade within these two years."
    )


def about_first_renewal(pack: Pack) -> str:
    """What a first renewal asks for instead."""
    first = next((each.first_renewal for each in pack.rule_sets if each.first_renewal), None)
    return "" if first is None else _first(first, pack.unit)


def _first(first: FirstRenewal, unit: str) -> str:
    if first.proration:
        totals = " or ".join(shortest(step.total) for step in first.proration)
        return f"Then the day you were licensed decides the {unit}: {totals}."
    if not first.minima:
        return f"A first renewal asks for no {unit}."
    lines = ", ".join(
        f"{shortest(each.points)} of {each.title}" for each in first.minima if each.points
    )
    return f"A first renewal asks only for {lines}."


def about_expiry(pack: Pack) -> tuple[str, str]:
    """Label and hint: it has expired."""
    rule, label = pack.expired_rule, f"My {pack.kind} has expired"
    if rule is None:
        return label, ""
    span = "three years" if rule.months == 36 else f"{rule.months} months"
    if rule.total is None:
        return label, f"Then the last {span} count toward getting it back."
    asked = in_units(rule.total, pack.unit)
    return label, f"Then {asked} within the last {span} count toward getting it back."
