"""Writing the verdict: every point with its place and its reason."""

from collections import defaultdict
from decimal import Decimal

from aliquot.credentials.facts import Allocation, NotCounted, Reason, Verdict
from aliquot.credentials.rules.amounts import to_decimal
from aliquot.credentials.rules.case import Case
from aliquot.credentials.rules.figures import figures_of
from aliquot.credentials.rules.notices import notices_for
from aliquot.credentials.rules.sentences import Speaker
from aliquot.credentials.rules.settling import Settled, leftovers


def report(case: Case, settled: Settled) -> Verdict:
    """The verdict on a settled case."""
    figures = figures_of(case, settled.missing)
    speaker = Speaker(case.held, case.rule_set, case.dates.window, case.caps)
    not_counted = _not_counted(case, settled, speaker)
    surplus = [row.amount for row in not_counted if row.reason is Reason.SURPLUS]
    return Verdict(
        as_of=figures.as_of,
        held=figures.held,
        confirmed=figures.confirmed,
        participation=figures.participation,
        rule_set=figures.rule_set,
        window=figures.window,
        declaration=figures.declaration,
        finish_by=figures.finish_by,
        needed=figures.needed,
        counted=figures.counted,
        missing=figures.missing,
        surplus=sum(surplus, Decimal(0)),
        met=figures.met,
        requirements=figures.requirements,
        allocations=_allocations(case, settled, speaker),
        not_counted=not_counted,
        warnings=notices_for(case, settled),
    )


def _allocations(case: Case, settled: Settled, speaker: Speaker) -> tuple[Allocation, ...]:
    """One row per activity and requirement, in the order of the activities."""
    parts_of: dict[tuple[int, int], list[int]] = defaultdict(list)
    lines_of: dict[int, list[int]] = defaultdict(list)
    for credit, position in settled.taken:
        parts_of[case.credits[credit].activity, position].append(credit)
        lines_of[credit].append(position)
    split = {credit for credit, lines in lines_of.items() if _is_split(case, credit, lines)}
    rows = []
    for (activity, position), parts in sorted(parts_of.items()):
        line = case.lines[position]
        areas = [area for part in parts for area in case.credits[part].fit.areas]
        because = speaker.because(
            case.activities[activity],
            [area for area in dict.fromkeys(areas) if line.takes_any_of((area,))],
            line,
            is_split=not split.isdisjoint(parts),
            is_pinned=(activity, position) in settled.pinned,
        )
        amount = sum(settled.taken[part, position] for part in parts)
        rows.append(Allocation(case.activities[activity].id, line.id, to_decimal(amount), because))
    return tuple(rows)


def _is_split(case: Case, credit: int, lines: list[int]) -> bool:
    """Whether no single area of the part explains every line that it counts toward."""
    areas = case.credits[credit].fit.areas
    return len(areas) > 1 and not any(
        all(case.lines[line].takes_any_of((area,)) for line in lines) for area in areas
    )


def _not_counted(case: Case, settled: Settled, speaker: Speaker) -> tuple[NotCounted, ...]:
    return tuple(
        NotCounted(
            activity=case.activities[row.activity].id,
            amount=to_decimal(row.amount),
            reason=row.reason,
            explain=speaker.explain(
                row.reason,
                case.activities[row.activity],
                row.areas,
                [case.lines[line] for line in row.lines],
            ),
        )
        for row in leftovers(case, settled)
    )
