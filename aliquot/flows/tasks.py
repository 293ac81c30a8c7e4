"""Job entry points of stories that cross rooms; ``settings.SCHEDULE`` says when."""

from django.tasks import task

from aliquot.flows import warn_of_ending as ending
from aliquot.infra import clock


@task()
def warn_of_ending() -> int:
    """Tell holders of bought access that ends soon; returns how many were told."""
    return ending.warn_of_ending(now=clock.now())
