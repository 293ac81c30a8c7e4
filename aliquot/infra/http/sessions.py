"""How long a session lives: learners idle 14 days, at most 90; staff idle 30 minutes, at most 12
hours (ASVS 5.0, chapter 7; `docs/operations.md`).

The session itself remembers when it began and was last seen, for the person it belongs to, so
signing in anew begins anew. Last seen is written coarsely: not every page view is a write.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from aliquot.infra import clock
from aliquot.infra.http.passes import HEADER, is_marked
from aliquot.infra.http.requests import GetResponse

AGE = "age"  # the session's entry: {"person", "began", "seen", "short"}, moments as seconds


@dataclass(frozen=True)
class Rule:
    """How long a kind of session may be idle, may last, and how coarsely it is written."""

    idle: timedelta
    absolute: timedelta
    written_every: timedelta


LEARNER = Rule(timedelta(days=14), timedelta(days=90), timedelta(hours=1))
STAFF = Rule(timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=1))


class SessionAgeMiddleware:
    """Ends sessions that are too old; after AuthenticationMiddleware.

    ``settings.SHORT_SESSIONS_FOR`` is the dotted path of a function that says for a person whether
    the rule for staff holds; ``settings.SESSION_SEEN`` of one that notes for the person's list of
    sessions when this one was last used. Both are asked whenever the entry is written.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Judge the session before anything acts on it.

        With a pass the view is asked first: a good one opens it without the session. Passes save,
        so whatever else is asked for with one is judged here: also what leads to no view.
        """
        may_pass = request.method == "POST" and HEADER in request.headers
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not may_pass:
            judge(request, now=clock.now())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_: object) -> None:
        """A pass that was sent to a view that knows none changes nothing."""
        if request.method == "POST" and HEADER in request.headers and not is_marked(view):
            judge(request, now=clock.now())


def judge(request: HttpRequest, *, now: datetime) -> None:
    """End the session if its time is over, else note that it was seen."""
    session = request.session
    person = session.get(SESSION_KEY)
    if person is None:
        return
    moment = now.timestamp()
    age = session.get(AGE)
    if age is None or age["person"] != person:
        _write(request, began=moment, seen=moment)
        return
    rule = STAFF if age["short"] else LEARNER
    idle, total = moment - age["seen"], moment - age["began"]
    if idle > rule.idle.total_seconds() or total > rule.absolute.total_seconds():
        session.flush()
        request.user = AnonymousUser()
    elif idle > rule.written_every.total_seconds():
        _write(request, began=age["began"], seen=moment)


def _write(request: HttpRequest, *, began: float, seen: float) -> None:
    if not request.user.is_authenticated:  # the session's secret is no longer the person's
        return
    request.session[AGE] = {
        "person": request.session[SESSION_KEY],
        "began": int(began),
        "seen": int(seen),
        "short": bool(import_string(settings.SHORT_SESSIONS_FOR)(request.user)),
    }
    import_string(settings.SESSION_SEEN)(request)
