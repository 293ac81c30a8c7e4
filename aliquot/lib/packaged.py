"""YAML files that ship inside the package, read strictly."""

from pathlib import Path
from typing import Any


def read_yaml(path: Path) -> Any:
    """Parse a YAML 1.2 file of ours: plain data only, a repeated key is an error.

    The parser is imported here because most processes never read such a file.
    """
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
