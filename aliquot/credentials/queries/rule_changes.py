"""Rule packs as they were seen, and what their changes mean for holders."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.errors import UnjudgeableError
from aliquot.credentials.facts import Figures, Pack, Source, Verdict
from aliquot.credentials.facts.changes import Difference
from aliquot.credentials.models import HeldCredential, PackRevision, RuleChange
from aliquot.credentials.queries.population import Brought, judged, open_cycles
from aliquot.credentials.rules import Grounds
from aliquot.credentials.rules.changes import differences
from aliquot.lib.dates import day_in_zone


def revisions_in_force() -> dict[str, PackRevision]:
    """By credential, the revision that was recorded as in force last."""
    rows = PackRevision.objects.order_by("in_force_since", "pk").defer("document")
    return {row.credential: row for row in rows}


def revision_before(revision: PackRevision) -> PackRevision | None:
    """What was in force before it; None for the first that was seen."""
    others = PackRevision.objects.filter(
        credential=revision.credential, in_force_since__lt=revision.in_force_since
    )
    return others.exclude(pk=revision.pk).order_by("in_force_since").last()


def untold_revisions() -> QuerySet[PackRevision]:
    """Revisions whose holders were not all told yet, oldest first."""
    return PackRevision.objects.filter(told_at=None).order_by("in_force_since", "pk")


def pack_of(revision: PackRevision) -> Pack:
    """The rules as they were; PackError if this release reads that format no more."""
    return _pack(revision.pk, revision.digest)


def sources_of_document(document: Any) -> dict[str, dict[str, str]]:
    """The registry rows that a pack file cites, by id, fit for JSON."""
    known = data.shipped().sources
    cited = sorted(_cited(document) & known.keys())
    return {each: {"where": known[each].where, "dated": known[each].dated} for each in cited}


def what_changed(document: data.Document) -> str:
    """The sentence for holders: the newest line of the pack's log, else of its newest rules."""
    changes = document.get("changes") or [{}]
    rule_sets = document.get("rule_sets") or [{}]
    return str(changes[0].get("what") or rule_sets[0].get("what_changed", ""))


def cycles_to_tell(people: Collection[int], revision: PackRevision) -> list[int]:
    """Ids of the open cycles that began under other rules and were not told about these."""
    rows = open_cycles(people).filter(
        held__credential=revision.credential, added_at__lt=revision.in_force_since
    )
    told = RuleChange.objects.filter(revision=revision, cycle__held__person__in=people)
    left = rows.exclude(pk__in=told.values("cycle"))
    return list({row.held_id: row.pk for row in left.only("held_id", "pk")}.values())


def differences_for(
    brought: Brought, *, before: Pack, after: Pack, now: datetime, grounds: Grounds
) -> tuple[Difference, ...]:
    """What is otherwise for one cycle when judged by the second pack."""
    cycle = brought.cycle
    found: list[Figures | Verdict | str] = []
    for pack in (before, after):
        as_of = day_in_zone(now, cycle.time_zone)
        try:
            found.append(judged(brought, as_of=as_of, grounds=grounds, pack=pack)[0])
        except UnjudgeableError as error:
            found.append("; ".join(f"{each.what} ({each.accepted})" for each in error.problems))
    old, new = found
    if isinstance(old, str) or isinstance(new, str):
        words = ["fits the rules" if not isinstance(each, str) else each for each in found]
        return (Difference("Your cycle", *words),) if words[0] != words[1] else ()
    return differences(old, new)


def rule_changes_of(held: HeldCredential) -> list[RuleChange]:
    """Everything that changed for a holder's cycles of a credential, newest first."""
    found = RuleChange.objects.filter(cycle__held=held).select_related("cycle", "revision")
    return list(found.order_by("-noticed_at", "-pk"))


def unseen_rule_changes(person: User) -> list[RuleChange]:
    """What changed for the open cycles of a person, and was not marked as read; oldest first."""
    found = RuleChange.objects.filter(
        seen_at=None,
        cycle__closed_at=None,
        cycle__held__person=person,
        cycle__held__removed_at=None,
    )
    return list(found.select_related("cycle__held", "revision").order_by("noticed_at", "pk"))


@lru_cache(maxsize=8)
def _pack(revision_id: int, digest: str) -> Pack:
    row = PackRevision.objects.get(pk=revision_id, digest=digest)
    sources = {key: Source(key, **value) for key, value in row.sources.items()}
    return data.parse(row.document, sources)


def _cited(document: Any) -> set[str]:
    """What stands under any key ``sources``, at any depth."""
    if isinstance(document, dict):
        found = {each for each in document.get("sources", ()) if isinstance(each, str)}
        return found.union(*map(_cited, document.values()))
    if isinstance(document, list):
        return set[str]().union(*map(_cited, document))
    return set()
