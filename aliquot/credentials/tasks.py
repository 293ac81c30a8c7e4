"""Job entry points of this room; ``settings.SCHEDULE`` says when."""

from django.tasks import task

from aliquot.credentials import services
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
