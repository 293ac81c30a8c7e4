"""Who acts in the experiments: learners who are signed in, in the middle of courses.

``python -m experiments.stage LEARNERS COURSES`` prints them as JSON, on the site that the
environment names. Run after ``aliquot setup``.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from aliquot.accounts.models import User  # noqa: E402
from aliquot.assessment.kinds import KINDS  # noqa: E402
from aliquot.assessment.models import Attempt  # noqa: E402
from aliquot.infra import clock  # noqa: E402
from aliquot.learning import services  # noqa: E402
from tests.factories.catalog import provider, published_course  # noqa: E402
from tests.factories.learning import read_through, ready_to_finish, started  # noqa: E402


def session_of(person: User) -> str:
    """A session as signing in makes one; hashing passwords is not what is tried here."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def form_of(attempt: Attempt) -> list[Any]:
    """Key and right answer of each question; None for a number, which may be any."""
    return [
        [
            each["key"],
            None if each["kind"] == "numeric" else KINDS[each["kind"]].right_answer(each["spec"]),
        ]
        for each in attempt.form
    ]


def main() -> None:
    """Make the people and print what a client must know of them."""
    learners, count = int(sys.argv[1]), int(sys.argv[2])
    now = clock.now()
    provider()
    reading = published_course("EXP-000")
    testing = published_course("EXP-001")
    courses = [published_course(f"EXP-{number:03}", pages=1) for number in range(2, 2 + count)]
    pages = [
        {"slug": page.slug, "anchors": [block["anchor"] for block in page.blocks]}
        for page in reading.current_version.pages.order_by("position")
    ]
    people = []
    for number in range(learners):
        person = User.objects.create(
            email=f"learner-{number}@example.org",
            full_name=f"Learner {number}",
            password="!",
            time_zone="America/New_York",
            date_joined=now,
        )
        enrollment = started(person, testing, now)
        read_through(enrollment, now)
        attempt = services.start_test(enrollment=enrollment, now=now)
        people.append(
            {
                "session": session_of(person),
                "reading": started(person, reading, now).pk,
                "testing": [enrollment.pk, attempt.pk, form_of(attempt)],
                "ready": [ready_to_finish(person, course, now).pk for course in courses],
            }
        )
    print(json.dumps({"pages": pages, "people": people}))


main()
