"""The figures of a verdict: what is needed, what counts, what is missing, and by when."""

from collections.abc import Sequence
from decimal import Decimal

from aliquot.credentials.facts import Confirmed, Figures, RequirementVerdict
from aliquot.credentials.rules.amounts import to_decimal
from aliquot.credentials.rules.case import Case
from aliquot.credentials.rules.requirements import Line


def figures_of(case: Case, missing: Sequence[int | None]) -> Figures:
    """The figures of a case of whose lines so much is missing, in hundredths; None: unknown."""
    total = case.demand.total
    counted = sum(
        (line.need or 0) - short
        for line, short in zip(case.lines, missing, strict=True)
        if short is not None
    )
    left = None if total is None else total - counted
    is_doubtful_zero = total == 0 and not case.demand.is_confirmed
    return Figures(
        as_of=case.as_of,
        held=case.held,
        confirmed=case.rule_set.confirmed if case.rule_set else Confirmed.NO,
        participation=case.dates.participation,
        rule_set=case.rule_set,
        window=case.dates.window,
        declaration=case.dates.declaration,
        finish_by=case.dates.finish_by,
        needed=_figure(total),
        counted=to_decimal(counted),
        missing=_figure(left),
        met=None if left is None or is_doubtful_zero else left == 0,
        requirements=tuple(map(_requirement, case.demand.lines, missing)),
    )


def _requirement(line: Line, missing: int | None) -> RequirementVerdict:
    counted = None if line.need is None or missing is None else line.need - missing
    return RequirementVerdict(
        id=line.id,
        title=line.title,
        needed=_figure(line.need),
        counted=_figure(counted),
        missing=_figure(missing),
        accepts=line.accepts,
    )


def _figure(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else to_decimal(hundredths)
