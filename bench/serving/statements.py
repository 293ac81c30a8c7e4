"""How many SQL statements a unit of work makes, counted by Django inside one process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def count_statements(
    settings: dict[str, str], folder: Path, prepared: dict[str, Any]
) -> dict[str, int]:
    """Statements of each work's first unit, those that open and end transactions left out."""
    wanted, target = folder / "wanted.json", folder / "statements.json"
    wanted.write_text(json.dumps(prepared))
    command = [sys.executable, "-m", "bench.serving.counting", str(wanted), str(target)]
    subprocess.run(command, env=settings, check=True)
    counted: dict[str, int] = json.loads(target.read_text())
    return counted
