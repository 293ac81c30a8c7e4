"""Terms and references that a page mentions, in the order of their first mention."""

import re
from collections.abc import Iterable

from aliquot.catalog.models import CourseVersion, Page

_TERM = re.compile(r'href="#term-([a-z0-9-]+)"')
_REFERENCE = re.compile(r'href="#reference-([a-z0-9-]+)"')


def terms_on(version: CourseVersion, page: Page) -> list[dict[str, str]]:
    """Entries of the version's glossary: ``id``, ``term``, ``definition``."""
    return _mentioned(page, _TERM, version.glossary)


def references_on(version: CourseVersion, page: Page) -> list[dict[str, str]]:
    """Entries of the version's references: ``id``, ``text``, ``url``."""
    return _mentioned(page, _REFERENCE, version.references)


def _mentioned(
    page: Page, pattern: re.Pattern[str], entries: Iterable[dict[str, str]]
) -> list[dict[str, str]]:
    known = {entry["id"]: entry for entry in entries}
    keys = (key for block in page.blocks for key in pattern.findall(block.get("html", "")))
    return [known[key] for key in dict.fromkeys(keys) if key in known]
