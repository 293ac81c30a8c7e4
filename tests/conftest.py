"""Fixtures that every test may use: the cast, a fixed moment, cheap passwords."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.people import amara, marcus, nadia, rosa, stella

__all__ = ["amara", "marcus", "nadia", "rosa", "stella"]


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    """Hashing that costs nothing, and static files without a manifest."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def now() -> datetime:
    """A fixed moment: the evening of November 23, 2026, in New York."""
    return datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
