"""A line that says how far a long run has come, on a terminal only."""

import sys
import time
from typing import TextIO

_PAUSE = 0.2  # seconds between two lines: a person reads no faster


class Progress:
    """``12,000 of 100,000 people, 1,950 a second, 0:45 left``, over itself; silent in a pipe."""

    def __init__(self, total: int, what: str, *, stream: TextIO | None = None) -> None:
        self.total, self._what = total, what
        self._stream = sys.stderr if stream is None else stream
        self._is_shown = self._stream.isatty()
        self._began = self._written = time.monotonic()
        self._width = 0
        self.done = 0

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._began

    def add(self, count: int) -> None:
        """So many more are done."""
        self.done += count
        now = time.monotonic()
        if self._is_shown and now - self._written >= _PAUSE:
            self._written = now
            self._write(self.line())

    def line(self) -> str:
        """What the line says now."""
        rate = self.done / max(self.seconds, 0.001)
        left = round((self.total - self.done) / rate) if rate and self.done < self.total else 0
        time_left = f", {left // 60}:{left % 60:02} left" if left else ""
        return f"{self.done:,} of {self.total:,} {self._what}, {rate:,.0f} a second{time_left}"

    def end(self) -> None:
        """Take the line away: what follows is an answer or another line."""
        if self._is_shown:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)
