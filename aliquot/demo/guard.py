"""What keeps a demonstration from becoming a site by a change of one setting."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from aliquot.accounts.models import User
from aliquot.demo import cast


def refuse_the_cast() -> None:
    """Stop the start in production where somebody of the cast could sign in.

    Their password is printed in the documentation, and one of them is an administrator. A database
    that does not answer, or has no tables yet, is no reason to stop: nobody signs in there.
    Raises ImproperlyConfigured.
    """
    if settings.IS_DEMO:
        return
    addresses = [member.email for member in cast.CAST]
    try:
        found = list(User.objects.filter(email__in=addresses, is_active=True).order_by("pk"))
    except DatabaseError:
        return
    for person in found:
        if person.has_usable_password():
            raise ImproperlyConfigured(
                f"This database holds people of the demonstration, such as {person.email}, whose "
                "password everybody can read; set DATABASE_URL (or ALIQUOT_DATA) to an empty "
                "place and run aliquot setup, or set ALIQUOT_PROFILE to demo."
            )
