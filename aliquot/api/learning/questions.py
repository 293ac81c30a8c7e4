"""Questions as the API shows them: before answering without key and reasons, after it with both."""

from typing import Annotated, Any

from django.urls import reverse
from pydantic import Field, StrictStr

from aliquot.api.frame import Shape
from aliquot.api.frame.areas import site_address
from aliquot.assessment.facts import Graded, PublicFigure, PublicQuestion

AnswerIn = Annotated[
    Annotated[StrictStr, Field(max_length=4000)]
    | Annotated[list[Annotated[StrictStr, Field(max_length=200)]], Field(max_length=200)]
    | Annotated[dict[str, Annotated[StrictStr, Field(max_length=200)]], Field(max_length=200)]
    | None,
    Field(
        description="The shape is that of the question's `kind`. single_choice: the token of an "
        'option; true_false: `"true"` or `"false"`; numeric: the number as text; '
        "multiple_response: a list of tokens; matching: the token of an answer by that of each "
        'prompt; ordering: the place of each item by its token, `"1"` first. null: no answer.'
    ),
]
AnswerOut = str | list[str] | dict[str, str] | None


class FigureShape(Shape):
    """A picture with its text alternative.

    `url` opens to everybody on preview pages; the others are had by `get_figure` with the key.
    """

    key: str
    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int

    @classmethod
    def of(cls, figure: PublicFigure) -> "FigureShape":
        """The figure without its long description, which may give answers away."""
        where = [figure.course_slug, figure.version_number, figure.key]
        return cls(
            key=figure.key,
            url=site_address(reverse("catalog:figure", args=where)),
            alt=figure.alt,
            caption=figure.caption,
            credit=figure.credit,
            width=figure.width,
            height=figure.height,
        )


class QuestionShape(Shape):
    """A question as it may be seen before it is answered."""

    key: str
    kind: str
    stem: Annotated[str, Field(description="Markdown.")]
    hint: str
    parts: Annotated[dict[str, Any], Field(description="What the kind presents, with tokens.")]
    figure: FigureShape | None

    @classmethod
    def of(cls, question: PublicQuestion) -> "QuestionShape":
        """Picked field by field."""
        return cls(
            key=question.key,
            kind=question.kind,
            stem=question.stem,
            hint=question.hint,
            parts=question.parts,
            figure=FigureShape.of(question.figure) if question.figure else None,
        )


class FeedbackLine(Shape):
    """What is said of one option after answering."""

    token: str
    text: str
    mark: str
    reason: str
    given: str
    wanted: str


class FeedbackShape(Shape):
    """The judgment on an answer, with the reason for every option."""

    is_right: bool
    rows: list[FeedbackLine]

    @classmethod
    def of(cls, graded: Graded) -> "FeedbackShape":
        """The judgment as data."""
        return cls(
            is_right=graded.is_right,
            rows=[FeedbackLine.model_validate(row) for row in graded.rows],
        )
