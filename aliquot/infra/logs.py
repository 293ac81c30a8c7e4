"""Log lines for machines: one JSON object each, with the id of the request or job."""

import logging
from collections.abc import MutableMapping
from copy import copy
from typing import Any

from django.db import OperationalError

from aliquot.infra import trace
from aliquot.lib.errors import in_one_line

# Beside the words of a line; what libraries add of their own may hold whole requests.
MEASURED = ("route", "status", "ms")


def calm(record: logging.LogRecord) -> logging.LogRecord:
    """One line instead of a whole story, where the story says nothing and comes again and again.

    A request that Django refuses as suspicious (a strange host, too many fields) is a warning:
    strangers send such things day and night. One that met no database stays an error, with the
    database's own words.
    """
    is_strange = record.name.startswith("django.security")
    failure = record.exc_info[1] if record.exc_info else None
    is_away = record.name == "django.request" and isinstance(failure, OperationalError)
    if not (is_strange or is_away):
        return record
    quiet = copy(record)
    quiet.exc_info = quiet.exc_text = None
    if is_strange:
        quiet.levelno, quiet.levelname = logging.WARNING, "WARNING"
    elif failure is not None:
        quiet.msg, quiet.args = "%s (%s)", (record.getMessage(), in_one_line(failure))
    return quiet


def json_formatter() -> logging.Formatter:
    """A formatter for every logger, ours and the libraries'."""
    import structlog  # half a second: only where it is used

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(allow=MEASURED),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _with_trace,
        ],
    )


def _with_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if trace.current():
        event["trace"] = trace.current()
    return event
