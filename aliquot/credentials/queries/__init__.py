"""Reads about credentials: rule packs, the status of what a person holds, courses that count."""

from aliquot.credentials.queries.courses import (
    CourseEffect,
    Filling,
    RequirementChoice,
    course_effects,
    courses_filling,
    requirement_choice,
    requirement_choices,
    requirements_filled_by,
)
from aliquot.credentials.queries.packs import (
    Served,
    body_of,
    counting_rules,
    pack_by_slug,
    packs,
    served,
    served_credentials,
)
from aliquot.credentials.queries.standings import (
    CycleStanding,
    Origin,
    Record,
    facts_of,
    holds_anything,
    newest_balances,
    requirements_of,
    standing_of,
    standings_of,
)

__all__ = [
    "CourseEffect",
    "CycleStanding",
    "Filling",
    "Origin",
    "Record",
    "RequirementChoice",
    "Served",
    "body_of",
    "counting_rules",
    "course_effects",
    "courses_filling",
    "facts_of",
    "holds_anything",
    "newest_balances",
    "pack_by_slug",
    "packs",
    "requirement_choice",
    "requirement_choices",
    "requirements_filled_by",
    "requirements_of",
    "served",
    "served_credentials",
    "standing_of",
    "standings_of",
]
