"""The program that opens pictures of strangers: a process of its own, started by ``infra.apart``.

It limits itself before the first byte is looked at, opens one file, answers, and ends. It knows no
settings, no database and no secret; whatever a hostile file makes of it has nothing to take.

Arguments: what to do, its options and the limits, as JSON. Input: the file. Output: one line of
JSON, then the bytes of a new picture if one was asked for.
"""

import json
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aliquot.lib import pictures

DEEDS: dict[str, Callable[..., pictures.Picture | bytes | None]] = {
    "read_picture": pictures.read_picture,
    "heic_as_jpeg": pictures.heic_as_jpeg,
    "redrawn_png": pictures.redrawn_png,
}


def main(words: str) -> None:
    """Do what was asked, within the limits."""
    asked: dict[str, Any] = json.loads(words)
    _limit(**asked["limits"])
    found = DEEDS[asked["deed"]](sys.stdin.buffer.read(), **asked["options"])
    facts = asdict(found) if isinstance(found, pictures.Picture) else None
    sys.stdout.buffer.write(json.dumps({"is_one": found is not None, "facts": facts}).encode())
    sys.stdout.buffer.write(b"\n" + (found if isinstance(found, bytes) else b""))


def _limit(*, memory: int, cpu_seconds: int, answer: int) -> None:
    """Bytes of memory, seconds at work, bytes written; no core, no new files beside."""
    # Where the machine is out of memory all the same, this process goes first.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform != "darwin":  # which knows no limit of this kind
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))
