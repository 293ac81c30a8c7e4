"""Short-lived passes: a page may save for one thing of one person without opening the session.

A pass is signed and says what it is for; it counts only with the session cookie of the page it
stood in, which is part of the signature, and only for half an hour. Whoever signs out loses the
cookie, and with it the pass. It travels in a header of its own, which no foreign page can send, so
it stands for the CSRF token too. docs/decisions/0009-save-passes.md
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

HEADER = "X-Save-Pass"
LIFE = timedelta(minutes=30)
_MARK = "opens_with_pass"


def issue(request: HttpRequest, *parts: int) -> str:
    """A pass for these ids, bound to the session of the request; "" without a session."""
    key = request.session.session_key
    return _signer(key).sign("-".join(map(str, parts))) if key else ""


def read(request: HttpRequest, count: int) -> list[int] | None:
    """The ids of the pass that came with the request; None if it is no pass, or too old."""
    sent = request.headers.get(HEADER, "")
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not sent or not key:
        return None
    try:
        parts = _signer(key).unsign(sent, max_age=LIFE).split("-")
    except signing.BadSignature:
        return None
    return [int(part) for part in parts] if len(parts) == count else None


def opens_with_pass[View](view: View) -> View:
    """Mark a view that judges session and CSRF token itself when there is no good pass."""
    setattr(view, _MARK, True)
    return view


def is_marked(view: object) -> bool:
    """Whether the view was marked so."""
    return bool(getattr(view, _MARK, False))


def _signer(session_key: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"aliquot.passes.{session_key}")
