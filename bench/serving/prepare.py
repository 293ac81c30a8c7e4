"""``python -m bench.serving.prepare FILE``: sessions and enrollments for the work to come.

Runs with the settings of the site. What it makes goes through the deeds of the product; sessions
are what signing in leaves, without the password.
"""

import json
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402

from aliquot.accounts.adapters.second_factor import set_up_codes  # noqa: E402
from aliquot.accounts.facts import SCOPES, STAFF_SCOPES  # noqa: E402
from aliquot.accounts.models import User  # noqa: E402
from aliquot.accounts.services import end_all_tokens, grant_staff_role, make_token  # noqa: E402
from aliquot.assessment.kinds import KINDS  # noqa: E402
from aliquot.assessment.models import Question  # noqa: E402
from aliquot.catalog.models import Course  # noqa: E402
from aliquot.certificates.models import Certificate  # noqa: E402
from aliquot.credentials.services import refresh_verdicts  # noqa: E402
from aliquot.demo import learners  # noqa: E402
from aliquot.infra import clock  # noqa: E402
from aliquot.infra.http import passes  # noqa: E402
from aliquot.infra.http.sessions import AGE  # noqa: E402
from aliquot.learning.models import Completion, Enrollment  # noqa: E402

COURSE, FINISHED_COURSE = "HEM-101", "SAF-101"  # the sample courses: real texts, six kinds
READERS, TAKERS, FINISHERS = 40, 120, 120


def main(target: Path, quick: int) -> None:
    """Write what the work needs to know."""
    used = Enrollment.objects.filter(course__code__in=(COURSE, FINISHED_COURSE)).values("person")
    busy = Completion.objects.exclude(person__in=used).order_by("pk")
    chosen = list(dict.fromkeys(busy.values_list("person", flat=True)[: 10 * READERS]))[:READERS]
    readers = [_reader(person) for person in User.objects.filter(pk__in=chosen).order_by("pk")]
    refresh_verdicts(chosen, now=clock.now())  # as the job does every ten minutes
    free = User.objects.exclude(pk__in=chosen).exclude(pk__in=used).order_by("pk")
    takers = max(20, TAKERS // quick)
    fresh = list(free[: takers + max(40, FINISHERS // quick)])
    taking = [_reader(person) for person in fresh[:takers]]
    finishers = [_finisher(person) for person in fresh[takers:]]
    certificates = Certificate.objects.order_by("pk").select_related("person")[:READERS]
    target.write_text(
        json.dumps(
            {
                "cookie": settings.SESSION_COOKIE_NAME,
                "readers": readers,
                "takers": taking,
                "finishers": finishers,
                "program": _token(User.objects.get(pk=readers[-1]["person"]), SCOPES),
                **_office(free.last()),
                "certificates": [
                    {"code": each.code, "session": _session(each.person)} for each in certificates
                ],
                "right": _right_answers(),
                "course": Course.objects.get(code=COURSE).slug,
            }
        )
    )


def _office(person: User | None) -> dict[str, str]:
    """Somebody of the office with a session, and a program of theirs."""
    assert person is not None
    now = clock.now()
    if not person.staff_roles.exists():
        grant_staff_role(person=person, role="administrator", now=now, actor_id=None)
        set_up_codes(person=person)
    return {"office": _session(person), "office_program": _token(person, STAFF_SCOPES)}


def _token(person: User, scopes: Iterable[str]) -> str:
    """What a program of the person carries; former ones end."""
    now = clock.now()
    end_all_tokens(person=person, now=now)
    ends = now + timedelta(days=1)
    made = make_token(
        person=person, name="bench", scopes=scopes, expires_at=ends, now=now, actor_id=person.pk
    )
    return made[1]


def _session(person: User) -> str:
    """A session as signing in leaves it."""
    store = SessionStore()
    moment = int(clock.now().timestamp())
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store[AGE] = {"person": str(person.pk), "began": moment, "seen": moment, "short": False}
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _reader(person: User) -> dict[str, Any]:
    """Somebody who has read a course to its end and may take its test."""
    enrollment = learners.read(
        person=person, code=COURSE, pages=None, now=clock.now() - timedelta(hours=2)
    )
    session = _session(person)
    asking = HttpRequest()
    asking.session = SessionStore(session.partition("=")[2])
    ids = (enrollment.pk, person.pk, enrollment.version_id)
    sent = f"{passes.HEADER}: {passes.issue(asking, *ids)}"  # as the page carries it
    return {
        "person": person.pk, "session": session, "enrollment": enrollment.pk, "pass": sent,
        **_places(enrollment),
    }  # fmt: skip


def _places(enrollment: Enrollment) -> dict[str, Any]:
    pages = list(enrollment.version.pages.order_by("position"))
    middle = pages[len(pages) // 2]
    question = Question.objects.filter(page__in=pages, kind="single_choice").first()
    assert question is not None
    assert question.page is not None
    tokens = KINDS[question.kind].present(
        question.spec, KINDS[question.kind].shuffle(question.spec, lambda _: None)
    )
    return {
        "page": middle.slug,
        "anchors": [block["anchor"] for block in middle.blocks][:8],
        "question": question.key,
        "answers": [option["token"] for option in tokens["options"]],
    }


def _finisher(person: User) -> dict[str, Any]:
    """Somebody who has passed the test and has only the evaluation before them."""
    hour = timedelta(hours=1)
    enrollment = learners.read(
        person=person, code=FINISHED_COURSE, pages=None, now=clock.now() - 3 * hour
    )
    learners.pass_test(enrollment=enrollment, now=clock.now() - hour)
    objectives = enrollment.version.objectives.values_list("key", flat=True)
    form = {f"objective_{key}": "met" for key in objectives}
    form |= dict.fromkeys(("author", "content", "methods", "facilities", "experience"), "5")
    form |= {"bias": "no", "minutes": "66", "comment": "", "bias_noted": ""}
    return {"session": _session(person), "enrollment": enrollment.pk, "form": form}


def _right_answers() -> dict[str, Any]:
    questions = Question.objects.filter(version__course__code=COURSE, use=Question.Use.TEST)
    return {each.key: KINDS[each.kind].right_answer(each.spec) for each in questions}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
