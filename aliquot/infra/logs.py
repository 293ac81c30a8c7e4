"""Log lines for machines: one JSON object each, with the id of the request or job."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from aliquot.infra import trace

# Beside the words of a line; what libraries add of their own may hold whole requests.
MEASURED = ("route", "status", "ms")


def json_formatter() -> logging.Formatter:
    """A formatter for every logger, ours and the libraries'."""
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
