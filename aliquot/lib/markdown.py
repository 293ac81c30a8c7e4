"""The Markdown of courses: CommonMark and tables, callouts, figures, questions; no raw HTML.

A page becomes a list of blocks. Every block has an anchor that a bookmark can name: a heading's
own words, else a digest of the block's text. Whatever was written, the sanitizer comes last.
"""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

CALLOUTS = {"tip": "Tip", "warning": "Warning", "key": "Key point"}
CONTAINERS = (*CALLOUTS, "question", "note")
WEB_SCHEMES = ("https", "http")
COURSE_SCHEMES = ("term", "ref", "page")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BLOCK_TAGS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "hr"}
_INLINE_TAGS = {"a", "em", "strong", "code", "br"}
_TABLE_TAGS = {"div", "table", "thead", "tbody", "tr", "th", "td"}
_CLASSES = {
    "a": {"term", "citation", "page-link"},
    "aside": {"callout", *(f"callout--{name}" for name in CALLOUTS)},
    "p": {"callout__title"},
    "div": {"table-scroll"},
    "table": {"table"},
    "th": {"number", "center"},
    "td": {"number", "center"},
}
_ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"id", "tabindex", "role", "aria-label"},
    **{tag: {"id"} for tag in (*_BLOCK_TAGS - {"ol"}, "aside")},
} | {"ol": {"id", "start"}}
_ALIGNMENTS = {"text-align:right": "number", "text-align:center": "center"}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page: safe HTML, or the place of a figure or a question named by ``key``."""

    anchor: str
    kind: Literal["html", "figure", "question"]
    html: str = ""
    key: str = ""

    def as_dict(self) -> dict[str, str]:
        """The block as it is stored: HTML blocks carry ``html``, the others ``key``."""
        content = {"html": self.html} if self.kind == "html" else {"key": self.key}
        return {"anchor": self.anchor, "kind": self.kind, **content}


@dataclass(frozen=True, slots=True)
class Link:
    """A mention of something in the course, with the line that mentions it (1 is the first)."""

    scheme: str  # term, ref, page, figure or question
    key: str
    line: int


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong with a line of Markdown, and what would be accepted."""

    line: int
    message: str


@dataclass(slots=True)
class PageText:
    """What a page's Markdown says. ``words`` leaves out notes, figures and questions."""

    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[TextProblem] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    words: int = 0


def read_page(source: str) -> PageText:
    """Read a page: its blocks (with safe HTML), words, links and problems, all at once."""
    return _Reader(source).read()


@functools.lru_cache(maxsize=2048)
def render_text(source: str) -> str:
    """A few paragraphs of Markdown as safe HTML, without figures, callouts or ids."""
    return "\n".join(block.html for block in _Reader(source, is_page=False).read().blocks)


@functools.lru_cache(maxsize=8192)
def render_inline(source: str) -> str:
    """One line of Markdown (a stem, a caption) as safe HTML that fits into a label or a cell."""
    reader = _Reader(source, is_page=False)
    if not _BLANK_LINE.search(source.strip()):  # "> 5%" and "1. Stain" are words here
        reader.tokens = _PARSER.parseInline(" ".join(source.split()))
    return reader.inline_html()


def plain_text(source: str) -> str:
    """The words alone, on one line: for descriptions in page heads, selects, search."""
    return " ".join(" ".join(_Reader(source, is_page=False).texts()).split())


def problems_of_text(source: str) -> list[TextProblem]:
    """What is wrong with Markdown outside pages: raw HTML, links that lead nowhere."""
    return _Reader(source, is_page=False).read().problems


def count_words(text: str) -> int:
    """Runs between white space that hold at least one letter or digit."""
    return sum(any(character.isalnum() for character in run) for run in text.split())


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    for name in CONTAINERS:
        container_plugin(parser, name)
    # Every address becomes a token, so that a bad one is reported instead of shown as text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


class _Reader:
    def __init__(self, source: str, *, is_page: bool = True) -> None:
        self.source = source
        self.is_page = is_page
        self.text = PageText()
        self.anchors: set[str] = set()
        self.tables = 0
        self.heading_level = 1
        self.tokens = _PARSER.parse(source)

    def read(self) -> PageText:
        for group in _top_level_groups(self.tokens):
            self._read_group(group)
        return self.text

    def texts(self) -> Iterator[str]:
        """The text of every paragraph, heading and cell, without markup."""
        for token in self.tokens:
            if token.type == "inline":
                yield _plain(token)
            elif token.type in {"fence", "code_block"}:
                yield token.content

    def inline_html(self) -> str:
        """All text of the source as phrasing content, one line after the other."""
        parts = []
        for token in self.tokens:
            if token.type == "inline":
                self._read_inline(token)
                parts.append(_PARSER.renderer.render([token], _PARSER.options, {}))
            elif token.type == "html_block":
                parts.append(escape(token.content))
        return _clean(" ".join(parts), tags=_INLINE_TAGS)

    def _problem(self, line: int, message: str) -> None:
        self.text.problems.append(TextProblem(line, message))

    # --- blocks -------------------------------------------------------------------------------

    def _read_group(self, group: list[Token]) -> None:
        first = group[0]
        line = _line(first)
        if first.type.startswith("container_"):
            self._read_container(group, line)
        elif (key := _figure_alone(group)) is not None:
            self._add_figure(key, line)
        else:
            self._add_html(group)

    def _read_container(self, group: list[Token], line: int) -> None:
        name, _, title = group[0].info.strip().partition(" ")
        if not self.is_page:
            self._problem(line, f"::: {name} stands outside a page; accepted: text")
            return
        if group[-1].markup == "":
            self._problem(line, f"::: {name} is not closed; accepted: a line ::: at its end")
        if name == "question":
            self._add_question(title.strip(), line, has_content=len(group) > 2)
        elif name in CALLOUTS:
            self._add_callout(name, title.strip(), group)

    def _add_figure(self, key: str, line: int) -> None:
        if not self.is_page:
            self._problem(line, "a figure stands outside a page; accepted: text")
            return
        self.text.links.append(Link("figure", key, line))
        self.text.blocks.append(Block(self._anchor(f"figure-{key}"), "figure", key=key))

    def _add_question(self, key: str, line: int, *, has_content: bool) -> None:
        if has_content:
            self._problem(line, "::: question holds text; accepted: ::: question ID, then :::")
        if not KEY.match(key):
            self._problem(line, f"::: question {key!r}; accepted: the id of a question")
            return
        self.text.links.append(Link("question", key, line))
        self.text.blocks.append(Block(self._anchor(f"question-{key}"), "question", key=key))

    def _add_callout(self, name: str, title: str, group: list[Token]) -> None:
        inner = group[1:-1]
        content = self._prepare(inner)
        anchor = self._anchor(_digest(name + title + _plain_all(inner)))
        self.text.words += count_words(title)
        heading = escape(title or CALLOUTS[name])
        html = _PARSER.renderer.render(content, _PARSER.options, {})
        self.text.blocks.append(
            Block(
                anchor,
                "html",
                html=_clean(
                    f'<aside id="{anchor}" class="callout callout--{name}">'
                    f'<p class="callout__title">{heading}</p>{html}</aside>'
                ),
            )
        )

    def _add_html(self, group: list[Token]) -> None:
        first = group[0]
        plain = _plain_all(group)
        if first.type == "heading_open":
            self.text.headings.append(plain)
            anchor = self._anchor("part-" + _slug(plain))
        else:
            anchor = self._anchor(_digest(plain or first.type))
        content = self._prepare(group)
        if not content:
            return
        if self.is_page:
            content[0].attrSet("id", anchor)
        html = _clean(_PARSER.renderer.render(content, _PARSER.options, {})).strip()
        if html:
            self.text.blocks.append(Block(anchor, "html", html=html))

    def _prepare(self, tokens: list[Token]) -> list[Token]:
        """Check the tokens of one block and make them ready to be rendered."""
        kept: list[Token] = []
        skip_to: str | None = None
        for token in tokens:
            if skip_to is not None:
                skip_to = None if token.type == skip_to else skip_to
                continue
            if token.type.startswith("container_") and token.nesting == 1:
                skip_to = token.type.replace("_open", "_close")
                if not token.type.startswith("container_note"):
                    self._problem(
                        _line(token), f"::: {token.info.strip()} stands inside another block"
                    )
                continue
            self._prepare_one(token)
            kept.extend(self._around_table(token))
        return kept

    def _prepare_one(self, token: Token) -> None:
        if token.type == "html_block":
            self._problem(_line(token), "raw HTML; accepted: Markdown")
            token.type, token.tag = "text", ""
        elif token.type == "heading_open":
            self._check_heading(token)
        elif token.type == "inline":
            self._read_inline(token)
            self.text.words += count_words(_plain(token))
        elif token.type in {"fence", "code_block"}:
            self.text.words += count_words(token.content)
        elif token.type in {"th_open", "td_open"}:
            alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
            if alignment:
                token.attrSet("class", alignment)
            if token.type == "th_open":
                token.attrSet("scope", "col")

    def _check_heading(self, token: Token) -> None:
        level = int(token.tag[1])
        if not self.is_page:
            self._problem(_line(token), "a heading stands outside a page; accepted: text")
        elif level == 1:
            self._problem(_line(token), "heading of level 1; accepted: ## and below")
        elif level > self.heading_level + 1:
            self._problem(
                _line(token),
                f"heading jumps to level {level}; accepted: level {self.heading_level + 1}"
                " or above",
            )
        self.heading_level = max(level, 2)

    def _around_table(self, token: Token) -> list[Token]:
        """A table scrolls sideways in a named region of its own on a narrow screen."""
        if token.type == "table_open":
            self.tables += 1
            region = Token("table_region_open", "div", 1, block=True)
            region.attrs = {
                "class": "table-scroll",
                "tabindex": "0",
                "role": "region",
                "aria-label": f"Table {self.tables}",
            }
            token.attrSet("class", "table")
            return [region, token]
        if token.type == "table_close":
            return [token, Token("table_region_close", "div", -1, block=True)]
        return [token]

    # --- inline -------------------------------------------------------------------------------

    def _read_inline(self, token: Token) -> None:
        line = _line(token)
        children: list[Token] = []
        for child in token.children or []:
            if child.type in {"softbreak", "hardbreak"}:
                line += 1
            if child.type == "html_inline":
                self._problem(line, f"raw HTML {child.content[:40]!r}; accepted: Markdown")
                child.type = "text"
            elif child.type == "image":
                self._problem(
                    line, "image inside text; accepted: ![](figure:ID) on a line of its own"
                )
                continue
            elif child.type == "text" and child.content.lstrip().startswith(":::"):
                self._problem(
                    line,
                    f"{child.content.strip()[:40]!r} opens or closes nothing; accepted: "
                    + ", ".join(f"::: {name}" for name in CONTAINERS),
                )
            elif child.type == "link_open":
                self._read_link(child, line)
            children.append(child)
        token.children = children

    def _read_link(self, token: Token, line: int) -> None:
        address = str(token.attrs.get("href", ""))
        scheme, _, key = address.partition(":")
        token.attrs = {name: value for name, value in token.attrs.items() if name == "title"}
        if scheme in COURSE_SCHEMES and self.is_page:
            if KEY.match(key):
                self.text.links.append(Link(scheme, key, line))
                token.attrs |= _course_link(scheme, key)
            else:
                self._problem(line, f"link {address[:80]!r}; accepted: {scheme}: and an id")
        elif scheme in WEB_SCHEMES and key:
            token.attrs |= {"href": address, "rel": "noopener noreferrer"}
        else:
            schemes = (*COURSE_SCHEMES, *WEB_SCHEMES) if self.is_page else WEB_SCHEMES
            self._problem(
                line,
                f"link {address[:80]!r}; accepted: " + ", ".join(f"{name}:" for name in schemes),
            )

    def _anchor(self, wanted: str) -> str:
        wanted = wanted[:70]
        anchor, count = wanted, 1
        while anchor in self.anchors:
            count += 1
            anchor = f"{wanted}-{count}"
        self.anchors.add(anchor)
        return anchor


def _course_link(scheme: str, key: str) -> dict[str, str | int | float]:
    """Where a link inside the course leads: definitions and references stand on the same page."""
    if scheme == "term":
        return {"class": "term", "href": f"#term-{key}"}
    if scheme == "ref":
        return {"class": "citation", "href": f"#reference-{key}"}
    # Relative, so that it holds in the preview and in the player: both end in <page>/.
    return {"class": "page-link", "href": f"../{key}/"}


def _top_level_groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting != 1:
            yield group
            group = []
    if group:
        yield group


def _figure_alone(group: list[Token]) -> str | None:
    if len(group) != 3 or group[0].type != "paragraph_open":
        return None
    children = group[1].children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    scheme, _, key = str(children[0].attrs.get("src", "")).partition(":")
    return key if scheme == "figure" and KEY.match(key) else None


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _plain(token: Token) -> str:
    """The text of an inline token, without markup and without the addresses of links."""
    parts = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)


def _plain_all(tokens: Sequence[Token]) -> str:
    return " ".join(
        _plain(token) if token.type == "inline" else token.content
        for token in tokens
        if token.type in {"inline", "fence", "code_block"}
    )


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or _digest(text)


def _digest(text: str) -> str:
    return "p-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _clean(html: str, *, tags: set[str] | None = None) -> str:
    return nh3.clean(
        html,
        tags=tags or _BLOCK_TAGS | _INLINE_TAGS | _TABLE_TAGS | {"li", "aside"},
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=set(WEB_SCHEMES),
        generic_attribute_prefixes=set(),
        link_rel=None,  # set where a link leads outside, see _read_link
    )
