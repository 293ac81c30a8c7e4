"""Judgements about a course: its contact hours, its problems, its identity, its approvals."""

from aliquot.catalog.rules.approvals import approval_refusal
from aliquot.catalog.rules.content import problems_of
from aliquot.catalog.rules.hours import determine_hours, hours_inputs, page_minutes
from aliquot.catalog.rules.identity import content_hash

__all__ = [
    "approval_refusal",
    "content_hash",
    "determine_hours",
    "hours_inputs",
    "page_minutes",
    "problems_of",
]
