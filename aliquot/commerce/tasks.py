"""Job entry points of this room; ``settings.SCHEDULE`` says when. Stories: ``flows/tasks.py``."""

from django.tasks import task

from aliquot.commerce import services
from aliquot.infra import clock


@task()
def prune_events() -> int:
    """Delete old events of gateways that were dealt with; returns how many."""
    return services.prune_events(now=clock.now())
