"""Job entry points of this room; ``settings.SCHEDULE`` says when."""

from django.tasks import task

from aliquot.accounts import services


@task()
def encrypt_secrets() -> int:
    """Bring secrets under the present key of the site; returns how many were not."""
    return services.encrypt_anew()
