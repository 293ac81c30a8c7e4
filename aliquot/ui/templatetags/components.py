"""``{% include … only %}`` as the framework has it, with some components drawn once a process.

What a component below shows follows from its parameters alone, and the same parameters come again
and again: the caps and tubes of a catalog, its cards, the questions of a page before they are
answered. Nothing here grows stale: other parameters are another drawing, and what was not asked for
longest makes room. A builtin of every template (settings.py), so nothing loads it.
"""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, Engine, loader_tags
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

register = template.Library()

MOST_KEPT = 2048  # some hundred bytes to some kilobytes each
MOST_PIECES = 4096  # one kilobyte each
DRAWN_ONCE = frozenset(
    {
        "ui/_brand.html",
        "ui/_footer_links.html",
        "ui/_menu.html",
        "ui/_outline_mark.html",
        "ui/_person_links.html",
        "ui/_styles.html",
        "ui/_tabbar.html",
        "ui/_theme.html",
        "ui/badge.html",
        "ui/course_card.html",
        "ui/question/_mark.html",
        "ui/question/_matched.html",
        "ui/question/_opening.html",
        "ui/question/_placed.html",
        "ui/question/numeric.html",
        "ui/question/question.html",
        "ui/statistic.html",
        "ui/stopper.html",
        "web/learning/_test_references.html",
        "web/learning/_test_verdict.html",
        "web/learning/_text_size.html",
        "web/pages/_example.html",
    }
)
_PLAIN = frozenset({str, SafeString, int, bool, type(None)})


@register.tag("include")
def include(parser: Parser, token: Token) -> loader_tags.IncludeNode:
    """The framework's tag, read by the framework."""
    node = loader_tags.do_include(parser, token)
    name = node.template.var
    if node.isolated_context and name in DRAWN_ONCE:
        return ComponentNode(node.template, extra_context=node.extra_context, name=str(name))
    return node


class ComponentNode(loader_tags.IncludeNode):
    """Asks the memory first; with a parameter that has no content to compare it draws as ever."""

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, isolated_context=True, **kwargs)
        self.name = name

    def render(self, context: Context) -> SafeString:
        """The component's HTML."""
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        try:
            content = tuple(map(_content, values.values()))
        except _NotPlainError:
            return SafeString(super().render(context))
        if not context.autoescape:
            return SafeString(super().render(context))
        return _drawn(_Drawing((self.name, *values, *content), values))


class _Drawing:
    """A component with parameters; two are the same when all their content is."""

    __slots__ = ("key", "values")

    def __init__(self, key: tuple[Any, ...], values: dict[str, Any]) -> None:
        self.key, self.values = key, values

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawing) and self.key == other.key


@lru_cache(maxsize=MOST_KEPT)
def _drawn(drawing: _Drawing) -> SafeString:
    """Without a request, so that nothing of a visitor can get in."""
    values, drawing.values = drawing.values, {}  # what is kept is the key and the drawing
    return Engine.get_default().get_template(drawing.key[0]).render(Context(values))


@lru_cache(maxsize=MOST_PIECES, typed=True)
def drawn(template: str, **values: str | bool) -> SafeString:
    """A small component drawn once for these words, for tags that put many of them together."""
    return Engine.get_default().get_template(template).render(Context(values))


class _NotPlainError(Exception):
    pass


def _content(value: Any) -> Any:
    """What tells the value from every other that may look different.

    1, True and "1" are told apart, and text that was escaped from text that was not.
    """
    kind = type(value)
    if kind in _PLAIN or issubclass(kind, Enum):
        return kind, value
    if kind is Decimal:
        return kind, str(value)
    if kind is list or kind is tuple:
        return kind, tuple(map(_content, value))
    if kind is dict:
        return kind, tuple(map(_content, value)), tuple(map(_content, value.values()))
    if is_dataclass(kind):
        return kind, tuple(_content(getattr(value, name)) for name in _names(kind))
    raise _NotPlainError


@lru_cache(maxsize=256)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
