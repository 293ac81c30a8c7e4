"""From the JSON of a catalog to offers; every problem is found before anything is planned."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from aliquot.credentials.errors import UnjudgeableError
from aliquot.credentials.facts import Activity, CourseOffer
from aliquot.interop.transcript import strict_json
from aliquot.interop.transcript.credit import CREDIT_KEYS, approvals_of, parts_of
from aliquot.interop.transcript.strict_json import shown
from aliquot.interop.transcript.values import Path, Problems


def read_catalog(
    content: bytes, *, as_of: date, taken: Mapping[str, int]
) -> tuple[CourseOffer, ...]:
    """The courses, each completed on ``as_of``; UnjudgeableError lists everything that is wrong.

    ``taken`` are the activities of the transcript by id, with their positions: a course becomes an
    activity, so its id must be none of theirs. Unknown and repeated keys are errors, ``null`` is as
    absent.
    """
    document = strict_json.parse(content)
    reader = _Reader(as_of, taken)
    members = reader.problems.members(document, (), required=("courses",))
    offers: tuple[CourseOffer, ...] = ()
    if members is not None:
        courses = members.get("courses", [])
        offers = reader.problems.each(courses, ("courses",), reader.course)
    if reader.problems:
        raise UnjudgeableError(tuple(reader.problems))
    return offers


class _Reader:
    """Reads one document; whatever is wrong goes to ``problems``, and reading goes on."""

    def __init__(self, as_of: date, taken: Mapping[str, int]) -> None:
        self.problems = Problems()
        self._as_of = as_of
        self._taken = taken
        self._ids: dict[str, int] = {}

    def course(self, value: Any, path: Path) -> CourseOffer | None:
        """One course as an offer; None if it cannot be read."""
        problems = self.problems
        members = problems.members(
            value, path, required=("id",), optional=("title", *CREDIT_KEYS, "price")
        )
        if members is None:
            return None
        course_id = self._course_id(members, path)
        title = problems.text(members.get("title", ""), (*path, "title"))
        approvals = approvals_of(problems, members, path)
        parts = parts_of(problems, members, path)
        cents = None
        if "price" in members:
            cents = problems.price(members["price"], (*path, "price"))
        if course_id is None:
            return None
        activity = Activity(course_id, self._as_of, "contact_hours", parts, approvals, title or "")
        return CourseOffer(activity, cents)

    def _course_id(self, members: dict[str, Any], path: Path) -> str | None:
        if "id" not in members:
            return None
        at = (*path, "id")
        course_id = self.problems.name(members["id"], at)
        if course_id is None:
            return None
        index = int(path[-1])
        first = self._ids.setdefault(course_id, index)
        if first != index:
            what = f"{shown(course_id)} is the id of courses[{first}] already"
            self.problems.note(at, what, "an id of its own")
        elif course_id in self._taken:
            position = self._taken[course_id]
            what = f"{shown(course_id)} is the id of activities[{position}] of the transcript"
            self.problems.note(at, what, "an id of its own; leave out a course that was taken")
        return course_id
