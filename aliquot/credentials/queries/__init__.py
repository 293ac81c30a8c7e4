"""Reads about credentials: rule packs, the status of what a person holds, courses that count."""

from aliquot.credentials.data.bodies import PROOF_FACTS
from aliquot.credentials.queries.brought import facts_of, newest_balances
from aliquot.credentials.queries.courses import (
    CourseEffect,
    Filling,
    RequirementChoice,
    course_effects,
    courses_filling,
    public_fillings,
    requirement_choices,
    requirements_filled_by,
)
from aliquot.credentials.queries.declared import (
    Declared,
    declarations_of,
    declared,
    next_end,
)
from aliquot.credentials.queries.drills import drill_of, state_of
from aliquot.credentials.queries.offers import offered, outside_offers
from aliquot.credentials.queries.packs import (
    Served,
    ServedBody,
    body_of,
    confirmation_counts,
    counting_rules,
    featured_credentials,
    pack_by_slug,
    pack_of,
    packs,
    proof_wants,
    question_left,
    served,
    served_by_body,
    served_credentials,
)
from aliquot.credentials.queries.sheets import sheet_of, sheet_pdf
from aliquot.credentials.queries.snapshots import digest_of, snapshot_of
from aliquot.credentials.queries.standings import (
    CycleStanding,
    Origin,
    Record,
    holds_anything,
    requirements_of,
    standing_of,
    standing_on,
    standings_of,
)

__all__ = [
    "PROOF_FACTS",
    "CourseEffect",
    "CycleStanding",
    "Declared",
    "Filling",
    "Origin",
    "Record",
    "RequirementChoice",
    "Served",
    "ServedBody",
    "body_of",
    "confirmation_counts",
    "counting_rules",
    "course_effects",
    "courses_filling",
    "declarations_of",
    "declared",
    "digest_of",
    "drill_of",
    "facts_of",
    "featured_credentials",
    "holds_anything",
    "newest_balances",
    "next_end",
    "offered",
    "outside_offers",
    "pack_by_slug",
    "pack_of",
    "packs",
    "proof_wants",
    "public_fillings",
    "question_left",
    "requirement_choices",
    "requirements_filled_by",
    "requirements_of",
    "served",
    "served_by_body",
    "served_credentials",
    "sheet_of",
    "sheet_pdf",
    "snapshot_of",
    "standing_of",
    "standing_on",
    "standings_of",
    "state_of",
]
