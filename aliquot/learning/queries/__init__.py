"""Reads of learning: facts for rules, and what the pages show."""

from aliquot.learning.queries.invariants import invariant_checks
from aliquot.learning.queries.openings import (
    completions_between,
    completions_of,
    credit_again_from,
    credit_interval_months,
    ending_rights,
    entitlements_of,
    history_of,
    live_completions,
    offer_of,
    rights_of,
)
from aliquot.learning.queries.progress import (
    answers_on,
    attempts_of,
    bookmark_of,
    completion_of,
    conditions_of,
    has_read,
    is_passed,
    minutes_left,
    pages_of,
    passed_attempt,
    place_of,
    progress_of,
    share_done,
    test_is_open,
)
from aliquot.learning.queries.record import completion_record
from aliquot.learning.queries.shelf import shelf_of

__all__ = [
    "answers_on",
    "attempts_of",
    "bookmark_of",
    "completion_of",
    "completion_record",
    "completions_between",
    "completions_of",
    "conditions_of",
    "credit_again_from",
    "credit_interval_months",
    "ending_rights",
    "entitlements_of",
    "has_read",
    "history_of",
    "invariant_checks",
    "is_passed",
    "live_completions",
    "minutes_left",
    "offer_of",
    "pages_of",
    "passed_attempt",
    "place_of",
    "progress_of",
    "rights_of",
    "share_done",
    "shelf_of",
    "test_is_open",
]
