"""``aliquot standing``: a transcript in, verdicts out, without settings or a database."""

import json
import sys
from pathlib import Path

from aliquot.credentials.data import library
from aliquot.credentials.errors import Problem, UnjudgeableError
from aliquot.flows.judge_transcript import judge_transcript
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document

_USAGE = "usage: aliquot standing TRANSCRIPT.json (or - for standard input)"
_MOST_BYTES = 64 * 1024 * 1024


def standing(argv: list[str]) -> int:
    """Judge the transcript of the one argument.

    0: one JSON document on standard output. 2: one line per problem on standard error, and nothing
    on standard output.
    """
    if argv in (["-h"], ["--help"]):
        print(_USAGE)
        return 0
    if len(argv) != 1 or (argv[0].startswith("-") and argv[0] != "-"):
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        transcript = read_transcript(_content(argv[0]), library=library())
        verdicts = judge_transcript(transcript)
    except UnjudgeableError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2
    print(json.dumps(verdict_document(transcript.as_of, verdicts), indent=2), flush=True)
    return 0


def _content(name: str) -> bytes:
    """The bytes of the file, or of standard input; a file beyond all reason is not read whole."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1) if sys.stdin else b""
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problem = Problem((), f"cannot be read: {why}", "a readable file, or - for standard input")
        raise UnjudgeableError((problem,)) from error
    if len(content) > _MOST_BYTES:
        raise UnjudgeableError((Problem((), "is too large", "at most 64 MiB"),))
    return content
