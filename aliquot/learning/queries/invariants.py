"""What must always be true of enrollments and completions (I3, I7)."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from aliquot.infra.streams import by_key
from aliquot.learning.models import Bookmark, Completion, Enrollment, PageAnswer
from aliquot.lib import canonical
from aliquot.lib.invariants import Check


def invariant_checks() -> tuple[Check, ...]:
    """One live completion, frozen for good; a place that never moves completion back."""
    return (
        Check("I3", "enrollments", Enrollment.objects.count, _completed_without_completion),
        Check("I3", "completions", Completion.objects.count, _broken_completions),
        Check("I7", "bookmarks", Bookmark.objects.count, _broken_bookmarks),
        Check("I7", "answers in pages", PageAnswer.objects.count, _answers_of_the_future),
    )


def _completed_without_completion() -> Iterator[str]:
    """An enrollment is completed exactly if it has one completion that corrects no other."""
    roots = Count("completions", filter=Q(completions__corrects=None))
    wrong = Enrollment.objects.annotate(roots=roots).filter(
        Q(completed_at=None, roots__gt=0) | (Q(completed_at__isnull=False) & ~Q(roots=1))
    )
    for each in by_key(wrong):
        state = "open" if each.completed_at is None else "completed"
        yield f"Enrollment {each.pk} is {state} and has {each.roots} completions."


def _broken_completions() -> Iterator[str]:
    strange = Completion.objects.exclude(
        person=F("enrollment__person"), version=F("enrollment__version")
    )
    for each in by_key(strange.only("pk")):
        yield f"Completion {each.pk} is of another person or course than its enrollment."
    astray = Completion.objects.filter(corrects__isnull=False).exclude(
        enrollment=F("corrects__enrollment")
    )
    for each in by_key(astray.only("pk", "corrects_id")):
        yield f"Completion {each.pk} corrects {each.corrects_id}, of another enrollment."
    for each in by_key(Completion.objects.only("record", "record_hash"), page=100):
        if canonical.digest(each.record) != each.record_hash:
            yield f"Completion {each.pk} no longer has the record it was written with."


def _broken_bookmarks() -> Iterator[str]:
    wrong = Bookmark.objects.filter(
        Q(sequence__gt=F("enrollment__sequence"))
        | Q(page__position__gt=F("enrollment__furthest_position"))
        | ~Q(page__version=F("enrollment__version"))
    )
    for each in by_key(wrong.select_related("enrollment", "page")):
        yield (
            f"The bookmark of enrollment {each.enrollment_id} (page {each.page_id}, save "
            f"{each.sequence}) is beyond its furthest point, its count or its course."
        )


def _answers_of_the_future() -> Iterator[str]:
    for each in by_key(PageAnswer.objects.filter(sequence__gt=F("enrollment__sequence"))):
        yield f"Answer {each.pk} in a page has a later number than its enrollment gave out."
