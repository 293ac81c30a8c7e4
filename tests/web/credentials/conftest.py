"""Rosa, signed in, on the evening of November 23, 2026, in New York."""

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.infra import clock
from tests.web.credentials.reading import NOW


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens on the evening of November 23, 2026, in New York."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def rosas(client: Client, rosa: User) -> Client:
    """Rosa, signed in."""
    client.force_login(rosa, backend="aliquot.accounts.adapters.backend.Backend")
    return client
