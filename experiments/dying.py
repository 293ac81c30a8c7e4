"""A worker that dies where a request asks it to, with no chance to say a word."""

import os
import signal
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER = "X-Die"


class DieBeforeAnswerMiddleware:
    """``X-Die: answer`` dies after everything is committed; ``work`` in the middle of the work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do the work, unless asked to die on the way."""
        wish = request.headers.get(HEADER, "")
        if wish == "work":
            with connection.execute_wrapper(_die_at_the_ledger):
                return self.get_response(request)
        response = self.get_response(request)
        if wish == "answer":
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def _die_at_the_ledger(execute: object, sql: str, *rest: object) -> object:
    """At the first row of the deed, inside of its transaction."""
    if sql.startswith('INSERT INTO "ledger_activity"'):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, *rest)  # type: ignore[operator]
