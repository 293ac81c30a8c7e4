"""When a renewal is announced and charged. Prose: docs/rules/entitlements.md."""

from datetime import datetime, timedelta

from aliquot.commerce.facts import RenewalStep

LEAST_NOTICE = timedelta(days=7)
CHARGED_BEFORE = timedelta(days=1)  # so that access goes on without a gap
TRIES, BETWEEN = 4, timedelta(hours=8)
LATEST = timedelta(days=7)  # after the end of the term
_MARGIN = timedelta(days=1)


def charge_at(due_at: datetime) -> datetime:
    """When the saved card is charged first: a day before the term ends."""
    return due_at - CHARGED_BEFORE


def can_switch_on(due_at: datetime, *, now: datetime) -> bool:
    """Whether the notice of this term would still be in time."""
    return now + LEAST_NOTICE + _MARGIN <= charge_at(due_at)


def step(
    *,
    due_at: datetime,
    noticed_at: datetime | None,
    attempts: int,
    notice_days: int,
    now: datetime,
) -> RenewalStep:
    """What is to do now. Nothing is charged that was not announced seven days before."""
    charged_from = charge_at(due_at)
    latest_notice = charged_from - LEAST_NOTICE
    if noticed_at is None:
        if now > latest_notice:
            return RenewalStep.TOO_LATE
        begins = charged_from - max(LEAST_NOTICE, timedelta(days=notice_days))
        return RenewalStep.NOTICE if now >= begins else RenewalStep.WAIT
    if noticed_at > latest_notice:
        return RenewalStep.TOO_LATE
    if attempts >= TRIES or now >= due_at + LATEST:
        return RenewalStep.GIVE_UP
    return RenewalStep.CHARGE if now >= charged_from + attempts * BETWEEN else RenewalStep.WAIT
