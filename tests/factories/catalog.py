"""A provider, and small published courses with pages, in-page questions and a test bank."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from aliquot.assessment import services as assessment
from aliquot.catalog.models import (
    Accreditor,
    Approval,
    Contributor,
    Course,
    CourseVersion,
    Figure,
    Objective,
    Page,
    Provider,
    SubjectHours,
)
from aliquot.infra import storage
from aliquot.lib.markdown import read_page
from tests.factories.assessment import bank, question_facts

PUBLISHED = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
OBJECTIVES = (("choose-area", "Choose the reading area"), ("count-cells", "Count the cells"))
SMEAR = """
A smear begins with a *small* drop. Find the [feathered edge](term:feathered-edge).

## The drop

Two millimeters are enough, see [ICSH](ref:icsh).

![](figure:reading-area)

::: question page-single
:::

Go on to [where to look](page:where-to-look).
"""
LOOK = """
The monolayer is where cells just touch.

::: tip Start low
Find the edge at 10×.
:::

::: question page-numeric
:::
"""
CASE = """
A count falls from 180 to 62 in two days.

What now?
"""
PAGES = (
    ("making-a-smear", "Making a smear", SMEAR),
    ("where-to-look", "Where to look", LOOK),
    ("case", "Case: a falling count", CASE),
)


def provider(**changes: Any) -> Provider:
    """The provider of the site."""
    values: dict[str, Any] = {
        "name": "Riverside Laboratory School",
        "address": "1 River Street, Albany, NY 12207",
        "contact_email": "office@riverside.example",
        "administrator_name": "Amara Okafor",
        "administrator_title": "Program Administrator",
    }
    return Provider.objects.create(**(values | changes))


def published_course(
    code: str = "HEM-101",
    *,
    title: str = "Interpreting the Peripheral Blood Smear",
    hours: str = "1.25",
    area: str = "hematology",
    is_free: bool = True,
    pages: int = 3,
    per_kind: int = 1,
    **version_changes: Any,
) -> Course:
    """An open course: up to three written pages (more are filled up), two in-page questions and a
    bank of six questions of every kind for each ``per_kind``."""
    course = Course.objects.create(
        code=code, slug=code.lower(), availability="open", is_free=is_free
    )
    version = add_version(course, number=1, title=title, hours=hours, **version_changes)
    SubjectHours.objects.create(version=version, position=0, area=area, hours=Decimal(hours))
    add_parts(version, pages=pages, per_kind=per_kind)
    return course


def add_version(course: Course, *, number: int, **changes: Any) -> CourseVersion:
    """A version of a course, made its current one; without pages and questions."""
    hours = Decimal(changes.pop("hours", "1.25"))
    values: dict[str, Any] = {
        "course": course,
        "number": number,
        "content_hash": f"{course.code}-{number}".ljust(64, "0"),
        "published_at": PUBLISHED,
        "what_changed": "First version." if number == 1 else "Clearer figures.",
        "title": "Interpreting the Peripheral Blood Smear",
        "subtitle": "a method you can defend",
        "description": "How to read a smear.",
        "audience": "Medical laboratory scientists.",
        "level": "basic",
        "notice": "Drafted with AI assistance; not reviewed by a credentialed professional.",
        "references": [{"id": "icsh", "text": "A named guideline", "url": "https://example.org/"}],
        "glossary": [
            {
                "id": "feathered-edge",
                "term": "feathered edge",
                "definition": "The thin far end of a smear.",
            }
        ],
        "test_questions": 6,
        "pass_mark": Decimal(80),
        "contact_hours": hours,
        "computed_hours": hours,
        "hours_method": "default",
        "hours_inputs": {"words": 4000},
        "hours_by": "The Aliquot project",
        "hours_on": date(2026, 1, 1),
    }
    version = CourseVersion.objects.create(**(values | changes))
    course.current_version = version
    course.save(update_fields=["current_version"])
    return version


def add_parts(version: CourseVersion, *, pages: int = 3, per_kind: int = 1) -> None:
    """Objectives, an author, a figure, pages and questions of a version."""
    for position, (key, text) in enumerate(OBJECTIVES):
        Objective.objects.create(version=version, position=position, key=key, text=text)
    Contributor.objects.create(
        version=version,
        position=0,
        role="author",
        name="The Aliquot project",
        disclosure="Nothing to disclose.",
    )
    _add_figure(version)
    written = [PAGES[n] if n < len(PAGES) else _filler(n) for n in range(pages)]
    for position, (slug, page_title, source) in enumerate(written):
        text = read_page(source)
        Page.objects.create(
            version=version,
            position=position,
            slug=slug,
            title=page_title,
            source=source,
            blocks=[block.as_dict() for block in text.blocks],
            words=text.words,
            minutes=Decimal("4.5"),
        )
    slugs = [slug for slug, _, _ in written]
    questions = [*bank(per_kind)]
    for position, (kind, key, slug) in enumerate(
        [
            ("single_choice", "page-single", "making-a-smear"),
            ("numeric", "page-numeric", "where-to-look"),
        ]
    ):
        if slug in slugs:
            questions.append(
                question_facts(kind, use="page", page_slug=slug, key=key, position=position)
            )
    assessment.store_questions(version=version, questions=questions)


def _filler(number: int) -> tuple[str, str, str]:
    return f"page-{number + 1}", f"Page {number + 1}", f"Text of page {number + 1}.\n"


def _add_figure(version: CourseVersion) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><title>x</title></svg>'
    stored = storage.store(drawing, media_type="image/svg+xml", now=PUBLISHED)
    Figure.objects.create(
        version=version,
        key="reading-area",
        file=stored,
        file_name="reading-area.svg",
        title="Three zones of a smear",
        caption="Three zones of a *wedge* smear.",
        alt="A smear divided into three zones.",
        description="From left to right: thick, monolayer, feathered edge.",
        credit="Drawn for this course by the Aliquot project",
        license="CC-BY-4.0",
        source="original",
        width=640,
        height=360,
    )


def approve(
    course: Course,
    *,
    kind: str = "society",
    number: str = "DEMO-1",
    valid_from: date = date(2026, 1, 1),
    valid_through: date = date(2027, 12, 31),
    is_demonstration: bool = True,
) -> Approval:
    """Give a course an approval by a fictional accreditor."""
    accreditor, _ = Accreditor.objects.get_or_create(
        code=f"demonstration-{kind}",
        defaults={
            "name": "Demonstration Accreditor",
            "approval_kind": kind,
            "is_demonstration": is_demonstration,
        },
    )
    return Approval.objects.create(
        course=course,
        accreditor=accreditor,
        number=number,
        hours=Decimal("1.25"),
        valid_from=valid_from,
        valid_through=valid_through,
        entered_at=PUBLISHED,
    )
