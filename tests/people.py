"""The cast: five people with fixed relations.

Rosa learns. Nadia is new: nothing started, no name on her license yet. Marcus is a second learner,
later a manager. Amara administers the program. Stella is a stranger who must see nothing.
"""

from datetime import UTC, datetime

import pytest

from aliquot.accounts.models import StaffRole, User
from aliquot.accounts.services import create_person

JOINED = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


def person(email: str, full_name: str) -> User:
    """Make one member of the cast, with a verified address."""
    return create_person(email=email, password=PASSWORD, full_name=full_name, now=JOINED)


@pytest.fixture
def rosa(db: None) -> User:
    """The learner."""
    return person("rosa@example.org", "Rosa Méndez")


@pytest.fixture
def nadia(db: None) -> User:
    """The newcomer: signed up, nothing else."""
    return person("nadia@example.org", "")


@pytest.fixture
def marcus(db: None) -> User:
    """Another learner, later a laboratory manager."""
    return person("marcus@example.org", "Marcus Bell")


@pytest.fixture
def amara(db: None) -> User:
    """The program administrator."""
    user = person("amara@example.org", "Amara Okafor")
    StaffRole.objects.create(
        person=user, role=StaffRole.Role.ADMINISTRATOR, granted_at=JOINED, granted_by_id=None
    )
    return user


@pytest.fixture
def stella(db: None) -> User:
    """The stranger who must see nothing."""
    return person("stella@example.org", "Stella Strand")
