"""The door's own clock."""

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture(autouse=True)
def the_clock_can_be_moved() -> Iterator[time_machine.Traveller]:
    """Begins at the start of a period of one-time codes, so that none ends within a test."""
    with time_machine.travel("2026-11-23T23:00:00Z") as traveller:
        yield traveller
