"""One cycle made ready for allocation: its dates and lines, and what each activity may fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aliquot.credentials.facts import Activity, CredentialHeld, Reason, RuleSet
from aliquot.credentials.rules.allocation import Item
from aliquot.credentials.rules.cycles import Dates, dates_of, is_inside
from aliquot.credentials.rules.eligibility import Fit
from aliquot.credentials.rules.grounds import Caps, Grounds, ground_of
from aliquot.credentials.rules.requirements import Demand, Line


@dataclass(frozen=True, slots=True)
class Credit:
    """One part of an activity that is not refused as a whole; ``amount`` in hundredths."""

    activity: int
    part: int
    kind: str
    amount: int
    fit: Fit


@dataclass(frozen=True, slots=True)
class Case:
    """Everything decided before allocation.

    ``totals`` and ``refusals`` go by the position of the activity. ``lines`` may have one more than
    the demand, which stands for minima that nobody knows. ``known`` are the positions of the lines
    that can be filled. ``credits`` stand in the order of ties.
    """

    held: CredentialHeld
    as_of: date
    activities: Sequence[Activity]
    dates: Dates
    rule_set: RuleSet | None
    demand: Demand
    lines: tuple[Line, ...]
    known: tuple[int, ...]
    caps: Caps
    totals: tuple[int, ...]
    refusals: Mapping[int, Reason]
    credits: tuple[Credit, ...]
    approvals_unknown: tuple[int, ...]

    def items(self) -> list[Item]:
        """The credits as the allocator wants them: same order, lines by position in ``known``."""
        group_of = self.caps.group_of
        return [
            Item(credit.activity, credit.amount, credit.fit.takers, group_of.get(credit.kind))
            for credit in self.credits
        ]


def prepare(
    held: CredentialHeld,
    *,
    activities: Sequence[Activity],
    as_of: date,
    grounds: Grounds | None = None,
) -> Case:
    """Decide everything that does not depend on how credit is allocated.

    ``grounds`` remembers what cycles judged before have in common with this one.
    """
    dates = dates_of(held, as_of=as_of)
    ground = grounds.of(held, dates.window) if grounds else ground_of(held, dates.window)
    demand, screening = ground.demand, ground.screening
    converted = [screening.converted(activity) for activity in activities]
    totals = tuple(map(sum, converted))
    refusals = {}
    for index, activity in enumerate(activities):
        refusal = screening.refusal_of_whole(
            activity,
            totals[index],
            is_inside=is_inside(activity.completed_on, held, dates.window),
        )
        if refusal is not None:
            refusals[index] = refusal
    in_tie_order = sorted(
        (index for index in range(len(activities)) if index not in refusals),
        key=lambda index: activities[index].completed_on,
    )
    return Case(
        held=held,
        as_of=as_of,
        activities=activities,
        dates=dates,
        rule_set=ground.rule_set,
        demand=demand,
        lines=screening.lines,
        known=screening.known,
        caps=ground.caps,
        totals=totals,
        refusals=refusals,
        credits=tuple(
            Credit(
                activity=index,
                part=part,
                kind=activities[index].kind,
                amount=amount,
                fit=screening.fit(activities[index], activities[index].parts[part], amount),
            )
            for index in in_tie_order
            for part, amount in enumerate(converted[index])
        ),
        approvals_unknown=tuple(
            index
            for index in sorted(in_tie_order)
            if screening.approval_is_unknown(activities[index])
        ),
    )
