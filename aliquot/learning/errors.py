"""Refusals of learning, each with words fit to show and the day or the steps that would help."""

from collections.abc import Mapping
from datetime import date

from aliquot.lib.errors import AliquotError, ConflictError, NotAllowedError, NotFoundError


class EnrollmentNotFoundError(NotFoundError):
    """No such enrollment, page or attempt, or not this person's: both answer alike."""

    def __init__(self) -> None:
        super().__init__("This is not in your learning.")


class CourseNotOpenError(NotAllowedError):
    """The person may not start or continue this course now; the message says why."""

    code = "course_not_open"


class CreditIntervalError(ConflictError):
    """The course was finished too recently to be taken for credit again."""

    code = "credit_interval"

    def __init__(self, message: str, *, again_from: date) -> None:
        super().__init__(message)
        self.again_from = again_from


class EnrollmentFinishedError(ConflictError):
    """The course is finished: its test and its answers no longer change."""

    code = "enrollment_finished"

    def __init__(self) -> None:
        super().__init__("You finished this course. Nothing of it can change any more.")


class NotReadyError(ConflictError):
    """Something must be done first; ``missing`` names the steps, in order."""

    code = "not_ready"

    def __init__(self, message: str, *, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing


class NameMissingError(NotReadyError):
    """A certificate prints the name as on the license, and the profile holds none."""

    code = "name_missing"

    def __init__(self) -> None:
        super().__init__(
            "Your certificate prints your name as it is on your license. "
            "Add it to your profile, then submit the evaluation.",
            missing=("name",),
        )


class EvaluationInvalidError(AliquotError):
    """The evaluation is incomplete or says what it cannot say; ``problems`` by question."""

    code = "evaluation_invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("The evaluation is not complete.")
        self.problems = dict(problems)


class EntitlementInvalidError(AliquotError):
    """An entitlement cannot be granted so; the message says what is accepted."""

    code = "entitlement_invalid"


class NotReturnableError(ConflictError):
    """A started course cannot be given back any more, with the reason."""

    code = "not_returnable"
