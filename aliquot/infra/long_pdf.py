"""Long documents are drawn by a process of their own: what it needed goes back when it ends.

The engine holds a document as a whole. A thousand lines take some 150 MB, which a server that draws
them itself keeps for as long as it lives. The bytes are the same as when drawn here.
"""

import json
import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from aliquot.infra import child, pdf

LONGEST_SECONDS = 120
_GIVEN_UP, _NOT_DRAWN = 3, 4
logger = logging.getLogger(__name__)


def draw(template: Path, data: bytes, *, at: datetime) -> bytes:
    """``pdf.render`` of data that are JSON already. Raises DrawingError, GivenUpError."""
    asked = json.dumps({"template": str(template), "at": at.isoformat(), "data": data.decode()})
    try:
        done = child.run(
            __name__, given=asked.encode(), seconds=LONGEST_SECONDS, capture_output=True
        )
    except subprocess.TimeoutExpired:
        raise pdf.DrawingError(f"{template.name}: it took too long.") from None
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == _GIVEN_UP:
        raise pdf.GivenUpError(said)
    if done.returncode:
        raise pdf.DrawingError(said or f"{template.name}: the drawing ended by {done.returncode}.")
    if said:
        logger.error("%s", said)
    return done.stdout


def main() -> int:
    """The process itself: words to standard error, the document to standard output."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    asked = json.load(sys.stdin.buffer)
    at = datetime.fromisoformat(asked["at"])
    try:
        drawn = pdf.render_here(Path(asked["template"]), {"data.json": asked["data"].encode()}, at)
    except pdf.GivenUpError as error:
        sys.stderr.write(str(error))
        return _GIVEN_UP
    except pdf.DrawingError as error:
        sys.stderr.write(str(error))
        return _NOT_DRAWN
    sys.stdout.buffer.write(drawn)
    return 0
