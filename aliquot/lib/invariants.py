"""What must always be true of the data, as a room states it: what is counted, what is broken.

The numbers and promises (I1 to I12) are those of docs/reliability.md.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One statement about some rows.

    ``invariant`` is I1 to I12; ``counted`` says how many of ``what`` were looked at; ``broken``
    gives one sentence with ids for each row that breaks it, one at a time.
    """

    invariant: str
    what: str
    counted: Callable[[], int]
    broken: Callable[[], Iterable[str]]


def sentences(checks: Iterable[Check]) -> Iterator[str]:
    """What all the checks find, in their order."""
    for check in checks:
        yield from check.broken()
