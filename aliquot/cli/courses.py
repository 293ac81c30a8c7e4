"""``aliquot courses``: check, import, export and begin courses in the open course format.

Exit codes: 0 done (warnings included), 2 refused. ``check`` and ``new`` need no settings and no
database; ``import`` imports every course named or none.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from aliquot.catalog.facts import HoursSettings, Problem
from aliquot.infra import clock
from aliquot.interop.coursepack import skeleton, writer
from aliquot.interop.coursepack.reader import Reading, read_course
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import AliquotError

DONE, REFUSED = 0, 2
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,18}[A-Z0-9]\Z")


def run(argv: Sequence[str]) -> int:
    """The command; ``argv`` is the rest of the line."""
    options = _parser().parse_args(argv)
    deeds = {"check": _check, "import": _import, "export": _export, "new": _new}
    try:
        settings = HoursSettings.read(os.environ)
    except ValueError as error:
        return _refuse(str(error))
    try:
        return deeds[options.deed](options, settings)
    except AliquotError as error:
        return _refuse(error.message)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aliquot courses", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="check|import|export|new")
    for name, words in (
        ("check", "report every problem as file:line: what, and what is accepted"),
        ("import", "check, then publish what is new or changed"),
    ):
        deed = deeds.add_parser(name, help=words, description=words)
        deed.add_argument(
            "paths", nargs="+", metavar="PATH", help="a course folder, or one of many"
        )
    export = deeds.add_parser("export", help="write the current version to a new folder")
    export.add_argument("code", metavar="CODE")
    export.add_argument("path", metavar="PATH", type=Path, help="a folder that is not there yet")
    new = deeds.add_parser("new", help="begin a course with a skeleton that passes the check")
    new.add_argument("code", metavar="CODE", help="A-Z 0-9 and -, 3 to 20 characters")
    new.add_argument("path", metavar="PATH", type=Path, nargs="?", help="default: the code")
    return parser


def _refuse(message: str) -> int:
    print(f"aliquot courses: {message}", file=sys.stderr)
    return REFUSED


def _folders(paths: Iterable[str]) -> list[Path]:
    """The course folders named; a folder of courses stands for the courses in it."""
    folders = []
    for name in paths:
        path = Path(name)
        inside = sorted(path.glob("*/course.yaml")) if path.is_dir() else []
        if inside and not (path / "course.yaml").exists():
            folders += [course.parent for course in inside]
        else:
            folders.append(path)
    return folders


def _read(paths: Iterable[str], settings: HoursSettings) -> list[Reading]:
    """Read every course and print every finding."""
    readings = [read_course(folder, settings=settings) for folder in _folders(paths)]
    first: dict[str, Reading] = {}
    for reading in readings:
        if reading.pack is not None:
            twin = first.setdefault(reading.pack.code, reading)
            if twin is not reading:
                message = f"code {reading.pack.code} is also the code of {twin.folder.root}"
                reading.add([Problem(("course", "code"), f"{message}; accepted: one folder each")])
    for reading in readings:
        for finding in reading.findings:
            print(finding)
    return readings


def _summary(readings: Sequence[Reading]) -> str:
    errors = sum(len(reading.errors) for reading in readings)
    warnings = sum(len(reading.findings) for reading in readings) - errors
    return (
        f"{_counted(len(readings), 'course')} read, {_counted(errors, 'error')}, "
        f"{_counted(warnings, 'warning')}."
    )


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _check(options: argparse.Namespace, settings: HoursSettings) -> int:
    readings = _read(options.paths, settings)
    for reading in readings:
        if reading.pack is not None and reading.hours is not None:
            pack, hours = reading.pack, reading.hours
            print(
                f"{pack.code}: {shortest(pack.contact_hours)} contact hours awarded, "
                f"{shortest(hours.hours)} computed from {shortest(hours.minutes)} minutes "
                f"({hours.inputs.words} words, "
                f"{hours.inputs.page_questions + hours.inputs.test_questions} questions)"
            )
    print(_summary(readings))
    return REFUSED if any(reading.errors for reading in readings) else DONE


def _import(options: argparse.Namespace, settings: HoursSettings) -> int:
    _set_up()
    from aliquot.flows.publish_course import publish_courses, refusals

    readings = _read(options.paths, settings)
    packs = [reading.pack for reading in readings if reading.pack is not None]
    refused = any(reading.errors for reading in readings)
    if not refused:
        for reading, pack in zip(readings, packs, strict=True):
            known = set(reading.findings)
            reading.add(refusals(pack, settings=settings))
            for finding in reading.errors:
                if finding not in known:
                    print(finding)
            refused |= bool(reading.errors)
    if refused:
        print(f"{_summary(readings)} Nothing was imported.")
        return REFUSED
    done = publish_courses(packs=packs, actor_id=None, now=clock.now(), settings=settings)
    for pack, published in zip(packs, done, strict=True):
        words = "published" if published.is_new else "unchanged since"
        print(f"{pack.code}: {words} version {published.version.number}")
        for difference in published.differing:
            print(f"{pack.code}: {difference}")
    return DONE


def _export(options: argparse.Namespace, _settings: HoursSettings) -> int:
    _set_up()
    from aliquot.catalog.queries import course_by_code
    from aliquot.flows.course_content import content_of

    course = course_by_code(options.code)
    if course is None or course.current_version is None:
        return _refuse(f"course {options.code!r} is not published; accepted: the code of one.")
    writer.write_files(writer.course_files(content_of(course.current_version)), options.path)
    print(f"{course.code}: version {course.current_version.number} written to {options.path}")
    return DONE


def _new(options: argparse.Namespace, _settings: HoursSettings) -> int:
    if not CODE.match(options.code):
        return _refuse(f"code {options.code!r}; accepted: A-Z 0-9 and -, 3 to 20 characters.")
    path = options.path or Path(options.code)
    writer.write_files(skeleton.skeleton_files(options.code, today=clock.now().date()), path)
    print(f"{options.code}: begun in {path}. Next: aliquot courses check {path}")
    return DONE


def _set_up() -> None:
    """Settings and database, only for the deeds that need them."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aliquot.settings")
    django.setup()
