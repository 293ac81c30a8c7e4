"""Where somebody was in a course, and what they answered on the way, goes with their account."""

from django.db import transaction

from aliquot.accounts.models import User
from aliquot.learning.models import Bookmark, PageAnswer


@transaction.atomic
def erase_places(*, person: User) -> None:
    """Delete bookmarks and answers in pages; tests and completions are evidence and stay.

    A step of erasing an account, whose audit row says so.
    """
    for model in (Bookmark, PageAnswer):
        model.objects.filter(enrollment__person=person).delete()
