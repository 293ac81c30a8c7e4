"""Reading: one page with its questions, turning it, saving the place and the answers.

Saves follow the rule of the player: each brings the number the device knew. Where another device
saved since, nothing is overwritten; 409 brings what is stored.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Id, Shape, Taken
from aliquot.api.frame.shapes import Line, Slug, Whole
from aliquot.api.learning.enrollments import READ, WRITE, PlaceShape
from aliquot.api.learning.questions import (
    AnswerIn,
    AnswerOut,
    FeedbackShape,
    FigureShape,
    QuestionShape,
)
from aliquot.assessment import queries as assessment
from aliquot.assessment.facts import PublicFigure
from aliquot.catalog.access import figure_of
from aliquot.catalog.models import CourseVersion, Page
from aliquot.catalog.queries.mentions import references_on, terms_on
from aliquot.infra import storage
from aliquot.infra.http.downloads import attached
from aliquot.infra.http.problems import problem
from aliquot.learning import access, queries, services
from aliquot.learning.facts import SavedAnswer
from aliquot.learning.models import Enrollment, PageAnswer

area = Area("Learning")
PICTURES = "image/svg+xml, image/png, image/jpeg, image/webp"
NEWER = "Another device saved since; what it saved is kept and comes with this answer."


class AskedShape(Shape):
    """A question in a page, with the answer you gave and what was said of it."""

    question: QuestionShape
    answer: AnswerOut
    sequence: Annotated[int, Field(description="Of the stored answer; 0: none yet.")]
    feedback: Annotated[FeedbackShape | None, Field(description="null until it is answered.")]


class BlockShape(Shape):
    """A piece of a page: text, a figure or a question."""

    anchor: str
    kind: Literal["html", "figure", "question"]
    html: str
    figure: FigureShape | None
    question: AskedShape | None


class TermShape(Shape):
    """A word of the glossary that a page mentions: its text links to `#term-` and the id."""

    id: str
    term: str
    definition: str


class ReferenceShape(Shape):
    """A source that a page cites: its text links to `#reference-` and the id."""

    id: str
    text: str
    url: str


class PageShape(Shape):
    """A page to read."""

    slug: str
    title: str
    blocks: list[BlockShape]
    terms: list[TermShape]
    references: list[ReferenceShape]
    previous: str | None
    next: str | None


class BookmarkIn(Taken):
    """The place to resume."""

    page: Slug
    anchor: Line = ""
    sequence: Annotated[Whole, Field(description="The number you knew; 0: none.")]


class AnswerBody(Taken):
    """An answer to a question."""

    answer: AnswerIn
    sequence: Annotated[Whole, Field(description="The number you knew; 0: none.")]


class SavedAnswerShape(Shape):
    """The answer as it is stored now."""

    answer: AnswerOut
    sequence: int
    saved_at: datetime
    feedback: FeedbackShape


class Turned(Shape):
    """Where to go after a page: another one, or null after the last."""

    next: str | None


@area.read("/me/enrollments/{enrollment_id}/pages/{page}", scope=READ, gives=PageShape)
def get_page(request: ApiRequest, enrollment_id: Id, page: Slug) -> PageShape:
    """One page of a course you started. 403 says why it is not open any more."""
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    found = access.page_for(enrollment, page)
    access.check_open(enrollment, request.auth.now)
    slugs = [each.slug for each in queries.pages_of(enrollment)]
    here = slugs.index(found.slug)
    return PageShape(
        slug=found.slug,
        title=found.title,
        blocks=_blocks(enrollment, found),
        terms=[TermShape(**each) for each in terms_on(enrollment.version, found)],
        references=references_of(enrollment.version, found),
        previous=slugs[here - 1] if here else None,
        next=slugs[here + 1] if here + 1 < len(slugs) else None,
    )


def references_of(version: CourseVersion, page: Page) -> list[ReferenceShape]:
    """What a page cites; a source without an address has an empty one."""
    return [
        ReferenceShape(id=each["id"], text=each["text"], url=each.get("url", ""))
        for each in references_on(version, page)
    ]


@area.read(
    "/me/enrollments/{enrollment_id}/figures/{figure}", scope=READ, gives=None, media=PICTURES
)
def get_figure(request: ApiRequest, enrollment_id: Id, figure: Slug) -> HttpResponse:
    """A picture of a course you started, by the `key` that its page names."""
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    found = figure_of(enrollment.course.slug, enrollment.version.number, figure)
    return attached(storage.read(found.file), found.file.media_type, found.file_name)


@area.deed("/me/enrollments/{enrollment_id}/pages/{page}/finish", scope=WRITE, gives=Turned)
def finish_page(request: ApiRequest, enrollment_id: Id, page: Slug) -> Turned:
    """Tick a page and go on to the next one, which counts as opened."""
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    found = access.page_for(enrollment, page)
    following = services.finish_page(enrollment=enrollment, page=found, now=request.auth.now)
    return Turned(next=following.slug if following else None)


@area.save("/me/enrollments/{enrollment_id}/bookmark", scope=WRITE, gives=PlaceShape)
def save_bookmark(
    request: ApiRequest, enrollment_id: Id, body: BookmarkIn
) -> PlaceShape | HttpResponse:
    """Keep the place to resume; the page counts as opened.

    409 `newer_save`: another device saved since, and its place stands in `stored`.
    """
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    saved = services.save_bookmark(
        enrollment=enrollment,
        page=access.page_for(enrollment, body.page),
        anchor=body.anchor,
        now=request.auth.now,
        base_sequence=body.sequence,
    )
    place = PlaceShape.of(saved.place)
    return place if saved.is_accepted else newer(place)


@area.save(
    "/me/enrollments/{enrollment_id}/answers/{question}", scope=WRITE, gives=SavedAnswerShape
)
def save_page_answer(
    request: ApiRequest, enrollment_id: Id, question: Slug, body: AnswerBody
) -> SavedAnswerShape | HttpResponse:
    """Answer a question in a page; the judgment and every reason come back.

    409 `newer_save`: another device answered since, and its answer stands in `stored`.
    """
    enrollment = access.enrollment_for(request.auth.person, enrollment_id)
    saved = services.save_page_answer(
        enrollment=enrollment,
        question_key=question,
        raw=body.answer,
        now=request.auth.now,
        base_sequence=body.sequence,
    )
    found = _saved(enrollment, saved)
    return found if saved.is_accepted else newer(found)


def newer(stored: Shape) -> HttpResponse:
    """Refuse a save that would overwrite a newer one."""
    return problem(409, "newer_save", NEWER, stored=stored.model_dump(mode="json"))


def _saved(enrollment: Enrollment, saved: SavedAnswer) -> SavedAnswerShape:
    question = assessment.page_questions(enrollment.version_id)[saved.question_key]
    return SavedAnswerShape(
        answer=saved.answer,
        sequence=saved.sequence,
        saved_at=saved.saved_at,
        feedback=FeedbackShape.of(assessment.page_feedback(question, saved.answer)),
    )


def _blocks(enrollment: Enrollment, page: Page) -> list[BlockShape]:
    keys = [block["key"] for block in page.blocks if block["kind"] == "figure"]
    asked = assessment.page_questions(enrollment.version_id, page.pk)
    keys += [question.figure_key for question in asked.values()]
    figures = assessment.public_figures(enrollment.version, keys)
    answers = queries.answers_on(enrollment, page)
    questions = {
        key: _asked(question, figures, answers.get(key)) for key, question in asked.items()
    }
    return [
        BlockShape(
            anchor=block["anchor"],
            kind=block["kind"],
            html=block.get("html", ""),
            figure=_figure(figures, block),
            question=questions.get(block.get("key", "")) if block["kind"] == "question" else None,
        )
        for block in page.blocks
    ]


def _figure(figures: dict[str, PublicFigure], block: dict[str, Any]) -> FigureShape | None:
    found = figures.get(block.get("key", "")) if block["kind"] == "figure" else None
    return FigureShape.of(found) if found else None


def _asked(
    question: Any, figures: dict[str, PublicFigure], stored: PageAnswer | None
) -> AskedShape:
    feedback = assessment.page_feedback(question, stored.answer) if stored else None
    return AskedShape(
        question=QuestionShape.of(assessment.page_question(question, figures)),
        answer=stored.answer if stored else None,
        sequence=stored.sequence if stored else 0,
        feedback=FeedbackShape.of(feedback) if feedback else None,
    )
