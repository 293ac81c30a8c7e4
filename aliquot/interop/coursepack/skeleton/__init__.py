"""A course to begin with: small, complete, commented, and accepted by the check."""

from datetime import date
from pathlib import Path

_FOLDER = Path(__file__).parent


def skeleton_files(code: str, *, today: date) -> dict[str, bytes]:
    """The files of a new course with this code."""
    marks = {
        "CODE-HERE": code,
        "slug-here": "-".join(part for part in code.lower().split("-") if part),
        "TODAY-HERE": today.isoformat(),
        "CODE-FOLDER": code,
    }
    files = {}
    for path in sorted(_FOLDER.rglob("*.*")):
        if path.suffix in {".yaml", ".md", ".svg"}:
            text = path.read_text(encoding="utf-8")
            for mark, value in marks.items():
                text = text.replace(mark, value)
            files[path.relative_to(_FOLDER).as_posix()] = text.encode()
    return files
