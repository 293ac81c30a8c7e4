"""Mail about credentials: which reminders come, and in which hours none."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from aliquot.api.credentials.held import WRITE
from aliquot.api.credentials.standing import READ
from aliquot.api.frame import ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import Flag, TimeIn, TimeOut
from aliquot.credentials import queries, services
from aliquot.credentials.errors import InvalidClaimError

area = Area("Reminders")
Days = Annotated[
    list[Literal[180, 90, 30, 7, 1]],
    Field(max_length=5, description="Before the last sensible day."),
]


class ComingLine(Shape):
    """The next reminder of an open cycle; `goes_at` null: none comes."""

    held_id: Id
    credential: str
    finish_by: date | None
    days: int | None
    goes_at: datetime | None
    is_declared: bool


class ReminderShape(Shape):
    """Which mail you get. Quiet hours are on the clock of your time zone; null: there are none."""

    days: list[int]
    rule_changes: bool
    quiet_from: TimeOut | None
    quiet_until: TimeOut | None
    coming: list[ComingLine]


class RemindersIn(Taken):
    """All wishes as they are to be from now on."""

    days: Days
    rule_changes: Annotated[Flag, Field(description="Mail when a rule of a cycle changes.")]
    quiet_from: TimeIn | None = None
    quiet_until: TimeIn | None = None


@area.read("/me/reminders", scope=READ, gives=ReminderShape)
def get_reminders(request: ApiRequest) -> ReminderShape:
    """Your wishes, and which mail comes next for each credential."""
    return _reminders(request)


@area.deed("/me/reminders", scope=WRITE, gives=ReminderShape, method="PUT")
def save_reminders(request: ApiRequest, body: RemindersIn) -> ReminderShape:
    """Choose which reminders come, and in which hours none; mail waits until they end."""
    key = request.auth
    if body.quiet_from is not None and body.quiet_from == body.quiet_until:
        raise InvalidClaimError({"quiet_until": "Enter another end, or none at all."})
    services.save_reminder_settings(
        person=key.person, now=key.now, actor_id=key.person.pk, **body.model_dump()
    )
    return _reminders(request)


def _reminders(request: ApiRequest) -> ReminderShape:
    person, now = request.auth.person, request.auth.now
    stored = queries.reminder_settings_of(person)
    wishes = queries.wishes_in(stored)
    return ReminderShape(
        days=sorted(wishes.days, reverse=True),
        rule_changes=stored is None or stored.rule_changes,
        quiet_from=wishes.quiet_from,
        quiet_until=wishes.quiet_until,
        coming=[
            ComingLine(
                held_id=each.cycle.held_id,
                credential=each.pack.id,
                finish_by=each.finish_by,
                days=each.coming.days if each.coming else None,
                goes_at=each.coming.goes_at if each.coming else None,
                is_declared=each.is_declared,
            )
            for each in queries.coming_reminders(person, now=now)
        ],
    )
