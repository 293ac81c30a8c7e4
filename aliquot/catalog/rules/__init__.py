"""Judgments about courses: hours, problems, identity, approvals, search, browsing."""

from aliquot.catalog.rules.approvals import approval_refusal
from aliquot.catalog.rules.browsing import browse, occurring
from aliquot.catalog.rules.content import problems_of
from aliquot.catalog.rules.hours import determine_hours, hours_inputs, page_minutes
from aliquot.catalog.rules.identity import content_hash
from aliquot.catalog.rules.search import SearchIndex, build_index, find, is_empty, words_of

__all__ = [
    "SearchIndex",
    "approval_refusal",
    "browse",
    "build_index",
    "content_hash",
    "determine_hours",
    "find",
    "hours_inputs",
    "is_empty",
    "occurring",
    "page_minutes",
    "problems_of",
    "words_of",
]
