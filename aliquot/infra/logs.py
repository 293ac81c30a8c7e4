"""Log lines for machines: one JSON object each, with the id of the request or job."""

import logging
from collections.abc import MutableMapping
from copy import copy
from typing import Any

from aliquot.infra import trace

# Beside the words of a line; what libraries add of their own may hold whole requests.
MEASURED = ("route", "status", "ms")


def calm(record: logging.LogRecord) -> logging.LogRecord:
    """A request that Django refuses as suspicious (a strange host, too many fields) is a line, not
    an error of ours with its whole story: strangers send such things day and night.
    """
    if not record.name.startswith("django.security"):
        return record
    quiet = copy(record)
    quiet.levelno, quiet.levelname = logging.WARNING, "WARNING"
    quiet.exc_info = quiet.exc_text = None
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
