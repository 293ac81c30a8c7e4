"""The files of a course folder, read with suspicion: no links, no strange files, no giants."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

MOST_FILES = 1000
LONGEST_NAME = 60
LARGEST_TEXT = 1024 * 1024
LARGEST_PAGE = 64 * 1024  # ten times a long page; brackets cost time by their square
LARGEST_DRAWING = 1024 * 1024
LARGEST_PHOTOGRAPH = 8 * 1024 * 1024

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
# A file belongs to the course when its path fits one of these; the number is its largest size.
ACCEPTED = (
    (re.compile(r"course\.yaml\Z"), LARGEST_TEXT),
    (re.compile(rf"pages/{_NAME}\.md\Z"), LARGEST_PAGE),
    (re.compile(rf"figures/{_NAME}\.yaml\Z"), LARGEST_TEXT),
    (re.compile(rf"figures/{_NAME}\.svg\Z"), LARGEST_DRAWING),
    (re.compile(rf"figures/{_NAME}\.(?:png|jpe?g|webp)\Z"), LARGEST_PHOTOGRAPH),
    (re.compile(rf"questions/{_NAME}\.yaml\Z"), LARGEST_TEXT),
)
FOLDERS = ("pages", "figures", "questions")
LAYOUT = (
    "course.yaml, pages/NAME.md, figures/NAME.svg (.png, .jpg, .webp) with figures/NAME.yaml, "
    "questions/NAME.yaml; names of a-z 0-9 -"
)


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A problem at a line of a file, fit to print."""

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.is_warning else ""
        return f"{self.file}:{self.line}: {kind}{self.message}"


@dataclass
class CourseFolder:
    """The files of a course by their path inside it, and what is wrong with them as files."""

    root: Path
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def shown(self, path: str) -> str:
        """The path as it stands in messages."""
        return str(PurePosixPath(self.root.as_posix()) / path) if path else self.root.as_posix()

    def report(self, path: str, line: int, message: str, *, is_warning: bool = False) -> None:
        """Note a problem of a file."""
        self.findings.append(Finding(self.shown(path), line, message, is_warning))

    def names(self, folder: str, *endings: str) -> list[str]:
        """Paths in one subfolder with one of the endings, sorted."""
        return sorted(
            path for path in self.files if path.startswith(f"{folder}/") and path.endswith(endings)
        )

    def text(self, path: str) -> str | None:
        """The text of a file with plain line ends, or None after reporting why there is none."""
        try:
            text = self.files[path].decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.files[path][: error.start].count(b"\n") + 1
            self.report(path, line, "is not UTF-8; accepted: text in UTF-8")
            return None
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        problems = list(_strange_characters(text))
        for line, name in problems:
            self.report(path, line, f"holds {name}; accepted: visible characters")
        return None if problems else text


def open_folder(root: Path) -> CourseFolder:
    """Read every file of the course. Links, folders inside folders and giants are refused."""
    course = CourseFolder(root)
    if root.is_symlink() or not root.is_dir():
        course.report("", 1, "is no folder; accepted: a course folder with a course.yaml")
        return course
    if not os.path.lexists(root / "course.yaml"):
        course.report("", 1, "holds no course.yaml; accepted: a course folder")
        return course
    paths = list(_walk(course, root))
    if len(paths) > MOST_FILES:
        course.report("", 1, f"holds {len(paths)} files; accepted: up to {MOST_FILES}")
        return course
    for path in paths:
        _read(course, path)
    return course


def _walk(course: CourseFolder, root: Path) -> Iterator[str]:
    for folder in ("", *FOLDERS):
        place = root / folder
        if folder and (place.is_symlink() or not place.is_dir()):
            continue
        for entry in sorted(os.scandir(place), key=lambda each: each.name):
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                course.report(path, 1, "is a symbolic link; accepted: plain files")
            elif path in FOLDERS and entry.is_dir(follow_symlinks=False):
                continue
            elif not any(pattern.match(path) for pattern, _ in ACCEPTED):
                course.report(
                    path, 1, f"is not part of the format; accepted: {LAYOUT}", is_warning=True
                )
            elif len(entry.name.partition(".")[0]) > LONGEST_NAME:
                course.report(
                    path, 1, f"has a long name; accepted: up to {LONGEST_NAME} characters"
                )
            elif not entry.is_file(follow_symlinks=False):
                course.report(path, 1, "is no plain file; accepted: plain files")
            else:
                yield path


def _read(course: CourseFolder, path: str) -> None:
    largest = next(size for pattern, size in ACCEPTED if pattern.match(path))
    # The file may have changed since it was listed: what is opened is asked again.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(course.root / path, flags)
    except OSError as error:
        course.report(path, 1, f"cannot be read: {error.strerror}")
        return
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            course.report(path, 1, "is no plain file; accepted: plain files")
            return
        content = file.read(largest + 1)
    if len(content) > largest:
        course.report(path, 1, f"is too large; accepted: up to {largest // 1024} KiB")
        return
    course.files[path] = content


# They change the order of what is read: a text would say something else than it shows.
_HIDDEN = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF}


def _strange_characters(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            point = ord(character)
            if (
                (point < 32 and character != "\t")
                or 0x7F <= point < 0xA0
                or point in _HIDDEN
                or point in {0x2028, 0x2029}
                or (point > 0xFFFF and unicodedata.category(character) in {"Cn", "Co", "Cs"})
            ):
                name = unicodedata.name(character, "control character")
                yield number, f"U+{point:04X} ({name.lower()})"
                break
