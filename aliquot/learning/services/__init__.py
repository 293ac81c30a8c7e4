"""Deeds of learning, and the saves that are no deeds."""

from aliquot.learning.services.completions import record_completion, record_evaluation
from aliquot.learning.services.enrollments import enroll, lock_enrollment, return_course
from aliquot.learning.services.entitlements import (
    grant_entitlement,
    note_end_notice,
    restore_entitlement,
    withdraw_entitlement,
)
from aliquot.learning.services.erasing import erase_places
from aliquot.learning.services.progress import (
    finish_page,
    save_bookmark,
    save_page_answer,
    turn_back,
)
from aliquot.learning.services.tests import save_test_answer, start_test, submit_test

__all__ = [
    "enroll",
    "erase_places",
    "finish_page",
    "grant_entitlement",
    "lock_enrollment",
    "note_end_notice",
    "record_completion",
    "record_evaluation",
    "restore_entitlement",
    "return_course",
    "save_bookmark",
    "save_page_answer",
    "save_test_answer",
    "start_test",
    "submit_test",
    "turn_back",
    "withdraw_entitlement",
]
