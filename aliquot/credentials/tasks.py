"""Job entry points of this room; ``settings.SCHEDULE`` says when."""

from django.tasks import task

from aliquot.credentials import services
from aliquot.credentials.queries.rule_changes import untold_revisions
from aliquot.infra import clock

AT_MOST = 2_000  # verdicts in one job: some seconds


@task()
def refresh_verdicts(after: int = 0) -> None:
    """Refresh stale verdicts, a bounded number at a time: what is left is a job of its own."""
    if not after:
        services.forget_closed_cycles()
    last = services.refresh_some(now=clock.now(), after=after, at_most=AT_MOST)
    if last is not None:
        refresh_verdicts.enqueue(after=last)


@task()
def tell_rule_changes() -> None:
    """Record the rule packs of this release, and tell holders what a changed one means for them.

    A bounded number of holders at a time: what is left is a job of its own.
    """
    now = clock.now()
    services.record_pack_revisions(now=now)
    told = 0
    for revision in list(untold_revisions().values_list("pk", flat=True)):
        while people := services.tell_some_holders(revision_id=revision, now=now):
            told += people
            if told >= AT_MOST:
                tell_rule_changes.enqueue()
                return


@task()
def send_reminders() -> int:
    """Write the reminders that are due into the outbox; returns how many."""
    return services.send_due_reminders(now=clock.now())
