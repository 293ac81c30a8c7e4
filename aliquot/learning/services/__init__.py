"""Deeds of learning, and the saves that are no deeds."""

from aliquot.learning.services.completions import record_completion, record_evaluation
from aliquot.learning.services.enrollments import enroll, lock_enrollment
from aliquot.learning.services.entitlements import grant_entitlement, withdraw_entitlement
from aliquot.learning.services.progress import (
    finish_page,
    save_bookmark,
    save_page_answer,
    turn_back,
)
from aliquot.learning.services.tests import save_test_answer, start_test, submit_test

__all__ = [
    "enroll",
    "finish_page",
    "grant_entitlement",
    "lock_enrollment",
    "record_completion",
    "record_evaluation",
    "save_bookmark",
    "save_page_answer",
    "save_test_answer",
    "start_test",
    "submit_test",
    "turn_back",
    "withdraw_entitlement",
]
