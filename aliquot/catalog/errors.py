"""Failures of publishing and browsing that a person can cause."""

from collections.abc import Sequence

from aliquot.catalog.facts import Problem
from aliquot.lib.errors import AliquotError, NotFoundError


class PublishingRefusedError(AliquotError):
    """The course cannot be published; ``problems`` name every place and what is accepted."""

    code = "publishing_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class ApprovalRefusedError(AliquotError):
    """The approval cannot be entered; the message says why."""

    code = "approval_refused"


class CourseNotFoundError(NotFoundError):
    """No such course, or none that this person may see."""

    def __init__(self, message: str = "There is no such course.") -> None:
        super().__init__(message)
