"""What a change of the rules means for one holder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise now, in words a person understands."""

    what: str
    before: str
    after: str
