"""Activities from elsewhere: logged by their holder, corrected by a newer one, withdrawn.

Nothing is edited: a correction is a new activity that takes the place of the old, whose entries
are reversed. docs/rules/activities.md.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.catalog import data
from aliquot.infra import append_only, audit
from aliquot.ledger import rules
from aliquot.ledger.errors import AlreadyCorrectedError, NotSelfReportedError
from aliquot.ledger.facts import ActivityClaim
from aliquot.ledger.models import Activity, CreditEntry, Proof
from aliquot.ledger.queries import claim_of
from aliquot.ledger.services.credit import reverse_credit
from aliquot.lib.dates import day_in_zone
from aliquot.lib.decimals import shortest

CORRECTED = "Corrected by its holder."
WITHDRAWN = "Withdrawn by its holder."


@transaction.atomic
def log_activity(
    *, person: User, claim: ActivityClaim, now: datetime, actor_id: int | None
) -> Activity:
    """Enter an activity from elsewhere: one credit entry per line of its credit.

    InvalidActivityError names every field. Two like ones may be entered: whether it is the same
    one twice, only its holder knows, so a form asks (``queries.possible_duplicates``).
    """
    (activity,) = enter(person, [checked_claim(person=person, claim=claim, now=now)], now)
    audit.record(
        action="activity.logged",
        actor_id=actor_id,
        subject=activity,
        details=_told(activity),
    )
    return activity


@transaction.atomic
def correct_activity(
    *, activity: Activity, claim: ActivityClaim, now: datetime, actor_id: int | None
) -> Activity:
    """Enter what should have been said: a new activity, with the old one's proofs.

    The credit of the old one is reversed. What says the same changes nothing: the activity that
    holds is returned. Raises InvalidActivityError, NotSelfReportedError, AlreadyCorrectedError.
    """
    old = _locked(activity)
    claim = checked_claim(person=old.person, claim=claim, now=now)
    newer = Activity.objects.filter(corrects=old).first()
    if newer is not None and claim_of(newer) == claim:
        return newer
    _refuse_when_out_of_force(old)
    if claim_of(old) == claim:
        return old
    with audit.story(action="activity.corrected", actor_id=actor_id) as story:
        reverse_credit(activity=old, reason=CORRECTED, actor_id=actor_id, now=now)
        (new,) = enter(old.person, [claim], now, corrects=old)
        _carry_proofs(old, new)
        story.subject = new
        story.details = {"corrects": old.pk, **_told(new)}
    return new


@transaction.atomic
def withdraw_activity(
    *, activity: Activity, now: datetime, actor_id: int | None, reason: str = ""
) -> None:
    """Take an activity from elsewhere back by reversing entries; it stays in the history.

    Withdrawing again changes nothing. Raises NotSelfReportedError, and AlreadyCorrectedError when
    a newer one took its place.
    """
    old = _locked(activity)
    if Activity.objects.filter(corrects=old).exists():
        raise AlreadyCorrectedError("You corrected this activity. Withdraw the newest one.")
    if not _has_credit(old):
        return
    reason = rules.tidied_reason(reason) or WITHDRAWN
    with audit.story(action="activity.withdrawn", actor_id=actor_id, subject=old) as story:
        reverse_credit(activity=old, reason=reason, actor_id=actor_id, now=now)
        story.details = {"reason": reason}


def checked_claim(*, person: User, claim: ActivityClaim, now: datetime) -> ActivityClaim:
    """The claim as it would be entered today; InvalidActivityError names every field."""
    return rules.checked(
        claim,
        today=day_in_zone(now, person.time_zone),
        areas=data.areas(),
        approvals=data.approvals(),
    )


def enter(
    person: User, claims: Sequence[ActivityClaim], now: datetime, corrects: Activity | None = None
) -> list[Activity]:
    """Write checked claims with their credit, in two statements; the deed around it audits."""
    activities = Activity.objects.bulk_create(
        Activity(
            person=person,
            origin=Activity.Origin.ELSEWHERE,
            title=claim.title,
            provider_name=claim.provider_name,
            completed_on=claim.completed_on,
            kind=claim.kind,
            approvals=None if claim.approvals is None else list(claim.approvals),
            course_number=claim.course_number,
            agency_number=claim.agency_number,
            corrects=corrects,
            recorded_at=now,
        )
        for claim in claims
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(
            activity=activity,
            person=person,
            part=position,
            areas=list(part.areas),
            amount=part.amount,
            recorded_at=now,
        )
        for activity, claim in zip(activities, claims, strict=True)
        for position, part in enumerate(claim.parts)
    )
    return activities


def _carry_proofs(old: Activity, new: Activity) -> None:
    Proof.objects.bulk_create(
        Proof(
            activity=new,
            file_id=proof.file_id,
            name=proof.name,
            shows=proof.shows,
            added_at=proof.added_at,
        )
        for proof in old.proofs.filter(withdrawn_at=None).order_by("pk")
    )


def _locked(activity: Activity) -> Activity:
    """The row, so that two deeds about it take turns; only what its holder entered."""
    append_only.take_turns(activity)
    found = Activity.objects.select_related("person").get(pk=activity.pk)
    if found.origin != Activity.Origin.ELSEWHERE:
        raise NotSelfReportedError
    return found


def _refuse_when_out_of_force(activity: Activity) -> None:
    if Activity.objects.filter(corrects=activity).exists():
        raise AlreadyCorrectedError("You corrected this activity before. Correct the newest one.")
    if not _has_credit(activity):
        raise AlreadyCorrectedError("You withdrew this activity. Log it again if it counts.")


def _has_credit(activity: Activity) -> bool:
    return activity.entries.filter(reverses=None, reversed_by=None).exists()


def _told(activity: Activity) -> dict[str, object]:
    entries = activity.entries.filter(reverses=None).order_by("part")
    return {
        "completed_on": activity.completed_on,
        "kind": activity.kind,
        "parts": [[shortest(entry.amount), entry.areas] for entry in entries],
    }
