"""A program can do what a page can: every page names its operation, or why there is none."""

import pytest

from tests.api.doors import DOORS
from tests.api.matrix import MATRIX
from tests.api.only import Only
from tests.routes import api_operations, routes

pytestmark = pytest.mark.one_database


def test_every_page_has_an_operation_or_a_reason() -> None:
    pages = {name for name, _ in routes()} - api_operations()
    assert sorted(pages - DOORS.keys()) == []
    assert sorted(DOORS.keys() - pages) == []


def test_every_operation_that_is_named_exists() -> None:
    named = {name for door in DOORS.values() if not isinstance(door, Only) for name in door.split()}
    assert sorted(named - MATRIX.keys()) == []
    # Reads of one thing that a list shows, and what pages do on the way.
    assert sorted(MATRIX.keys() - named) == ["list_all_completions"]
