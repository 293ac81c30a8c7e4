"""Filters of the pages about activities: what a proof is, and what can be read on it."""

from collections.abc import Iterable

from django import template

from aliquot.credentials.data.bodies import PROOF_FACTS

register = template.Library()

_KINDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
}


@register.filter
def paper_kind(media_type: str) -> str:
    """``PDF``, ``JPEG``."""
    return _KINDS.get(media_type, "File")


@register.filter
def readable(facts: Iterable[str]) -> str:
    """``the completion date, the title and your name``."""
    *first, last = [PROOF_FACTS[fact] for fact in facts if fact in PROOF_FACTS] or [""]
    return f"{', '.join(first)} and {last}" if first else last
