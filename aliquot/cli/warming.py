"""What every process would read for its first visitors is read once, before the processes part."""

import ctypes
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import Error, connection

from aliquot.infra import pdf

# Together they read the catalog, the words of the search and the frame of all pages.
ADDRESSES = ("/", "/courses/?q=blood")
M_ARENA_MAX = -8  # of glibc's <malloc.h>

logger = logging.getLogger(__name__)


def one_heap() -> bool:
    """All threads of a process take memory from one heap: each of several keeps its own leavings.

    Only where the C library is glibc; others have no such parts. Whether it took effect.
    """
    library = ctypes.CDLL(None)
    return hasattr(library, "gnu_get_libc_version") and library.mallopt(M_ARENA_MAX, 1) == 1


def warm(application: Callable[..., Any]) -> list[str]:
    """Ask for pages as a stranger would, and load the document engine; returns the statuses.

    What a page keeps is marked with the publishing it is of, so it cannot be out of date later.
    Without a database nothing is read, and the server starts all the same.
    """
    pdf.load()
    try:
        connection.ensure_connection()
    except Error as error:
        logger.warning("server.started_cold reason=%s", str(error).strip())
        return []
    logging.disable(logging.INFO)  # nobody asked: these are no lines of the log of requests
    try:
        return [_status(application, address) for address in ADDRESSES]
    finally:
        logging.disable(logging.NOTSET)


def _status(application: Callable[..., Any], address: str) -> str:
    site = urlsplit(settings.SITE_URL)
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": site.netloc,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)  # what else a request has
    statuses: list[str] = []
    response = application(environ, lambda status, _headers, _trace=None: statuses.append(status))
    for _ in response:
        pass
    response.close()
    return statuses[0]
