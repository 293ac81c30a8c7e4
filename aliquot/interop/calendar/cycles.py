"""The days of cycles, for a calendar: when declaring opens, the last sensible day, the end."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.credentials.queries import CycleStanding
from aliquot.credentials.queries.wording import in_units, verb
from aliquot.interop.calendar.dated import DatedEvent, calendar_file
from aliquot.ledger.facts import LedgerState
from aliquot.ledger.queries import state_of
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest

NAME = "My credentials"


def cycles_file(standings: Sequence[CycleStanding], person: User) -> bytes:
    """The days of these cycles of the person as an iCalendar file."""
    state = state_of(person)
    events = [event for standing in standings for event in events_of(standing, state)]
    return calendar_file(events, name=NAME)


def events_of(standing: CycleStanding, state: LedgerState) -> Iterable[DatedEvent]:
    """The days of one cycle; none where participation is voluntary or the credential expired.

    ``state`` is that of the holder's ledger: with the cycle's revision it says how often the
    words may have changed. The same facts give the same events.
    """
    verdict, pack, cycle = standing.verdict, standing.pack, standing.cycle
    last, end, window = verdict.finish_by, verdict.held.cycle_ends_on, verdict.declaration
    if last is None:
        return
    declared, deed, letters = standing.declared, verb(pack), pack.letters
    url = settings.SITE_URL + reverse("credentials:detail", args=[standing.held.pk])
    said = _said(standing)

    def event(what: str, day: date, title: str, alarms: tuple[int, ...]) -> DatedEvent:
        return DatedEvent(
            uid=f"cycle-{cycle.pk}-{what}@{urlsplit(settings.SITE_URL).hostname}",
            day=day,
            title=f"{letters}: {title}",
            description=f"{said}\n\n{url}",
            url=url,
            revision=cycle.revision + state.entries,
            changed_at=_changed_at(standing, state),
            alarms=alarms,
        )

    if declared is None and window is not None:
        yield event("opens", window.opens_on, f"{pack.body} lets you {deed} from today", (0,))
    if declared is None:
        is_end = last == end
        title = f"last sensible day to {deed if window else 'finish'}"
        yield event("last", last, f"{title}, the cycle ends" if is_end else title, (30, 7, 1))
        if is_end:
            return
    yield event("end", end, "the cycle ends", () if declared else (7,))


def _said(standing: CycleStanding) -> str:
    """What is missing, by what the record holds; not by the day, which changes by itself."""
    verdict, unit = standing.verdict, standing.pack.unit
    if standing.declared is not None:
        return f"Declared on {long_date(standing.declared.declared_on)}."
    if verdict.met is None:
        return f"What is needed is not fully known: check with {standing.pack.body}."
    if verdict.met:
        return f"All {in_units(verdict.needed, unit)} are in."
    lines = [
        f"{line.title}: {shortest(line.missing)} to go"
        for line in verdict.requirements
        if line.missing
    ]
    return "\n".join([f"{in_units(verdict.missing, unit)} to go.", *lines])


def _changed_at(standing: CycleStanding, state: LedgerState) -> datetime:
    """A moment that rises with every change: revisions keep no time, so each counts a second."""
    moments = [standing.cycle.added_at, state.recorded_at]
    if standing.declared is not None:
        moments.append(standing.declared.recorded_at)
    newest = max(moment for moment in moments if moment is not None)
    return newest + timedelta(seconds=standing.cycle.revision)
