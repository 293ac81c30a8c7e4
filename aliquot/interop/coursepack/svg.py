"""Drawings: which SVG is accepted. Nothing is repaired; whatever could act is refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"

SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "text", "tspan", "textPath",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker",
    *SHAPES,
})  # fmt: skip
_SPACES = {None: "", _XLINK: "xlink:", _XML: "xml:"}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"
_VIEW_BOX = re.compile(rf"\s*{_NUMBER}[\s,]+{_NUMBER}[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*\Z")
_ADDRESS = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
MOST_ELEMENTS = 20_000
DEEPEST = 60


@dataclass
class Drawing:
    """The size of a drawing in its own units, and every line at which it is refused."""

    width: int = 0
    height: int = 0
    title: str = ""
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_svg(content: bytes) -> Drawing:
    """Check a drawing and measure it."""
    drawing = Drawing()
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        drawing.problems.append((1, "is not UTF-8; accepted: SVG in UTF-8"))
        return drawing
    # Before any parser sees it: entities could grow without end or read other files.
    forbidden = list(_forbidden_declarations(text))
    if forbidden:
        drawing.problems += forbidden
        return drawing
    reader = _Reader(drawing)
    try:
        reader.parse(text)
    except expat.ExpatError as error:
        message = expat.errors.messages.get(error.code, "broken")
        drawing.problems.append((error.lineno, f"is not XML: {message}"))
        return drawing
    if not drawing.title:
        drawing.problems.append((1, "has no <title>; accepted: <title> with words inside <svg>"))
    return drawing


def _forbidden_declarations(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"<!(DOCTYPE|ENTITY|ATTLIST|ELEMENT|NOTATION)", text, re.IGNORECASE):
        line = text.count("\n", 0, match.start()) + 1
        yield line, f"{match[0]} is refused; accepted: SVG without a document type"
    declared = re.match(r"\s*<\?xml[^>]*encoding\s*=\s*['\"]([^'\"]*)", text)
    if declared and declared[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        yield 1, f"declares the encoding {declared[1][:20]!r}; accepted: UTF-8"
    for match in re.finditer(r"<\?(?!xml\s)[^\s?>]*", text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, f"{match[0]} is refused; accepted: no processing instruction"


class _Reader:
    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.depth = 0
        self.elements = 0
        self.in_title = False
        self.named: list[bool] = []  # which of the open elements can be drawn again by <use>
        self.parser = expat.ParserCreate(encoding="UTF-8", namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def parse(self, text: str) -> None:
        # A declared encoding would be believed over the one we have checked.
        without_declaration = re.sub(r"\A\s*<\?xml[^>]*\?>", _line_ends, text)
        self.parser.Parse(without_declaration, True)

    def _problem(self, message: str) -> None:
        self.drawing.problems.append((self.parser.CurrentLineNumber, message))

    def _doctype(self, *_declaration: object) -> None:
        self._problem("a document type is refused; accepted: SVG without one")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        space, _, local = name.rpartition(" ")
        if self.elements == MOST_ELEMENTS + 1:
            self._problem(f"holds too many elements; accepted: up to {MOST_ELEMENTS}")
        if self.depth == DEEPEST + 1:
            self._problem(f"is nested too deeply; accepted: up to {DEEPEST} levels")
        if self.depth == 1:
            self._root(space, local, attributes)
        elif local == "svg":
            self._problem("<svg> inside <svg>; accepted: one")
        if space != _SVG or local not in ELEMENTS:
            self._problem(f"<{local}> is refused; accepted: {', '.join(sorted(ELEMENTS))}")
        if local == "use" and any(self.named[1:]):
            # Copies of copies double with every level until a browser stands still.
            self._problem("<use> inside what <use> could copy; accepted: <use> of plain shapes")
        self.named.append("id" in attributes or local in {"symbol", "pattern", "marker"})
        self.in_title = self.depth == 2 and local == "title"
        for key, value in attributes.items():
            self._attribute(local, key, value)

    def _root(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if space != _SVG or local != "svg":
            self._problem(f'begins with <{local}>; accepted: <svg xmlns="{_SVG}">')
        box = _VIEW_BOX.match(attributes.get("viewBox", ""))
        width, height = (float(box[1]), float(box[2])) if box else (0.0, 0.0)
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            self._problem('has no viewBox with a size; accepted: viewBox="0 0 800 600"')
            return
        self.drawing.width, self.drawing.height = round(width), round(height)

    def _attribute(self, element: str, key: str, value: str) -> None:
        space, _, local = key.rpartition(" ")
        shown = f"{_SPACES.get(space or None, '?:')}{local}"
        lowered = local.lower()
        if (space or None) not in _SPACES:
            self._problem(f"attribute {local} of another language on <{element}> is refused")
        elif lowered.startswith("on"):
            self._problem(f"attribute {shown} on <{element}> is refused; accepted: no event")
        elif lowered in {"style", "class"}:
            self._problem(
                f"attribute {shown} on <{element}> is refused; accepted: attributes such as "
                "fill and stroke"
            )
        elif lowered in {"href", "src"} and not value.strip().startswith("#"):
            self._problem(f"{shown} leads outside; accepted: #ID of this drawing")
        elif lowered == "base":
            self._problem(f"attribute {shown} is refused; accepted: none")
        elif _ADDRESS.search(value):
            self._problem(f"{shown} names an address; accepted: url(#ID) of this drawing")
        elif "\\" in value or re.search(r"(java|vb)script\s*:", value, re.IGNORECASE):
            self._problem(f"{shown} holds what is no drawing; accepted: plain values")

    def _characters(self, text: str) -> None:
        if self.in_title:
            self.drawing.title += text.strip()

    def _end(self, _name: str) -> None:
        self.depth -= 1
        self.named.pop()
        self.in_title = False


def _line_ends(match: re.Match[str]) -> str:
    """Keep the line numbers when the XML declaration is cut off."""
    return "\n" * match[0].count("\n")
