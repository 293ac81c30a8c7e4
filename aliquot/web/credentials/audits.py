"""The words of the audit drill: what would fail, how to mend it, what surplus covers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from aliquot.accounts.facts import STATES
from aliquot.credentials.facts.closing import Drill, Fault, Finding, Sheet, SheetActivity
from aliquot.credentials.queries import PROOF_FACTS, state_of
from aliquot.credentials.queries.wording import in_units
from aliquot.lib.dates import short_date
from aliquot.web.credentials.sheets import place_of

_OPENING = (Fault.OPENING_BALANCE,)


@dataclass(frozen=True, slots=True)
class Mend:
    """What to do about a fault, and where."""

    fault: str
    advice: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class FindingWords:
    """One record that would fail."""

    title: str
    area: str
    provider: str
    completed_on: date | None
    counted: Decimal
    mends: tuple[Mend, ...]


@dataclass(frozen=True, slots=True)
class DrillWords:
    """The drill as a page shows it. ``kind`` is that of the notice."""

    title: str
    cover: str
    kind: str
    findings: tuple[FindingWords, ...]
    demonstration: str


def drill_words(drill: Drill, sheet: Sheet, *, held_id: int) -> DrillWords:
    """What an audit would find today, in plain words with a way to mend each."""
    title, kind = _title(drill)
    return DrillWords(
        title=title,
        cover=_cover(drill, sheet),
        kind=kind,
        findings=tuple(_findings(drill, sheet, held_id)),
        demonstration=_demonstration(drill),
    )


def _title(drill: Drill) -> tuple[str, str]:
    spared = max(len(_openings(drill)) - 1, 0)  # all opening balances together are one record
    count = drill.records - spared
    records = f"{count} record{'' if count == 1 else 's'}"
    failing = len([each for each in drill.findings if each.counted]) - spared
    if not drill.records:
        return "Nothing counts yet, so there is nothing to audit", "info"
    if drill.passes:
        one = "The one record that counts would pass" if count == 1 else ""
        return one or f"All {records} would pass an audit today", "success"
    if not failing:
        return f"All {records} that count would pass an audit today", "success"
    kind = "danger" if drill.uncovered else "warning"
    return f"{failing} of {records} would fail an audit today", kind


def _cover(drill: Drill, sheet: Sheet) -> str:
    """``1.5 points unproven; 1.5 surplus points of "…" (May 3, 2026) can stand in``."""
    if not drill.at_stake:
        return ""
    said = [f"{in_units(drill.at_stake, sheet.unit)} unproven"]
    if drill.stand_ins:
        names = "; ".join(
            f"{in_units(each.amount, sheet.unit)} of {_named(sheet.activities[each.activity])}"
            for each in drill.stand_ins
        )
        said.append(f"surplus can stand in: {names}")
    sentence = f"{'. '.join(_capital(each) for each in said)}."
    if not drill.uncovered:
        return f"{sentence} Together that covers what would be lost."
    missing = in_units(drill.uncovered, sheet.unit)
    rest = "After that, " if drill.stand_ins else "Nothing left over can stand in: "
    return f"{sentence} {rest}{missing} would be lost."


def _named(activity: SheetActivity) -> str:
    day = f" ({short_date(activity.completed_on)})" if activity.completed_on else ""
    return f"“{activity.title}”{day}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _demonstration(drill: Drill) -> str:
    if not drill.demonstrations:
        return ""
    some = "It proves" if drill.demonstrations == 1 else "They prove"
    count = f"{drill.demonstrations} of the certificates "
    verb = "is a demonstration" if drill.demonstrations == 1 else "are demonstrations"
    return f"{count}{verb}. {some} nothing to a body; the drill goes on as if they were real."


def _openings(drill: Drill) -> list[Finding]:
    return [each for each in drill.findings if each.counted and each.faults == _OPENING]


def _findings(drill: Drill, sheet: Sheet, held_id: int) -> list[FindingWords]:
    """Each record that would fail; opening balances, which are mended together, as one."""
    openings = _openings(drill)
    found = [_finding(each, sheet, held_id) for each in drill.findings if each.faults != _OPENING]
    if openings:
        names = (sheet.activities[each.activity].title.partition(": ")[2] for each in openings)
        together = FindingWords(
            title=f"Opening balance: {', '.join(names)}",
            area="remainder",
            provider="",
            completed_on=None,
            counted=sum((each.counted for each in openings), Decimal(0)),
            mends=(_opening(sheet, held_id),),
        )
        found.append(together)
    return sorted(found, key=lambda each: -each.counted)


def _finding(finding: Finding, sheet: Sheet, held_id: int) -> FindingWords:
    activity = sheet.activities.get(finding.activity)
    return FindingWords(
        title=activity.title if activity else "An activity that is not there any more",
        area=activity.area if activity else "",
        provider=activity.provider if activity else "",
        completed_on=activity.completed_on if activity else None,
        counted=finding.counted,
        mends=tuple(_mends(finding, activity, sheet, held_id)),
    )


def _mends(
    finding: Finding, activity: SheetActivity | None, sheet: Sheet, held_id: int
) -> Iterator[Mend]:
    for fault in finding.faults:
        match fault:
            case Fault.NOT_COUNTED:
                yield _not_counted(finding, sheet, held_id)
            case Fault.OTHER_NAME if activity:
                yield _other_name(activity)
            case Fault.NO_PROOF if activity:
                yield _no_proof(activity)
            case Fault.NOT_SHOWN if activity:
                yield from _not_shown(finding, activity, sheet)


def _opening(sheet: Sheet, held_id: int) -> Mend:
    return Mend(
        f"You brought these {sheet.unit} from {sheet.body}'s page, and no proof is kept here.",
        "Find the certificates, log each activity with its proof, then lower the balance by as "
        "much.",
        reverse("credentials:points", args=[held_id]),
        "Change the opening balance",
    )


def _not_counted(finding: Finding, sheet: Sheet, held_id: int) -> Mend:
    return Mend(
        f"You noted it as typed at {place_of(sheet)}, but it does not count: {finding.why}.",
        f"Take it out at {place_of(sheet)} as well, then undo it in the pack.",
        reverse("credentials:pack", args=[held_id]),
        "Open the pack",
    )


def _no_proof(activity: SheetActivity) -> Mend:
    if activity.origin == "completion":
        return Mend(
            "Its certificate was revoked, or was not issued yet.",
            "Look at your certificates, and ask us if you think that is wrong.",
            reverse("certificates:list"),
            "Your certificates",
        )
    return Mend(
        "No proof is kept here.",
        "Add the certificate as a PDF or a photo.",
        reverse("ledger:proof_add", args=[int(activity.id)]),
        "Add a proof",
    )


def _other_name(activity: SheetActivity) -> Mend:
    names = " and ".join(f"“{paper.participant}”" for paper in activity.papers if paper.participant)
    return Mend(
        f"The certificate says {names}, your profile another name.",
        "If your name changed, ask us for a new certificate. Else correct the profile.",
        reverse("accounts:profile"),
        "Your profile",
    )


def _not_shown(finding: Finding, activity: SheetActivity, sheet: Sheet) -> Iterator[Mend]:
    state = STATES.get(state_of(sheet.credential), "")
    missing = list(finding.not_shown)
    if activity.origin == "completion":
        if "license_number" in missing:
            missing.remove("license_number")
            yield Mend(
                f"Your certificate does not carry your {state} license number.",
                "Add the number to your profile, then ask us to issue the certificate again: a "
                "certificate is never changed after its issue.",
                reverse("accounts:profile"),
                "Add the license number",
            )
        if missing:
            yield Mend(
                f"The certificate does not show {_listed(missing)}.",
                f"Ask {place_of(sheet)} whether it takes it all the same.",
            )
        return
    yield Mend(
        f"No proof of it shows {_listed(missing)}.",
        "If the paper has it, say so at the proof. Else ask the provider for one that does.",
        reverse("ledger:detail", args=[int(activity.id)]),
        "Look at the proof",
    )
    numbers = [name for name in missing if name in {"course_number", "agency_number"}]
    if numbers:
        yield Mend(
            "The activity has no " + " and no ".join(map(_number, numbers)) + " either.",
            "Copy what the certificate prints.",
            reverse("ledger:correct", args=[int(activity.id)]),
            "Correct the activity",
        )


def _number(name: str) -> str:
    return PROOF_FACTS[name].removeprefix("the ")


def _listed(names: Iterable[str]) -> str:
    *before, last = (PROOF_FACTS[name] for name in names)
    return f"{', '.join(before)} and {last}" if before else last


def kept_for(sheet: Sheet, retain_years: int | None) -> str:
    """How long the papers must be kept, as far as that is known."""
    if retain_years is None:
        return (
            f"How long {place_of(sheet)} wants papers kept is not known. What is here stays here; "
            "keep your originals at least until the next cycle is through."
        )
    place = place_of(sheet).capitalize() if sheet.kind == "license" else sheet.body
    return f"{place} wants papers kept for {retain_years} years. What is here stays here."
