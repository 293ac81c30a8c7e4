"""The files of a course as documents: parsed, checked against their schemas, not yet judged."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from aliquot.interop.coursepack import schemas
from aliquot.interop.coursepack.folder import CourseFolder
from aliquot.interop.coursepack.positions import Document, Path, YamlProblem, read_yaml
from aliquot.interop.coursepack.svg import read_svg
from aliquot.lib import markdown
from aliquot.lib.pictures import read_picture

ENDINGS_OF_PHOTOGRAPHS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
}
PHOTOGRAPH_ENDINGS = tuple(each for endings in ENDINGS_OF_PHOTOGRAPHS.values() for each in endings)
LONGEST_SIDE = 8000


@dataclass
class Source:
    """A YAML document of a file: its data, its lines, and the places its schema refused."""

    file: str
    document: Document
    refused: set[Path] = field(default_factory=set)

    @property
    def data(self) -> Any:
        """What the document says."""
        return self.document.data

    def line(self, path: Path) -> int:
        """The line of a value in the file."""
        return self.document.line(path)


@dataclass
class PageSource(Source):
    """A page: its front matter, and its Markdown, which begins after line ``offset``."""

    body: str = ""
    offset: int = 0
    text: markdown.PageText = field(default_factory=markdown.PageText)


@dataclass
class FigureSource(Source):
    """A figure: the text beside it, and its image."""

    image: str = ""
    content: bytes = b""
    media_type: str = ""
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        """The hash of the image."""
        return hashlib.sha256(self.content).hexdigest()


def read_document(folder: CourseFolder, file: str, schema: str) -> Source | None:
    """Parse a YAML file and report what its schema refuses; None when it is no YAML."""
    text = folder.text(file)
    document = _parsed(folder, file, text, 1)
    return None if document is None else _checked(folder, Source(file, document), schema)


def _parsed(folder: CourseFolder, file: str, text: str | None, first_line: int) -> Document | None:
    if text is None:
        return None
    try:
        document = read_yaml(text, first_line=first_line)
    except YamlProblem as problem:
        folder.report(file, problem.line, problem.message)
        return None
    for line, key in document.repeated:
        folder.report(file, line, f"{key} stands twice; accepted: once")
    return document


def _checked[S: Source](folder: CourseFolder, source: S, schema: str) -> S:
    for path, message in schemas.problems(schema, source.data):
        folder.report(source.file, source.line(path), message)
        source.refused.add(path)
    return source


def read_page(folder: CourseFolder, file: str) -> PageSource | None:
    """Read a page; None when its front matter is missing or no YAML."""
    text = folder.text(file)
    if text is None:
        return None
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        folder.report(file, 1, "has no front matter; accepted: ---, title: …, --- and then text")
        return None
    document = _parsed(folder, file, "\n".join(lines[1:end]), 2)
    if document is None:
        return None
    body = "\n".join(lines[end + 1 :]).strip("\n").rstrip() + "\n"
    blank = next((n for n, line in enumerate(lines[end + 1 :]) if line.strip()), 0)
    page = PageSource(file, document, body=body, offset=end + 1 + blank)
    page.text = markdown.read_page(body)
    for problem in page.text.problems:
        folder.report(file, problem.line + page.offset, problem.message)
    if not body.strip():
        folder.report(file, len(lines), "has no text; accepted: Markdown")
    return _checked(folder, page, "page")


def read_figures(folder: CourseFolder) -> tuple[dict[str, FigureSource], bool]:
    """Figures by key, and whether one of them could not be read."""
    images: dict[str, str] = {}
    is_incomplete = False
    for image in folder.names("figures", ".svg", *PHOTOGRAPH_ENDINGS):
        key = image.removeprefix("figures/").rpartition(".")[0]
        if key in images:
            folder.report(image, 1, f"has the same name as {images[key]}; accepted: one image")
        images.setdefault(key, image)
    sidecars = {
        name.removeprefix("figures/").removesuffix(".yaml"): name
        for name in folder.names("figures", ".yaml")
    }
    figures = {}
    for key in sorted(images.keys() | sidecars.keys()):
        figure = _read_figure(folder, images.get(key), sidecars.get(key))
        if figure is None:
            is_incomplete = True
        else:
            figures[key] = figure
    return figures, is_incomplete


def _read_figure(
    folder: CourseFolder, image: str | None, sidecar: str | None
) -> FigureSource | None:
    if sidecar is None:
        text = f"{str(image).rpartition('.')[0]}.yaml with title, caption, alt, description, …"
        folder.report(str(image), 1, f"has no text alternatives; accepted: {text}")
        return None
    if image is None:
        folder.report(sidecar, 1, "has no image beside it; accepted: .svg, .png, .jpg, .webp")
        return None
    source = read_document(folder, sidecar, "figure")
    if source is None:
        return None
    figure = FigureSource(
        sidecar, source.document, source.refused, image=image, content=folder.files[image]
    )
    (_measure_drawing if image.endswith(".svg") else _measure_photograph)(folder, figure)
    _check_words(folder, figure)
    return figure


def _measure_drawing(folder: CourseFolder, figure: FigureSource) -> None:
    drawing = read_svg(figure.content)
    for line, message in drawing.problems:
        folder.report(figure.image, line, message)
    figure.media_type = "image/svg+xml"
    figure.width, figure.height = drawing.width, drawing.height


def _measure_photograph(folder: CourseFolder, figure: FigureSource) -> None:
    photograph = read_picture(
        figure.content, kinds=("PNG", "JPEG", "WEBP"), longest_side=LONGEST_SIDE
    )
    if photograph is None:
        folder.report(figure.image, 1, "is no PNG, JPEG or WebP by its content; accepted: those")
        return
    accepted = ENDINGS_OF_PHOTOGRAPHS[photograph.media_type]
    if not figure.image.endswith(accepted):
        folder.report(
            figure.image,
            1,
            f"is {photograph.media_type} by its content; accepted: {' or '.join(accepted)}",
        )
    if max(photograph.width, photograph.height) > LONGEST_SIDE:
        folder.report(
            figure.image,
            1,
            f"is {photograph.width} × {photograph.height} pixels; accepted: up to "
            f"{LONGEST_SIDE} a side",
        )
    if photograph.has_notes:
        folder.report(
            figure.image, 1, "carries notes of a camera (Exif); better: none", is_warning=True
        )
    for name in ("stain", "magnification"):
        if isinstance(figure.data, dict) and not figure.data.get(name):
            folder.report(
                figure.file,
                figure.line((name,)),
                f'{name} is missing; accepted: the {name} of the photograph, or "none"',
            )
    figure.media_type = photograph.media_type
    figure.width, figure.height = photograph.width, photograph.height


def _check_words(folder: CourseFolder, figure: FigureSource) -> None:
    data = figure.data if isinstance(figure.data, dict) else {}
    alt, description = data.get("alt"), data.get("description")
    if isinstance(alt, str) and alt and alt == description:
        folder.report(
            figure.file,
            figure.line(("description",)),
            "description says the same as alt; accepted: a long description that says all",
        )
    check_markdown(folder, figure, ("caption",), data.get("caption"))


def check_markdown(folder: CourseFolder, source: Source, path: Path, text: object) -> None:
    """Report raw HTML and links that lead nowhere in a short Markdown text."""
    if isinstance(text, str):
        for problem in markdown.problems_of_text(text):
            folder.report(source.file, source.line(path), f"{path[-1]}: {problem.message}")
