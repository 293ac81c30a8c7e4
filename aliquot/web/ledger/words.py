"""Activities in words: amounts with their unit, subject areas, what a kind is worth."""

from dataclasses import dataclass
from decimal import Decimal

from aliquot.catalog.data import approvals, areas
from aliquot.credentials.facts import KINDS
from aliquot.credentials.queries import packs
from aliquot.ledger.facts import ActivityClaim, CreditPart
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest

# One, several; as they stand on a proof.
_UNITS = {
    "contact_hours": ("contact hour", "contact hours"),
    "ceu": ("CEU", "CEU"),
    "semester_hours": ("semester hour", "semester hours"),
    "quarter_hours": ("quarter hour", "quarter hours"),
    "in_service": ("in-service hour", "in-service hours"),
    "points": ("point", "points"),
    "covid_work": ("point of COVID-19 work", "points of COVID-19 work"),
    "staff_meeting": ("hour of meetings", "hours of meetings"),
}
# What a form offers, in the order of how often it is needed; covid_work is a kind of old records.
OFFERED = (
    "contact_hours",
    "in_service",
    "ceu",
    "points",
    "semester_hours",
    "quarter_hours",
    "staff_meeting",
)
_HELP = {
    "contact_hours": "A certificate in contact hours, CMLE or P.A.C.E. credits.",
    "in_service": "Training that your employer assigned, in hours. A staff meeting is none.",
    "ceu": "A certificate in continuing education units.",
    "points": "Only if the proof itself states points.",
    "semester_hours": "A college course on a semester calendar, passed for credit.",
    "quarter_hours": "A college course on a quarter calendar, passed for credit.",
    "staff_meeting": "Staff meetings and orientation never count. You may still keep a record.",
}


@dataclass(frozen=True, slots=True)
class KindHelp:
    """A kind as the form explains it: its title, what it is, what one unit is worth."""

    id: str
    title: str
    text: str
    worth: str
    unit: str
    factor: int  # 0: never counts


def kind_helps() -> list[KindHelp]:
    """Every kind the form offers."""
    return [
        KindHelp(
            id=kind,
            title=KINDS[kind].title,
            text=_HELP[kind],
            worth=worth_of_one(kind),
            unit=_UNITS[kind][1],
            factor=KINDS[kind].factor if KINDS[kind].earns else 0,
        )
        for kind in OFFERED
    ]


def worth_of_one(kind: str) -> str:
    """What one unit is worth, in a sentence: ``1 CEU is 10 points or hours.``."""
    if not KINDS[kind].earns:
        return "It never counts."
    if kind == "points":
        return "They count as they are."
    factor = KINDS[kind].factor
    worth = "1 point or hour" if factor == 1 else f"{factor} points or hours"
    return f"1 {_UNITS[kind][0]} is {worth}."


def cap_notes(kind: str, held: set[str]) -> list[str]:
    """What the bodies of these credentials take of a kind at most, each in a sentence."""
    notes = []
    for pack in packs():
        total = pack.rule_sets[0].total
        for cap in pack.caps:
            if pack.id in held and kind in cap.kinds and total is not None:
                most = total * cap.fraction_of_total.numerator / cap.fraction_of_total.denominator
                notes.append(
                    f"{pack.letters} takes at most {shortest(most)} {pack.unit} of college work "
                    "in one cycle."
                )
    return notes


def in_unit(amount: Decimal, kind: str) -> str:
    """``1.5 contact hours``, ``0.15 CEU``, ``1 semester hour``."""
    one, several = _UNITS[kind]
    return f"{shortest(amount)} {one if amount == 1 else several}"


def worth(amount: Decimal, kind: str) -> str:
    """What an amount is worth where that is another number: ``1.5 points or hours``."""
    found = KINDS[kind]
    if not found.earns:
        return "never counts"
    if found.factor == 1:
        return ""
    value = amount * found.factor
    return f"worth {shortest(value)} {'point or hour' if value == 1 else 'points or hours'}"


def area_names(ids: tuple[str, ...]) -> str:
    """``Blood bank``, ``Blood bank or Immunology``."""
    known = areas()
    return " or ".join(known[each].title if each in known else each for each in ids)


def approval_names(ids: tuple[str, ...] | None) -> str:
    """The approvals in words; unknown and none are different things."""
    if ids is None:
        return "Not known"
    if not ids:
        return "None"
    titles = approvals()
    return ", ".join(titles.get(each, each) for each in ids)


def total_of(parts: tuple[CreditPart, ...]) -> Decimal:
    """All parts together, in the unit of their kind."""
    return sum((part.amount for part in parts), Decimal(0))


def credit_lines(claim: ActivityClaim) -> list[str]:
    """One line for each part: ``1.5 contact hours of Blood bank or Immunology``."""
    lines = [
        f"{in_unit(part.amount, claim.kind)} in {area_names(part.areas)}" for part in claim.parts
    ]
    value = worth(total_of(claim.parts), claim.kind)
    return [*lines, value[:1].upper() + value[1:]] if value else lines


def rows_of(claim: ActivityClaim) -> list[dict[str, str]]:
    """What was said, as pairs to check."""
    split = len(claim.parts) > 1
    rows = [
        {"key": "Title", "value": claim.title},
        {"key": "Provider", "value": claim.provider_name},
        {"key": "Finished on", "value": long_date(claim.completed_on)},
        {
            "key": "The provider's split" if split else "Credit",
            "value": "\n".join(credit_lines(claim)),
        },
        {"key": "Approved by", "value": approval_names(claim.approvals)},
    ]
    if claim.course_number:
        rows.append({"key": "Course number", "value": claim.course_number})
    if claim.agency_number:
        rows.append({"key": "Accrediting agency number", "value": claim.agency_number})
    return rows
