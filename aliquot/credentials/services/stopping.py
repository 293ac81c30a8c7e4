"""The way out that every mail about credentials carries: one address, one click."""

from dataclasses import dataclass

from django.conf import settings

from aliquot.accounts.models import User
from aliquot.credentials.access import stop_token
from aliquot.credentials.facts import MailKind


@dataclass(frozen=True, slots=True)
class WayOut:
    """The address that stops a kind of mail for one person, and the headers that name it."""

    path: str

    @property
    def headers(self) -> dict[str, str]:
        """RFC 8058: mail programs show a button that posts to this address."""
        return {
            "List-Unsubscribe": f"<{settings.SITE_URL}{self.path}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }


def way_out(person: User, kind: MailKind) -> WayOut:
    """The way out of a kind of mail, without signing in."""
    return WayOut(f"/credentials/reminders/stop/{stop_token(person, kind)}/")
