"""Reads a course folder: every problem with file and line, and the course when there is none."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from aliquot.assessment.facts import QuestionFacts
from aliquot.catalog.facts import CoursePack, HoursDetermination, HoursSettings, Problem
from aliquot.flows.judge_course import hours_of_course, problems_of_course
from aliquot.interop.coursepack import building
from aliquot.interop.coursepack.folder import CourseFolder, Finding, open_folder
from aliquot.interop.coursepack.sources import (
    FigureSource,
    PageSource,
    Source,
    check_markdown,
    read_document,
    read_figures,
    read_page,
)


@dataclass
class Reading:
    """What a folder says. ``pack`` is None as long as there is an error."""

    folder: CourseFolder
    pack: CoursePack[QuestionFacts] | None = None
    hours: HoursDetermination | None = None
    course: Source | None = None
    pages: dict[str, PageSource] = field(default_factory=dict)
    figures: dict[str, FigureSource] = field(default_factory=dict)
    questions: dict[str, tuple[Source, int]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    @property
    def findings(self) -> list[Finding]:
        """Errors and warnings in the order of files and lines, each once."""
        return sorted(set(self.folder.findings))

    @property
    def errors(self) -> list[Finding]:
        """What stops publishing."""
        return [finding for finding in self.findings if not finding.is_warning]

    def add(self, problems: Iterable[Problem]) -> None:
        """Report judgments at their lines, unless the place itself is already refused."""
        for problem in problems:
            source, path = self._source(problem.path)
            if source is None:
                self.folder.report("course.yaml", 1, problem.message, is_warning=problem.is_warning)
            elif not _is_refused(source, path):
                line = self._line(source, path)
                self.folder.report(
                    source.file, line, problem.message, is_warning=problem.is_warning
                )

    def _source(self, path: tuple[str | int, ...]) -> tuple[Source | None, tuple[str | int, ...]]:
        part, key = path[0], str(path[1]) if len(path) > 1 else ""
        if part == "page" and key in self.pages:
            return self.pages[key], path[2:]
        if part == "figure" and key in self.figures:
            return self.figures[key], path[2:]
        if part == "question" and key in self.questions:
            source, index = self.questions[key]
            return source, (index, *path[2:])
        return self.course, path[1:]

    def _line(self, source: Source, path: tuple[str | int, ...]) -> int:
        if isinstance(source, PageSource) and path and isinstance(path[0], int):
            return path[0] + source.offset
        return source.line(path)


def _is_refused(source: Source, path: tuple[str | int, ...]) -> bool:
    return any(
        refused[: len(path)] == path or path[: len(refused)] == refused
        for refused in source.refused
    )


def read_course(root: Path, *, settings: HoursSettings) -> Reading:
    """Read and check the course in a folder. Never raises for what the folder holds."""
    reading = Reading(open_folder(root))
    folder = reading.folder
    if "course.yaml" in folder.files:
        reading.course = read_document(folder, "course.yaml", "course")
    reading.figures, is_incomplete = read_figures(folder)
    if is_incomplete:
        reading.incomplete.add("figures")
    _read_pages(reading)
    _read_questions(reading)
    if reading.course is None or not isinstance(reading.course.data, dict):
        return reading
    check_markdown(folder, reading.course, ("description",), reading.course.data.get("description"))
    pack = building.build(reading.course.data, reading.pages, reading.figures, reading.questions)
    reading.add(problems_of_course(pack, settings=settings, incomplete=reading.incomplete))
    reading.hours = hours_of_course(pack, settings=settings)
    if not reading.errors:
        reading.pack = _used_only(pack)
    return reading


def _read_pages(reading: Reading) -> None:
    folder = reading.folder
    names = _listed_pages(reading.course)
    for file in folder.names("pages", ".md"):
        slug = file.removeprefix("pages/").removesuffix(".md")
        if slug not in names and reading.course is not None:
            folder.report(
                file, 1, "is not listed in pages of course.yaml; it is left out", is_warning=True
            )
            continue
        page = read_page(folder, file)
        if page is not None:
            reading.pages[slug] = page
    course = reading.course
    for name in names:
        if f"pages/{name}.md" not in folder.files and course is not None:
            path = ("pages", course.data["pages"].index(name))
            if not _is_refused(course, path):
                folder.report(
                    "course.yaml",
                    course.line(path),
                    f"page {name!r} does not exist; accepted: the name of a file in pages/",
                )
    if len(reading.pages) < len(names) or not names:
        reading.incomplete.add("pages")


def _read_questions(reading: Reading) -> None:
    for file in reading.folder.names("questions", ".yaml"):
        source = read_document(reading.folder, file, "questions")
        if source is None or not isinstance(source.data, list):
            reading.incomplete.add("questions")
            continue
        for index, question in enumerate(source.data):
            key = question.get("id") if isinstance(question, dict) else None
            if not isinstance(key, str) or not key:
                reading.incomplete.add("questions")
                continue
            if key in reading.questions:
                first, place = reading.questions[key]
                reading.folder.report(
                    file,
                    source.line((index, "id")),
                    f"question {key!r} stands twice, first in {first.file}:"
                    f"{first.line((place, 'id'))}; accepted: once",
                )
                continue
            reading.questions[key] = (source, index)
            check_markdown(reading.folder, source, (index, "stem"), question.get("stem"))


def _listed_pages(course: Source | None) -> list[str]:
    listed = course.data.get("pages") if course and isinstance(course.data, dict) else None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _used_only(pack: CoursePack[QuestionFacts]) -> CoursePack[QuestionFacts]:
    """The course without the questions and figures that stand nowhere; warnings said so."""
    placed = {key for page in pack.pages for key in page.question_keys}
    questions = tuple(each for each in pack.questions if each.use == "test" or each.key in placed)
    used = {each.figure_key for each in questions}
    used |= {link.key for page in pack.pages for link in page.links if link.scheme == "figure"}
    return replace(
        pack,
        questions=tuple(replace(each, position=n) for n, each in enumerate(questions)),
        figures=tuple(figure for figure in pack.figures if figure.key in used),
    )
