"""In production a log line is one JSON object that names the request."""

import json
import logging
import sys

from django.db import OperationalError

from aliquot.infra import trace
from aliquot.infra.logs import calm, json_formatter


def line(message: str, *arguments: object, failing: bool = False) -> dict[str, object]:
    failure = None
    if failing:
        try:
            int("broken")
        except ValueError:
            failure = sys.exc_info()
    record = logging.LogRecord("a.b", logging.WARNING, "f", 1, message, arguments, failure)
    written = json_formatter().format(record)
    assert "\n" not in written
    parsed: dict[str, object] = json.loads(written)
    return parsed


def test_a_line_says_what_where_and_for_which_request() -> None:
    with trace.tracing("a1b2"):
        parsed = line("mail %d is late", 7)
    moment = parsed.pop("timestamp")
    assert str(moment).endswith("Z")
    assert parsed == {
        "event": "mail 7 is late",
        "level": "warning",
        "logger": "a.b",
        "trace": "a1b2",
    }


def test_outside_of_a_request_no_request_is_named() -> None:
    assert "trace" not in line("started")


def test_a_request_that_is_refused_as_suspicious_is_no_error_of_ours() -> None:
    try:
        int("broken")
    except ValueError:
        failure = sys.exc_info()
    strange = logging.LogRecord(
        "django.security.DisallowedHost", logging.ERROR, "f", 1, "Invalid host", (), failure
    )
    parsed = json.loads(json_formatter().format(calm(strange)))
    assert (parsed["level"], parsed["event"]) == ("warning", "Invalid host")
    assert "exception" not in parsed
    ours = logging.LogRecord("django.request", logging.ERROR, "f", 1, "Failed", (), failure)
    assert calm(ours) is ours


def test_a_request_without_a_database_is_one_line_with_the_databases_words() -> None:
    error = OperationalError("connection refused\n  Is the server running?")
    failure = (OperationalError, error, None)
    met = ("Service Unavailable", "/courses/")
    record = logging.LogRecord("django.request", logging.ERROR, "f", 1, "%s: %s", met, failure)
    parsed = json.loads(json_formatter().format(calm(record)))
    assert parsed["level"] == "error"
    assert parsed["event"] == (
        "Service Unavailable: /courses/ (connection refused Is the server running?)"
    )
    assert "exception" not in parsed


def test_a_failure_stays_on_its_line() -> None:
    assert "ValueError: invalid literal" in str(line("failed", failing=True)["exception"])
