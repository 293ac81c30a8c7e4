"""What rules, kinds, services and pages tell each other about questions, answers and results."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

# The answer a person gave, as JSON: text, a list of tokens, or places and partners by token.
Answer = str | list[str] | dict[str, str]
# Which options are shown, in which order: lists of tokens. The shape is the kind's.
Order = dict[str, list[str]]
# Where in a specification something is wrong: ("options", 2, "reason").
Path = tuple[str | int, ...]
# right: chosen, and rightly. wrong: chosen, wrongly. missed: should have been chosen. "": neither.
Mark = Literal["right", "wrong", "missed", ""]


@dataclass(frozen=True, kw_only=True)
class QuestionFacts:
    """One question as a course file states it. ``spec`` holds options, key and reasons."""

    key: str
    use: Literal["page", "test"]
    page_slug: str | None  # the page it stands in; None for the test bank
    kind: str
    stem: str  # Markdown
    figure_key: str = ""
    objective_keys: tuple[str, ...]
    reference_keys: tuple[str, ...]
    spec: dict[str, Any]
    position: int


@dataclass(frozen=True)
class FormAnswer:
    """An answer as the fields of one HTML form group: what follows the prefix, and its values."""

    fields: Mapping[str, tuple[str, ...]]

    def first(self, name: str = "") -> str:
        """The first value of a field; empty when it was not sent."""
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def all(self, name: str = "") -> list[str]:
        """Every value of a field."""
        return list(self.fields.get(name, ()))


def form_answer(
    names: Iterable[str], values: Callable[[str], list[str]], prefix: str
) -> FormAnswer:
    """Collect the fields ``prefix`` and ``prefix.…`` of a submitted form.

    ``values`` is ``QueryDict.getlist`` or alike. A key holds no dot, so no question's fields are
    taken for another's.
    """
    own = [name for name in names if name == prefix or name.startswith(f"{prefix}.")]
    return FormAnswer({name[len(prefix) + 1 :]: tuple(values(name)) for name in own})


@dataclass(frozen=True, kw_only=True)
class FeedbackRow:
    """What is said of one option after answering: an option, a prompt, an item or a number."""

    token: str
    text: str
    mark: Mark
    reason: str
    given: str = ""  # matching, ordering, numeric: what the person put here, in words
    wanted: str = ""  # and what belongs here


@dataclass(frozen=True, kw_only=True)
class Graded:
    """The judgment on one answer, with a reason for every option."""

    is_right: bool
    rows: tuple[FeedbackRow, ...]

    def row(self, token: str) -> FeedbackRow | None:
        """The row of one option."""
        return next((row for row in self.rows if row.token == token), None)


@dataclass(frozen=True, kw_only=True)
class PublicFigure:
    """A figure as it may be shown before answering: the long description is not part of it."""

    key: str
    course_slug: str
    version_number: int
    alt: str
    caption: str
    credit: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class PublicQuestion:
    """A question as it may leave the server before it is answered: no key, no reasons."""

    key: str
    kind: str
    stem: str  # Markdown
    hint: str
    parts: dict[str, Any]  # what the kind presents
    figure: PublicFigure | None = None


@dataclass(frozen=True, kw_only=True)
class FormQuestion:
    """A question of an attempt with the answer stored so far."""

    number: int
    question: PublicQuestion
    answer: Answer
    sequence: int  # the server's number of the stored answer; 0 when there is none
    is_answered: bool
    answer_text: str  # the answer in words, for the check page


@dataclass(frozen=True, kw_only=True)
class PublicForm:
    """An open or submitted attempt as its person may see it; never the key."""

    attempt_id: int
    started_at: datetime
    saved_at: datetime | None
    is_submitted: bool
    pass_mark: Decimal
    questions: tuple[FormQuestion, ...]

    @property
    def answered(self) -> int:
        """How many questions have a complete answer."""
        return sum(each.is_answered for each in self.questions)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What is stored after a save. ``is_stored`` False: something newer stood there and stays."""

    is_stored: bool
    answer: Answer
    sequence: int
    saved_at: datetime
    answer_text: str


@dataclass(frozen=True, kw_only=True)
class ObjectiveResult:
    """How one objective went in one attempt."""

    key: str
    text: str
    right: int
    questions: int


@dataclass(frozen=True, kw_only=True)
class QuestionResult:
    """One question of a submitted attempt: the answer, the judgment, where to read more."""

    number: int
    question: PublicQuestion
    answer: Answer
    answer_text: str
    right_text: str
    graded: Graded
    references: tuple[dict[str, str], ...]  # {"id", "text", "url"}
    figure_description: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer to judge."""
        return bool(self.answer_text)


@dataclass(frozen=True, kw_only=True)
class Results:
    """A submitted attempt, explained."""

    attempt_id: int
    submitted_at: datetime
    points: int
    points_possible: int
    score: Decimal  # percent, cut to 0.01
    pass_mark: Decimal
    passed: bool
    objectives: tuple[ObjectiveResult, ...]
    questions: tuple[QuestionResult, ...]


@dataclass(frozen=True, kw_only=True)
class BankQuestion:
    """What a draw needs to know of a question."""

    key: str
    objective_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AttemptFacts:
    """What the retake rule needs to know of an attempt."""

    submitted_at: datetime | None
    passed: bool | None


@dataclass(frozen=True, kw_only=True)
class RetakeVerdict:
    """Whether another attempt may start. ``opens_at`` is set when only time is missing."""

    may: bool
    reason: Literal["", "passed", "no_attempts_left", "wait", "open"] = ""
    opens_at: datetime | None = None
    attempts_left: int | None = field(default=None)  # None: as often as needed
