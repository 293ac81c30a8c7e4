"""Addresses of static files: with the hash of their content, worked out once a process."""

from typing import Any
from unittest.mock import patch

import pytest

from aliquot.infra.assets import StaticFilesStorage


def storage() -> StaticFilesStorage:
    made = StaticFilesStorage(location="/nonexistent", base_url="/static/")
    made.hashed_files = {"ui/a.css": "ui/a.1234.css"}
    return made


def test_an_address_carries_the_hash_and_is_worked_out_once(settings: Any) -> None:
    settings.DEBUG = False
    files = storage()
    assert files.url("ui/a.css") == "/static/ui/a.1234.css"
    with patch.object(files, "stored_name", side_effect=AssertionError):
        assert files.url("ui/a.css") == "/static/ui/a.1234.css"
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            files.url("ui/b.css")


def test_while_a_page_is_developed_nothing_is_kept(settings: Any) -> None:
    settings.DEBUG = True
    files = storage()
    assert files.url("ui/a.css") == "/static/ui/a.css"
    settings.DEBUG = False
    assert files.url("ui/a.css") == "/static/ui/a.1234.css"
