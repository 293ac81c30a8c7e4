"""What a person said they hold, and all that was worked out from it, is theirs to take away."""

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.credentials.models import (
    CalendarFeed,
    Declaration,
    HeldCredential,
    OutsideOffer,
    ReminderSettings,
)


@transaction.atomic
def erase_credentials(*, person: User) -> None:
    """Delete credentials with their cycles and declarations, plans, reminders and the calendar.

    A step of erasing an account, whose audit row says so.
    """
    Declaration.objects.filter(cycle__held__person=person).delete()
    for model in (HeldCredential, OutsideOffer, ReminderSettings, CalendarFeed):
        model.objects.filter(person=person).delete()
