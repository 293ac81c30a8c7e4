"""One text form for plain data, so that the same data gives the same digest for ever."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.lib.decimals import shortest

_PLAIN = frozenset({str, int, bool, type(None)})  # nearly all leaves; asked first


def text(data: Any) -> str:
    """JSON with sorted keys, no spare spaces and plain Unicode.

    Takes text, whole numbers, booleans, None, lists and mappings with text keys; decimals and
    dates are written as text by the caller. A float raises: its text could differ elsewhere.
    """
    _refuse_floats(data)
    return json.dumps(
        data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest(data: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(text(data).encode()).hexdigest()


def plain(data: Any) -> Any:
    """A copy that ``text`` takes: decimals, floats and dates as text, tuples as lists."""
    if type(data) in _PLAIN:
        return data
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(item) for item in data]
    if isinstance(data, Decimal):
        return shortest(data)
    if isinstance(data, float):
        return repr(data)
    return data.isoformat() if isinstance(data, date) else data


def _refuse_floats(data: Any) -> None:
    if type(data) in _PLAIN:
        return
    if isinstance(data, float):
        raise TypeError("Write numbers with decimals as text.")
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                raise TypeError("Keys must be text.")
            _refuse_floats(value)
    elif isinstance(data, list | tuple):
        for item in data:
            _refuse_floats(item)
