"""``aliquot standing`` and ``aliquot plan``: files in, an answer out.

Both need no settings and no database. 0: one JSON document on standard output. 2: one line per
problem on standard error, and nothing on standard output.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from aliquot.cli.main import Command, run
from aliquot.credentials.data import shipped
from aliquot.credentials.errors import Problem, UnjudgeableError
from aliquot.credentials.facts import CourseOffer, Transcript
from aliquot.flows.judge_transcript import judge_transcript
from aliquot.flows.plan_courses import plan_courses
from aliquot.interop.catalog.reader import read_catalog
from aliquot.interop.catalog.writer import plan_document
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document

_USAGE = """\
usage: aliquot standing TRANSCRIPT.json (or - for standard input)
       aliquot standing --all [--help]   judge everybody's open cycles and store the verdicts"""
_STANDING_OF_ALL = Command("population", "judge_all", "with settings and a database")
_MOST_BYTES = 64 * 1024 * 1024
_MOST_MARGIN = 10_000  # points


def standing(argv: list[str]) -> int:
    """Judge the transcript of the one argument."""
    if "--all" in argv:
        return run(_STANDING_OF_ALL, argv)
    if argv in (["-h"], ["--help"]):
        print(_USAGE)
        return 0
    if len(argv) != 1 or (argv[0].startswith("-") and argv[0] != "-"):
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        transcript = read_transcript(_content(argv[0]), library=shipped())
        verdicts = judge_transcript(transcript)
    except UnjudgeableError as error:
        return _refused(error.problems)
    print(json.dumps(verdict_document(transcript.as_of, verdicts), indent=2), flush=True)
    return 0


def plan(argv: list[str]) -> int:
    """Plan the courses of a catalog that close the gaps of a transcript."""
    options = _plan_parser().parse_args(argv)
    try:
        transcript, offers = _read_both(options.transcript, options.catalog)
        found = plan_courses(transcript, offers, by=options.by, margin=options.margin)
    except UnjudgeableError as error:
        return _refused(error.problems)
    print(json.dumps(plan_document(transcript.as_of, found), indent=2), flush=True)
    return 0


def _plan_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aliquot plan",
        description="Print the smallest set of courses that closes every gap of a transcript.",
        epilog="One of the two files may be -, for standard input.",
        allow_abbrev=False,
    )
    parser.add_argument("transcript", metavar="TRANSCRIPT.json")
    parser.add_argument("catalog", metavar="CATALOG.json")
    parser.add_argument(
        "--by", choices=("hours", "price"), default="hours", help="what to keep low (hours)"
    )
    parser.add_argument(
        "--margin", metavar="N", type=_margin, default=0, help="points above each total (0)"
    )
    return parser


def _margin(text: str) -> int:
    """Points as hundredths."""
    try:
        points = Decimal(text)
        if 0 <= points <= _MOST_MARGIN and points * 100 % 1 == 0:
            return int(points * 100)
    except InvalidOperation:
        pass
    accepted = f"a number from 0 to {_MOST_MARGIN}, at most two decimals"
    raise argparse.ArgumentTypeError(f"{text!r}; accepted: {accepted}")


def _read_both(
    transcript_name: str, catalog_name: str
) -> tuple[Transcript, tuple[CourseOffer, ...]]:
    """Both files; UnjudgeableError lists what is wrong with either."""
    if transcript_name == catalog_name == "-":
        what = "cannot both be standard input"
        raise UnjudgeableError((Problem(("files",), what, "a file for one of them"),))
    problems: list[Problem] = []
    transcript, offers = None, None
    try:
        transcript = read_transcript(_content(transcript_name), library=shipped())
    except UnjudgeableError as error:
        problems += _named("transcript", error)
    taken = {each.id: at for at, each in enumerate(transcript.activities)} if transcript else {}
    as_of = transcript.as_of if transcript else date.min
    try:
        offers = read_catalog(_content(catalog_name), as_of=as_of, taken=taken)
    except UnjudgeableError as error:
        problems += _named("catalog", error)
    if transcript is None or offers is None:
        raise UnjudgeableError(tuple(problems))
    return transcript, offers


def _named(document: str, error: UnjudgeableError) -> list[Problem]:
    """The problems, those of the document as a whole with its name: there are two."""
    return [replace(each, path=each.path or (document,)) for each in error.problems]


def _refused(problems: Iterable[Problem]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 2


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
