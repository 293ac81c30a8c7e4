"""Programs of this package that run as a process of their own, and know nothing of the site."""

import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).resolve().parents[2])
_START = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]); "
    "sys.exit(importlib.import_module(sys.argv[2]).main(*sys.argv[3:]))"
)


def run(
    module: str, *arguments: str, given: bytes, seconds: float, **streams: Any
) -> "subprocess.CompletedProcess[bytes]":
    """Call ``main`` of the module with these arguments; what it returns is how the process ends.

    ``given`` is its standard input. Its environment is empty, so no secret of the site goes along.
    Raises subprocess.TimeoutExpired after so many seconds.
    """
    return subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-I", "-c", _START, _ROOT, module, *arguments],
        input=given,
        cwd="/",
        env={},
        timeout=seconds,
        check=False,
        **streams,
    )
