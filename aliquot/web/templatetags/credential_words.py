"""Tags for pages about credentials: sources as links, confirmation in words, "Counts toward"."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aliquot.credentials.facts import Confirmed, Source
from aliquot.credentials.queries import wording
from aliquot.web.credentials import rulebook, toward

register = template.Library()


@register.filter
def cited(sources: tuple[Source, ...]) -> SafeString:
    """``Source S3``, ``Sources S14, S9``, or that there is none; linked to the list of sources."""
    if not sources:
        return format_html("Our reading; no source found")
    return format_html("{} {}", "Source" if len(sources) == 1 else "Sources", source_links(sources))


@register.filter
def source_links(sources: tuple[Source, ...]) -> SafeString:
    """Links to the list of sources on the same page: S14, S9."""
    return format_html_join(
        ", ", '<a class="cite" href="#source-{}">{}</a>', ((each.id, each.id) for each in sources)
    )


@register.filter
def confirmed_words(value: Confirmed) -> str:
    """``confirmed``, ``partly confirmed`` or ``not confirmed``."""
    return rulebook.confirmation(value)[0]


@register.filter
def confirmed_kind(value: Confirmed) -> str:
    """The kind of the badge for a confirmation."""
    return rulebook.confirmation(value)[1]


@register.filter
def american(text: object) -> str:
    """Dates such as 2027-06-30 inside a sentence become "June 30, 2027"."""
    return wording.american(str(text))


@register.filter
def is_address(text: str) -> bool:
    """Whether a source is one address that can be followed."""
    return text.startswith(("https://", "http://")) and " " not in text


@register.inclusion_tag("web/credentials/_counts_toward.html")
def counts_toward(effects: Any) -> dict[str, Any]:
    """Where the points of a course go, for each credential; ``effects`` are CourseEffects."""
    return {"towards": [toward.toward(effect) for effect in effects]}
