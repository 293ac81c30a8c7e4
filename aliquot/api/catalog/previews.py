"""Pages of a course that anybody may read before starting it."""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from aliquot.api.catalog.courses import etag_of
from aliquot.api.frame import Area, Code, Shape
from aliquot.api.frame.shapes import Slug
from aliquot.api.learning.questions import FigureShape, QuestionShape
from aliquot.api.learning.reading import ReferenceShape, TermShape, references_of
from aliquot.assessment.queries import page_question, page_questions, public_figures
from aliquot.catalog import access
from aliquot.catalog.models import Page
from aliquot.catalog.queries.mentions import terms_on

area = Area("Catalog")


class PreviewBlock(Shape):
    """A piece of a page: text, a figure, or a question at rest."""

    anchor: str
    kind: Literal["html", "figure", "question"]
    html: str
    figure: FigureShape | None
    question: QuestionShape | None


class PreviewShape(Shape):
    """A page that anybody may read."""

    slug: str
    title: str
    blocks: list[PreviewBlock]
    terms: list[TermShape]
    references: list[ReferenceShape]


@area.public("/courses/{code}/pages/{page}", gives=PreviewShape, etag=etag_of)
def get_preview_page(request: HttpRequest, code: Code, page: Slug) -> PreviewShape:
    """A page of a course before starting it. Pages that are no preview are not found."""
    nobody = AnonymousUser()
    course = access.course_coded_for(nobody, code)
    found = access.preview_page_for(nobody, course.slug, page)
    return PreviewShape(
        slug=found.slug,
        title=found.title,
        blocks=_blocks(found),
        terms=[TermShape(**each) for each in terms_on(found.version, found)],
        references=references_of(found.version, found),
    )


def _blocks(page: Page) -> list[PreviewBlock]:
    questions = page_questions(page.version_id, page.pk)
    keys = [block["key"] for block in page.blocks if block["kind"] == "figure"]
    keys += [each.figure_key for each in questions.values()]
    figures = public_figures(page.version, keys)
    blocks = []
    for block in page.blocks:
        kind, key = block["kind"], block.get("key", "")
        figure = figures.get(key) if kind == "figure" else None
        question = questions.get(key) if kind == "question" else None
        blocks.append(
            PreviewBlock(
                anchor=block["anchor"],
                kind=kind,
                html=block.get("html", ""),
                figure=FigureShape.of(figure) if figure else None,
                question=QuestionShape.of(page_question(question, figures)) if question else None,
            )
        )
    return blocks
