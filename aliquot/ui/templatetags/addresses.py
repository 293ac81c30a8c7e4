"""``{% url %}`` as the framework has it, with every address worked out once a process.

Addresses follow from names and arguments alone; a page has dozens of them. A builtin of every
template (settings.py), so nothing loads it.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import defaulttags
from django.template.base import Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()


@register.tag("url")
def url(parser: Parser, token: Token) -> "AddressNode":
    """The framework's tag, read by the framework."""
    node = defaulttags.url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


class AddressNode(defaulttags.URLNode):
    """Asks the memory first; an address that does not exist fails as ever."""

    def render(self, context: Context) -> SafeString:
        """The address, escaped where the template escapes; or nothing, kept in a variable."""
        if self.asvar:
            return SafeString(super().render(context))
        found = address_of(
            get_urlconf() or settings.ROOT_URLCONF,
            get_script_prefix(),
            str(self.view_name.resolve(context)),
            tuple(str(each.resolve(context)) for each in self.args),
            tuple((str(name), str(each.resolve(context))) for name, each in self.kwargs.items()),
        )
        shown: str = conditional_escape(found) if context.autoescape else found
        return SafeString(shown)


def address(name: str, *args: object) -> str:
    """The address of a view, for views: of pages and courses, not of what is a person's own."""
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    return address_of(urlconf, get_script_prefix(), name, tuple(map(str, args)), ())


@lru_cache(maxsize=4096)
def address_of(
    _urlconf: str,
    _prefix: str,
    name: str,
    args: tuple[str, ...],
    named: tuple[tuple[str, str], ...],
) -> str:
    """The address of a view. The first two are there to tell memories apart."""
    found: dict[str, Any] = dict(named)
    return reverse(name, args=args or None, kwargs=found or None)
