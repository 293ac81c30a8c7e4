"""Rosa in front of the test of a small course."""

from datetime import datetime

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt
from aliquot.catalog.models import Course
from aliquot.learning import services
from aliquot.learning.models import Enrollment
from tests.factories import learning
from tests.factories.catalog import provider, published_course


@pytest.fixture
def course(db: None) -> Course:
    provider()
    return published_course()


@pytest.fixture
def enrollment(rosa: User, course: Course, now: datetime) -> Enrollment:
    enrollment = learning.started(rosa, course, now)
    learning.read_through(enrollment, now)
    return enrollment


@pytest.fixture
def attempt(enrollment: Enrollment, now: datetime) -> Attempt:
    return services.start_test(enrollment=enrollment, now=now)


@pytest.fixture
def as_rosa(client: Client, rosa: User) -> Client:
    client.force_login(rosa)
    return client
