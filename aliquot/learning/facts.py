"""What rules of learning take and give. Anyone above may import these."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

By = Literal["free", "entitlement", "enrollment"]


@dataclass(frozen=True, slots=True)
class Right:
    """An entitlement as a rule sees it. ``course_id`` None: every course."""

    id: int
    source: str
    course_id: int | None
    starts_at: datetime
    ends_at: datetime | None = None
    withdrawn_at: datetime | None = None
    hours_limit: Decimal | None = None
    hours_drawn: Decimal = Decimal(0)

    @property
    def hours_left(self) -> Decimal | None:
        """Contact hours that may still be drawn; None without a limit."""
        if self.hours_limit is None:
            return None
        return max(self.hours_limit - self.hours_drawn, Decimal(0))


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalog says of a course. ``hours`` None: nothing was published yet."""

    course_id: int
    availability: str  # open, hidden or retired
    is_free: bool
    hours: Decimal | None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What one person did with one course before."""

    open_enrollment_id: int | None = None
    last_completed_on: date | None = None
    last_enrollment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a person may start (or go on with) a course, by what, and why not, in words.

    ``entitlement_id`` is what the enrollment would be written to, ``draws`` the contact hours it
    would take from it; ``again_from`` is the day from which the course earns credit again.
    """

    may: bool
    reason: str
    by: By | None = None
    entitlement_id: int | None = None
    draws: Decimal = Decimal(0)
    enrollment_id: int | None = None
    again_from: date | None = None
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Returning:
    """Whether a started course may be given back, how many hours that frees, and why, in words.

    ``until`` is when the reason ends; None: as long as nothing is read.
    """

    may: bool
    reason: str
    hours: Decimal = Decimal(0)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageState:
    """One page of the outline, with what this person did on it."""

    id: int
    position: int
    slug: str
    title: str
    minutes: Decimal
    is_opened: bool
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one enrollment has come."""

    pages: tuple[PageState, ...]
    test_minutes: Decimal
    is_passed: bool
    is_completed: bool

    @property
    def unopened(self) -> tuple[PageState, ...]:
        """Pages that were never opened, in order."""
        return tuple(page for page in self.pages if not page.is_opened)

    @property
    def finished_count(self) -> int:
        """How many pages carry a tick."""
        return sum(page.is_finished for page in self.pages)


@dataclass(frozen=True, slots=True)
class Place:
    """A bookmark: the page, the anchor on it, and the server's sequence number of the save."""

    page_slug: str
    page_title: str
    anchor: str
    sequence: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """The answer to a save. Refused when another device saved since: ``place`` is where it is."""

    is_accepted: bool
    place: Place


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The answer to an in-page question as it is stored now, with its feedback."""

    is_accepted: bool
    question_key: str
    answer: Any
    is_right: bool
    sequence: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a completion needs, whether it holds, and the words for it."""

    key: str  # pages, test, evaluation or name
    is_met: bool
    words: str


@dataclass(frozen=True, slots=True)
class CourseOnShelf:
    """One enrollment as "My learning" shows it."""

    enrollment_id: int
    course_code: str
    course_slug: str
    title: str
    area: str
    hours: Decimal
    level: str
    version: int
    started_at: datetime
    last_saved_at: datetime
    page_number: int
    page_title: str
    page_count: int
    minutes_left: int
    is_passed: bool
    is_read: bool
    share: int
    completed_on: date | None = None
    completion_id: int | None = None
