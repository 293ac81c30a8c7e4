"""The days of a plan, for a calendar."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from aliquot.credentials.queries.wording import verb
from aliquot.flows.plan_credentials import PersonPlan
from aliquot.interop.calendar.dated import DatedEvent, calendar_file
from aliquot.lib.decimals import shortest


def plan_file(plan: PersonPlan, *, now: datetime) -> bytes:
    """The days of a plan as an iCalendar file."""
    return calendar_file(days_of(plan, now=now), name="Plan")


def days_of(plan: PersonPlan, *, now: datetime) -> Iterator[DatedEvent]:
    """A day for each course, the last of its month or its own last day, and each last day.

    The keys stay the same, so a calendar that reads the plan again moves the days it knows.
    """
    revision = int(now.timestamp())
    steps = {step.candidate.id: step for step in plan.steps}
    url = settings.SITE_URL + reverse("credentials:plan")
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
            deed = f"finish and {verb(pack)}" if goal.after.declaration else "finish"
            yield DatedEvent(
                uid=f"last-day-{goal.standing.cycle.pk}@aliquot",
                day=goal.after.finish_by,
                title=f"{pack.letters}: last sensible day to {deed}",
                url=settings.SITE_URL + reverse("credentials:detail", args=[goal.standing.held.pk]),
                description="",
                revision=revision,
                changed_at=now,
            )
