"""Job entry points of the plumbing; ``settings.SCHEDULE`` says when."""

from django.tasks import task

from aliquot.infra import clock, pruning, seals, webhooks


@task()
def seal_audit() -> int:
    """Seal the audit entries that are in no block yet; returns the number of blocks made."""
    return seals.seal_entries(now=clock.now())


@task()
def prune() -> dict[str, int]:
    """Delete what is kept for a while only; returns how many rows of each kind."""
    return pruning.prune(now=clock.now())


@task()
def deliver_webhooks() -> int:
    """Send the webhooks that are due; returns how many were taken."""
    return webhooks.deliver_due(now=clock.now())
