"""Rosa and Stella, signed in, on the evening of November 23, 2026; files in a folder of a test."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.infra import clock


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def rosas(client: Client, rosa: User) -> Client:
    client.force_login(rosa, backend="aliquot.accounts.adapters.backend.Backend")
    return client


@pytest.fixture
def stellas(stella: User) -> Client:
    client = Client()
    client.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    return client
