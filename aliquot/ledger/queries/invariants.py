"""What must always be true of the ledger (I4): only an exact counter-entry takes back."""

from collections.abc import Iterator

from django.db.models import F, Q

from aliquot.infra.streams import by_key
from aliquot.learning.models import Completion
from aliquot.ledger.models import Activity, CreditEntry
from aliquot.lib.invariants import Check, sentences


def invariant_checks() -> tuple[Check, ...]:
    """Entries and their counter-entries; activities of completions."""
    return (
        Check("I4", "credit entries", CreditEntry.objects.count, _broken_entries),
        Check("I4", "activities", Activity.objects.count, _broken_activities),
    )


def broken_invariants() -> Iterator[str]:
    """What must be true of the ledger and is not, one sentence each."""
    yield from sentences(invariant_checks())


def _broken_entries() -> Iterator[str]:
    wrong = CreditEntry.objects.filter(reverses__isnull=False).exclude(
        Q(activity=F("reverses__activity")) & Q(amount=-F("reverses__amount"))
    )
    for entry in by_key(wrong.only("pk")):
        yield f"Credit entry {entry.pk} does not take back exactly what it points at."
    strange = CreditEntry.objects.exclude(person=F("activity__person"))
    for entry in by_key(strange.only("pk")):
        yield f"Credit entry {entry.pk} belongs to another person than its activity."


def _broken_activities() -> Iterator[str]:
    strange = Activity.objects.filter(completion__isnull=False).exclude(
        person=F("completion__person")
    )
    for each in by_key(strange.only("pk")):
        yield f"Activity {each.pk} belongs to another person than its completion."
    empty = Activity.objects.filter(entries=None)
    for each in by_key(empty.only("pk")):
        yield f"Activity {each.pk} has no credit entry."
    without = Completion.objects.filter(corrects=None, activity=None)
    for each in by_key(without.only("pk")):
        yield f"Completion {each.pk} earned nothing in the ledger."
