"""Course folders on disk and course packs: the skeleton, with changes."""

import functools
from datetime import date
from pathlib import Path

from aliquot.assessment.facts import QuestionFacts
from aliquot.catalog.facts import CoursePack, HoursSettings
from aliquot.interop.coursepack.reader import Reading, read_course
from aliquot.interop.coursepack.skeleton import skeleton_files

TODAY = date(2026, 11, 23)
SETTINGS = HoursSettings()


def course_folder(
    parent: Path,
    *changes: tuple[str, str, str],
    code: str = "TST-101",
    remove: tuple[str, ...] = (),
) -> Path:
    """A valid course on disk; each change is (file, text that stands there, text instead).

    A file that is not there is made from the third part.
    """
    files = skeleton_files(code, today=TODAY)
    for file, before, after in changes:
        if file not in files:
            files[file] = after.encode()
            continue
        text = files[file].decode()
        assert before in text, f"{before!r} is not in {file}"
        files[file] = text.replace(before, after, 1).encode()
    folder = parent / code
    for file, content in files.items():
        if file not in remove:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
    return folder


def read(folder: Path) -> Reading:
    """Read a folder with the usual settings."""
    return read_course(folder, settings=SETTINGS)


def course_pack(
    parent: Path, *changes: tuple[str, str, str], code: str = "TST-101"
) -> CoursePack[QuestionFacts]:
    """A valid course as a pack."""
    reading = read(course_folder(parent, *changes, code=code))
    assert reading.pack is not None, [str(finding) for finding in reading.errors]
    return reading.pack


OPEN = ("course.yaml", "availability: hidden", "availability: open")
FREE = ("course.yaml", "free: false", "free: true")


@functools.cache
def sample_pack(code: str) -> CoursePack[QuestionFacts]:
    """One of the sample courses of the repository, read once."""
    pack = read(Path(__file__).parents[2] / "courses" / code).pack
    assert pack is not None
    return pack
