"""The days of a plan, for a calendar."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.urls import reverse

from aliquot.flows.plan_credentials import PersonPlan
from aliquot.interop.calendar.dated import DatedEvent
from aliquot.lib.decimals import shortest
from aliquot.web.credentials import words


def days_of(
    plan: PersonPlan, absolute: Callable[[str], str], *, now: datetime
) -> Iterator[DatedEvent]:
    """A day for each course, the last of its month or its own last day, and each last day.

    The keys stay the same, so a calendar that reads the plan again moves the days it knows.
    """
    revision = int(now.timestamp())
    steps = {step.candidate.id: step for step in plan.steps}
    url = absolute(reverse("credentials:plan"))
    for month in plan.spread.months:
        first = month.first
        last = date(first.year, first.month, monthrange(first.year, first.month)[1])
        for share in month.shares:
            if share.is_last:
                step = steps[share.id]
                hours = shortest(step.candidate.offer.hours)
                yield DatedEvent(
                    uid=f"plan-{share.id}@aliquot",
                    day=min(last, step.due) if step.due else last,
                    title=f"Finish: {step.candidate.title} ({hours} h)",
                    description="",
                    url=url,
                    revision=revision,
                    changed_at=now,
                )
    for goal in plan.goals:
        if goal.after.finish_by:
            pack = goal.standing.pack
            deed = f"finish and {words.verb(pack)}" if goal.after.declaration else "finish"
            yield DatedEvent(
                uid=f"last-day-{goal.standing.cycle.pk}@aliquot",
                day=goal.after.finish_by,
                title=f"{pack.letters}: last sensible day to {deed}",
                url=absolute(reverse("credentials:detail", args=[goal.standing.held.pk])),
                description="",
                revision=revision,
                changed_at=now,
            )
