"""What many people have earned at once: for runs over everybody."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Max, TextField
from django.db.models.functions import Cast

from aliquot.ledger.facts import CreditPart, EarnedActivity, PersonCredit
from aliquot.ledger.models import CreditEntry


def newest_entries(people: Collection[int]) -> dict[int, int]:
    """The id of the newest credit entry of each person who has one."""
    rows = CreditEntry.objects.filter(person__in=people).order_by().values("person_id")
    return dict(rows.annotate(newest=Max("pk")).values_list("person_id", "newest"))


def credit_of(people: Collection[int]) -> Mapping[int, PersonCredit]:
    """What each of many people has earned, in one query; who has no entry is left out.

    The activities are those of ``activities_of``, in its order, without titles and providers.
    """
    rows = CreditEntry.objects.filter(person__in=people).order_by("part", "pk")
    entries: dict[int, dict[int, list[_Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in rows.values_list(*_ENTRY_FIELDS):
        entries[entry[0]][entry[1]].append(entry)
    return {person: _person_credit(activities) for person, activities in entries.items()}


type _Entry = tuple[Any, ...]


def _text(name: str) -> Cast:
    """As the database writes it: the same few values come again and again, and are read once."""
    return Cast(name, TextField())


_ENTRY_FIELDS = (
    "person_id", "activity_id", "pk", "reverses_id", _text("amount"), _text("areas"),
    _text("activity__completed_on"), "activity__kind", _text("activity__approvals"),
    "activity__origin", "activity__completion_id",
)  # fmt: skip
_day = lru_cache(maxsize=4096)(date.fromisoformat)


@lru_cache(maxsize=4096)
def _part(amount: str, areas: str) -> CreditPart:
    return CreditPart(amount=Decimal(amount), areas=tuple(json.loads(areas)))


@lru_cache(maxsize=4096)
def _approvals(text: str | None) -> tuple[str, ...] | None:
    found = None if text is None else json.loads(text)
    return None if found is None else tuple(found)


def _person_credit(entries_of: Mapping[int, list[_Entry]]) -> PersonCredit:
    found = [_earned(activity, entries) for activity, entries in entries_of.items()]
    found = [activity for activity in found if activity.parts]
    return PersonCredit(
        newest_entry=max(entry[2] for entries in entries_of.values() for entry in entries),
        activities=tuple(sorted(found, key=lambda each: (each.completed_on, each.id))),
    )


def _earned(activity: int, entries: list[_Entry]) -> EarnedActivity:
    reversed_ids = {entry[3] for entry in entries}
    completed_on, kind, approvals, origin, completion = entries[0][6:]
    return EarnedActivity(
        id=activity,
        completion_id=completion,
        origin=origin,
        title="",
        provider_name="",
        completed_on=_day(completed_on),
        kind=kind,
        approvals=_approvals(approvals),
        parts=tuple(
            _part(entry[4], entry[5])
            for entry in entries
            if entry[3] is None and entry[2] not in reversed_ids
        ),
    )
