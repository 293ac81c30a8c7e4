"""The rows of the API's permission matrix: every operation, who may use it, and a fitting body."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """``guard``: public, own, owner, staff or administrator; ``scope`` as the code must have it.

    ``values`` name what of the world stands in the path; ``body`` would be accepted.
    """

    guard: str
    scope: str = ""
    values: tuple[tuple[str, str], ...] = ()
    body: Any = None
    query: str = ""
    shows_name: bool = False


CODE = (("code", "code"),)
MATRIX = {
    "list_courses": Row("public"),
    "get_course": Row("public", values=(("code", "course_code"),)),
    "verify_certificate": Row("public", values=CODE, shows_name=True),
    "get_profile": Row("own", "profile:read"),
    "get_standing": Row("own", "credentials:read"),
}
