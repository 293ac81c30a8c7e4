"""What a parsed course says, as frozen facts: the reader makes them, rules judge them.

``CoursePack`` is one course version with everything that belongs to it, plus the proposals that
stand outside the version. Text is Markdown where a field says so, plain otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from aliquot.lib.markdown import Block, Link

LENGTHS = ("short", "medium", "long")  # up to 1 hour, over 1 up to 2, over 2
LEVELS = ("basic", "intermediate", "advanced")
SORTS = ("title", "newest", "shortest")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a course, where, and what is accepted.

    ``path`` begins with ``"course"``, or with ``"page"``, ``"figure"`` or ``"question"`` and a
    key; then come the fields of the course format, or the line of a page:
    ``("course", "objectives", 2, "text")``, ``("question", "clumped-platelets", "options", 0)``,
    ``("page", "where-to-look", 12)``. A warning does not stop publishing.
    """

    path: tuple[str | int, ...]
    message: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class HoursSettings:
    """The numbers of the default method for contact hours: check them with your accreditor."""

    words_per_minute: Decimal = Decimal(200)
    reading_factor: Decimal = Decimal("1.5")
    minutes_per_question: Decimal = Decimal(1)
    minutes_per_hour: Decimal = Decimal(60)
    rounding_step: Decimal = Decimal("0.25")
    minimum_hours: Decimal = Decimal("1.0")  # below it some states award nothing: a warning

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "HoursSettings":
        """The settings ``ALIQUOT_HOURS_<NAME>``; raises ValueError on a bad one."""
        values = {}
        for name in cls.__dataclass_fields__:
            variable = f"ALIQUOT_HOURS_{name.upper()}"
            text = environment.get(variable, "").strip()
            if text:
                values[name] = _positive(variable, text)
        return cls(**values)


def _positive(variable: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise ValueError(f"{variable} is {text!r}; accepted: a number above zero.")
    return value


@dataclass(frozen=True, slots=True)
class StudyMinutes:
    """Minutes an author adds for studying an image or a case, and why."""

    page: str
    minutes: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class HoursInputs:
    """Everything the default method counts; kept with the version and shown on its page."""

    words: int
    page_questions: int
    test_questions: int
    media_minutes: Decimal = Decimal(0)
    study: tuple[StudyMinutes, ...] = ()


@dataclass(frozen=True, slots=True)
class HoursDetermination:
    """The computed hours of a version with method, inputs, settings and total minutes."""

    method: str
    inputs: HoursInputs
    settings: HoursSettings
    minutes: Decimal
    hours: Decimal


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """How many contact hours belong to one subject area."""

    area: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """What a learner will be able to do."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """An author, reviewer or editor with credentials and disclosure of interests."""

    role: str
    name: str
    credentials: str
    biography: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """A work that the course rests on."""

    key: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class TermFacts:
    """An entry of the glossary."""

    key: str
    term: str
    definition: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page: its Markdown and what ``lib.markdown`` read in it.

    ``words`` counts body, callouts and the captions of its figures. ``links`` are its mentions of
    terms, references, pages, figures and questions, in the order of the page.
    """

    slug: str
    title: str
    is_preview: bool
    source: str
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    headings: tuple[str, ...]
    words: int
    study_minutes: Decimal = Decimal(0)
    study_reason: str = ""

    @property
    def question_keys(self) -> tuple[str, ...]:
        """The in-page questions of the page."""
        return tuple(link.key for link in self.links if link.scheme == "question")


@dataclass(frozen=True, slots=True)
class FigureFacts:
    """A drawing or photograph with both text alternatives. ``caption`` is one line of Markdown."""

    key: str
    file_name: str
    media_type: str
    sha256: str
    width: int
    height: int
    title: str
    caption: str
    alt: str
    description: str
    credit: str
    license: str
    source: str
    stain: str = ""
    magnification: str = ""
    content: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class TestFacts:
    """How the test is drawn and passed. ``attempts`` None: as often as needed."""

    __test__ = False  # not a test case of pytest

    questions: int
    pass_mark: Decimal
    attempts: int | None
    wait_hours: int


@dataclass(frozen=True, slots=True)
class AwardedHours:
    """Who determined the awarded hours, when, and why they exceed the computed ones."""

    by: str
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalProposal:
    """An approval that a course folder proposes; the office decides."""

    accreditor: str
    number: str
    hours: Decimal
    valid_from: date
    valid_through: date


@dataclass(frozen=True, slots=True)
class Proposals:
    """What stands beside the version, on the course: outside the content hash."""

    is_free: bool = False
    availability: str = "hidden"
    review_by: date | None = None
    approvals: tuple[ApprovalProposal, ...] = ()


class AskedQuestion(Protocol):
    """What the catalog reads of a question; ``assessment.facts.QuestionFacts`` fits it."""

    @property
    def key(self) -> str: ...
    @property
    def use(self) -> str: ...
    @property
    def page_slug(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def figure_key(self) -> str: ...
    @property
    def objective_keys(self) -> Sequence[str]: ...
    @property
    def reference_keys(self) -> Sequence[str]: ...
    @property
    def spec(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CoursePack[Question: AskedQuestion]:
    """One course version as its folder says it, with the questions, and its proposals."""

    format: int
    code: str
    slug: str
    title: str
    subtitle: str
    description: str  # Markdown
    language: str
    audience: str
    level: str
    delivery: str
    what_changed: str
    notice: str
    subjects: tuple[SubjectFacts, ...]
    awarded: AwardedHours
    objectives: tuple[ObjectiveFacts, ...]
    people: tuple[PersonFacts, ...]
    references: tuple[ReferenceFacts, ...]
    glossary: tuple[TermFacts, ...]
    pages: tuple[PageFacts, ...]
    figures: tuple[FigureFacts, ...]
    questions: tuple[Question, ...]
    test: TestFacts
    proposals: Proposals = field(default_factory=Proposals)

    @property
    def contact_hours(self) -> Decimal:
        """The awarded hours: the sum over the subject areas."""
        return sum((subject.hours for subject in self.subjects), Decimal(0))


@dataclass(frozen=True, slots=True)
class CatalogCounts:
    """How many courses are open, their contact hours together, and how many of them are free."""

    courses: int
    contact_hours: Decimal
    free: int


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """An approval of a course as it stands in the office's records, not withdrawn."""

    accreditor: str
    kind: str
    number: str
    hours: Decimal
    valid_from: date
    valid_through: date
    is_demonstration: bool

    def is_valid_on(self, day: date) -> bool:
        """Whether ``day`` lies in the approval's days, both ends included."""
        return self.valid_from <= day <= self.valid_through


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """An open course as lists show it: what its current version says, and its approvals."""

    course_id: int
    code: str
    slug: str
    title: str
    subtitle: str
    level: str
    hours: Decimal
    subjects: tuple[SubjectFacts, ...]
    approvals: tuple[ApprovalFacts, ...]
    published_on: date
    is_free: bool
    has_preview: bool

    @property
    def area(self) -> str:
        """The subject area with the most hours, the first of several."""
        return max(self.subjects, key=lambda subject: subject.hours).area if self.subjects else ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a visitor of the catalog asked for. Empty text: no wish."""

    words: str = ""
    is_exact: bool = False  # search for the words as typed, without correcting them
    subject: str = ""
    length: str = ""
    level: str = ""
    sort: str = ""
    course_ids: frozenset[int] | None = None  # a choice made above the catalog; None: none


@dataclass(frozen=True, slots=True)
class FacetOption:
    """A choice and how many courses it would leave, the other choices kept."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What the catalog answers: courses in order, counts per choice, and how it was understood."""

    entries: tuple[CatalogEntry, ...]
    subjects: tuple[FacetOption, ...]
    lengths: tuple[FacetOption, ...]
    levels: tuple[FacetOption, ...]
    understood: str = ""  # the words searched for
    is_corrected: bool = False  # they differ from the words typed
    unknown: tuple[str, ...] = ()  # typed words that no course has


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A preview page to show visitors what a course is like."""

    title: str
    opening: str
    course_slug: str
    page_slug: str
    course_title: str
    area: str
    hours: Decimal
