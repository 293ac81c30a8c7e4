"""Questions of every kind, a version with a bank of them, attempts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from aliquot.assessment.facts import QuestionFacts
from aliquot.assessment.kinds.parts import token
from aliquot.catalog.models import Course, CourseVersion, Objective, Page

# One specification per kind. Every reason contains the word REASON: a leak is easy to see.
SPECS: dict[str, dict[str, Any]] = {
    "single_choice": {
        "options": [
            {"text": "Target cells", "reason": "REASON single target"},
            {"text": "Schistocytes", "right": True, "reason": "REASON single right"},
            {"text": "Spherocytes", "reason": "REASON single sphero"},
        ]
    },
    "multiple_response": {
        "options": [
            {"text": "Label the tube", "right": True, "reason": "REASON multiple label"},
            {"text": "Recap the needle", "reason": "REASON multiple recap"},
            {"text": "Mix gently", "right": True, "reason": "REASON multiple mix"},
        ]
    },
    "true_false": {
        "answer": False,
        "reasons": {"true": "REASON statement true", "false": "REASON statement false"},
    },
    "numeric": {
        "answer": "180",
        "tolerance": "5",
        "unit": "×10⁹/L",
        "reason": "REASON numeric right",
        "mistakes": [{"answer": "18", "tolerance": "0.5", "reason": "REASON factor ten"}],
        "otherwise": "REASON numeric other",
    },
    "matching": {
        "pairs": [
            {"prompt": "Lavender", "answer": "EDTA", "reason": "REASON match lavender"},
            {"prompt": "Light blue", "answer": "Citrate", "reason": "REASON match blue"},
            {"prompt": "Green", "answer": "Heparin", "reason": "REASON match green"},
        ],
        "extra": [{"answer": "Fluoride", "reason": "REASON match extra"}],
    },
    "ordering": {
        "items": [
            {"text": "Fix in methanol", "reason": "REASON order first"},
            {"text": "Stain", "reason": "REASON order second"},
            {"text": "Rinse", "reason": "REASON order third"},
            {"text": "Dry", "reason": "REASON order fourth"},
        ]
    },
}

RIGHT: dict[str, Any] = {
    "single_choice": token("Schistocytes"),
    "multiple_response": sorted([token("Label the tube"), token("Mix gently")]),
    "true_false": "false",
    "numeric": "180",
    "matching": {
        token("Lavender"): token("EDTA"),
        token("Light blue"): token("Citrate"),
        token("Green"): token("Heparin"),
    },
    "ordering": {
        token("Fix in methanol"): "1",
        token("Stain"): "2",
        token("Rinse"): "3",
        token("Dry"): "4",
    },
}

WRONG: dict[str, Any] = {
    "single_choice": token("Target cells"),
    "multiple_response": [token("Label the tube")],
    "true_false": "true",
    "numeric": "18.2",
    "matching": RIGHT["matching"] | {token("Green"): token("Fluoride")},
    "ordering": RIGHT["ordering"] | {token("Rinse"): "4", token("Dry"): "3"},
}


def question_facts(kind: str, number: int = 1, **changes: Any) -> QuestionFacts:
    """A question of the test bank, unless ``use`` and ``page_slug`` say otherwise."""
    values: dict[str, Any] = {
        "key": f"{kind.replace('_', '-')}-{number}",
        "use": "test",
        "page_slug": None,
        "kind": kind,
        "stem": f"Question {number} of kind {kind}?",
        "objective_keys": ("choose-area",),
        "reference_keys": ("icsh",),
        "spec": SPECS[kind],
        "position": number,
    }
    return QuestionFacts(**(values | changes))


def course_version(*, code: str = "TST-101", **changes: Any) -> CourseVersion:
    """A version with two objectives and one page, free and open, without questions."""
    course = Course.objects.create(code=code, slug=code.lower(), availability="open", is_free=True)
    values: dict[str, Any] = {
        "course": course,
        "number": 1,
        "content_hash": code.ljust(64, "0"),
        "published_at": datetime(2026, 1, 1, tzinfo=UTC),
        "what_changed": "First version.",
        "title": "Reading a smear",
        "description": "A course.",
        "audience": "Technologists.",
        "level": "basic",
        "references": [{"id": "icsh", "text": "A named guideline", "url": ""}],
        "test_questions": 6,
        "pass_mark": Decimal(80),
        "contact_hours": Decimal(1),
        "computed_hours": Decimal(1),
        "hours_method": "default",
        "hours_inputs": {},
        "hours_by": "The project",
        "hours_on": date(2026, 1, 1),
    }
    version = CourseVersion.objects.create(**(values | changes))
    course.current_version = version
    course.save(update_fields=["current_version"])
    for position, (key, text) in enumerate(
        [("choose-area", "Choose the area"), ("count-cells", "Count the cells")]
    ):
        Objective.objects.create(version=version, position=position, key=key, text=text)
    Page.objects.create(
        version=version,
        position=1,
        slug="first-page",
        title="First page",
        source="Text.",
        blocks=[{"anchor": "p1", "kind": "html", "html": "<p>Text.</p>"}],
        words=1,
        minutes=Decimal(1),
    )
    return version


def bank(per_kind: int = 1) -> list[QuestionFacts]:
    """A bank with every kind; kinds alternate between the two objectives."""
    objectives = [("choose-area",), ("count-cells",)]
    return [
        question_facts(
            kind, number, objective_keys=objectives[index % 2], position=number * 10 + index
        )
        for number in range(1, per_kind + 1)
        for index, kind in enumerate(SPECS)
    ]
