"""Reads of questions, forms and results. Nothing here shows a key before its submission."""

from aliquot.assessment.queries.attempts import LIGHT, light_attempt, locked_attempts
from aliquot.assessment.queries.drawing import (
    bank_facts,
    bank_of,
    last_seen,
    points_needed,
    points_to_pass,
    retake_verdict,
)
from aliquot.assessment.queries.forms import (
    answer_of,
    entry_of,
    figures_of,
    form_entry,
    frozen_entry,
    held_form,
    public_figures,
    public_form,
    public_question,
    read_answer,
    saved,
    with_held_form,
)
from aliquot.assessment.queries.invariants import invariant_checks
from aliquot.assessment.queries.pages import (
    is_page_answer_complete,
    page_feedback,
    page_order,
    page_question,
    page_questions,
    read_page_answer,
)
from aliquot.assessment.queries.results import graded_form, record_of, results

__all__ = [
    "LIGHT",
    "answer_of",
    "bank_facts",
    "bank_of",
    "entry_of",
    "figures_of",
    "form_entry",
    "frozen_entry",
    "graded_form",
    "held_form",
    "invariant_checks",
    "is_page_answer_complete",
    "last_seen",
    "light_attempt",
    "locked_attempts",
    "page_feedback",
    "page_order",
    "page_question",
    "page_questions",
    "points_needed",
    "points_to_pass",
    "public_figures",
    "public_form",
    "public_question",
    "read_answer",
    "read_page_answer",
    "record_of",
    "results",
    "retake_verdict",
    "saved",
    "with_held_form",
]
