"""Reads of the catalog."""

from aliquot.catalog.queries.courses import (
    approvals_of,
    approvals_on,
    course_by_code,
    has_reviewer,
    outline_of,
    preview_figure_keys,
    preview_page_ids,
    published_version,
    versions_of,
)
from aliquot.catalog.queries.listing import (
    GENERATION,
    browse,
    catalog_counts,
    entries,
    sample_page,
    suggestions,
)
from aliquot.catalog.queries.provider import PROVIDER_GENERATION, current_provider
from aliquot.catalog.queries.versions import held_outline, held_version, version_of

__all__ = [
    "GENERATION",
    "PROVIDER_GENERATION",
    "approvals_of",
    "approvals_on",
    "browse",
    "catalog_counts",
    "course_by_code",
    "current_provider",
    "entries",
    "has_reviewer",
    "held_outline",
    "held_version",
    "outline_of",
    "preview_figure_keys",
    "preview_page_ids",
    "published_version",
    "sample_page",
    "suggestions",
    "version_of",
    "versions_of",
]
