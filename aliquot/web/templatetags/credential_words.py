"""Tags for pages about credentials: sources as links, confirmation in words, "Counts toward"."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aliquot.credentials.facts import Confirmed, Source
from aliquot.credentials.queries import Served, wording
from aliquot.credentials.queries.wording import in_units
from aliquot.web.credentials import rulebook, toward

register = template.Library()


@register.filter
def cited(sources: tuple[Source, ...]) -> SafeString:
    """``Source S3``, ``Sources S14, S9``, or that there is none; linked to the list of sources."""
    if not sources:
        return SafeString("Our reading; no source found")
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
def asked(credential: Served) -> str:
    """``36 points every 3 years``, ``no continuing education``, ``hours not known``."""
    if credential.total is None:
        return f"{credential.unit} not known"
    if not credential.total:
        is_sure = credential.confirmed is Confirmed.YES
        return f"no continuing education{'' if is_sure else ' found, not confirmed'}"
    amount = in_units(credential.total, credential.unit)
    years, doubt = credential.cycle_years, ""
    if credential.confirmed is Confirmed.NO:
        doubt = ", not confirmed"
    if years is None:
        return f"{amount}; the length of the cycle is not known"
    return f"{amount} every year{doubt}" if years == 1 else f"{amount} every {years} years{doubt}"


@register.filter
def american(text: object) -> str:
    """Dates such as 2027-06-30 inside a sentence become "June 30, 2027"."""
    return wording.american(str(text))


@register.filter
def lower_title(title: str) -> str:
    """The title of an area inside a sentence."""
    return wording.inside(title)


@register.filter
def one_of_many(titles: tuple[str, ...]) -> str:
    """``bacteriology, blood cultures``: titles inside a sentence."""
    return ", ".join(map(wording.inside, titles))


@register.filter
def edge_words(source: str) -> str:
    """Where a step of the tree of areas comes from, as a sentence without its full stop."""
    return source[:1].upper() + source[1:]


@register.filter
def is_address(text: str) -> bool:
    """Whether a source is one address that can be followed."""
    return text.startswith(("https://", "http://")) and " " not in text


@register.inclusion_tag("web/credentials/_counts_toward.html")
def counts_toward(effects: Any) -> dict[str, Any]:
    """Where the points of a course go, for each credential; ``effects`` are CourseEffects."""
    return {"towards": [toward.toward(effect) for effect in effects]}
