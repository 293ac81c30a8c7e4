"""The place to resume, the ticks and the answers in pages: nothing is lost, nothing moves back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliquot.accounts.models import User
from aliquot.assessment.errors import AnswerError
from aliquot.assessment.kinds.parts import token
from aliquot.catalog.models import Page
from aliquot.infra.models import AuditEntry
from aliquot.learning import queries, services
from aliquot.learning.errors import EnrollmentNotFoundError
from aliquot.learning.facts import SavedPlace
from aliquot.learning.models import Bookmark, Enrollment, PageAnswer, PageVisit
from tests.concurrency import at_once
from tests.factories.catalog import published_course
from tests.factories.learning import started

pytestmark = pytest.mark.django_db
RIGHT, WRONG = token("Schistocytes"), token("Target cells")


@pytest.fixture
def enrollment(rosa: User, now: datetime) -> Enrollment:
    return started(rosa, published_course(), now)


def page(enrollment: Enrollment, number: int) -> Page:
    return enrollment.version.pages.order_by("position")[number - 1]


def save(
    enrollment: Enrollment, number: int, now: datetime, *, anchor: str = "", base: int | None = 0
) -> SavedPlace:
    return services.save_bookmark(
        enrollment=enrollment,
        page=page(enrollment, number),
        anchor=anchor,
        now=now,
        base_sequence=base,
    )


def ticks(enrollment: Enrollment) -> str:
    """A letter per page: f finished, o opened, - untouched."""
    states = queries.pages_of(enrollment)
    return "".join("f" if p.is_finished else "o" if p.is_opened else "-" for p in states)


def test_before_the_first_save_there_is_no_place(enrollment: Enrollment) -> None:
    assert queries.bookmark_of(enrollment) is None
    assert ticks(enrollment) == "---"


def test_a_save_keeps_page_and_anchor_and_opens_the_page_without_an_audit_row(
    enrollment: Enrollment, now: datetime
) -> None:
    audited = AuditEntry.objects.count()
    saved = save(enrollment, 2, now, anchor="question-page-numeric")
    place = queries.bookmark_of(enrollment)
    assert place == saved.place
    assert saved.is_accepted
    assert (saved.place.page_slug, saved.place.anchor, saved.place.sequence) == (
        "where-to-look",
        "question-page-numeric",
        1,
    )
    assert ticks(enrollment) == "-o-"
    assert AuditEntry.objects.count() == audited


def test_an_anchor_that_is_not_on_the_page_is_not_kept(
    enrollment: Enrollment, now: datetime
) -> None:
    assert save(enrollment, 1, now, anchor="<script>").place.anchor == ""


def test_a_device_that_missed_a_save_is_told_and_erases_nothing(
    enrollment: Enrollment, now: datetime
) -> None:
    at_home = save(enrollment, 3, now)
    at_work = save(enrollment, 1, now + timedelta(minutes=1), base=0)
    assert not at_work.is_accepted
    assert at_work.place == at_home.place
    assert queries.bookmark_of(enrollment) == at_home.place
    assert ticks(enrollment) == "--o"


def test_a_device_that_knows_the_newest_save_moves_the_place_back_but_not_the_furthest_point(
    enrollment: Enrollment, now: datetime
) -> None:
    first = save(enrollment, 3, now)
    second = save(enrollment, 1, now, base=first.place.sequence)
    assert second.is_accepted
    assert second.place.page_slug == "making-a-smear"
    assert Enrollment.objects.get().furthest_position == page(enrollment, 3).position


def test_the_same_save_twice_is_accepted_and_stored_once(
    enrollment: Enrollment, now: datetime
) -> None:
    first = save(enrollment, 2, now)
    assert save(enrollment, 2, now + timedelta(seconds=5)) == first


def test_turning_the_page_wins_over_a_newer_place_because_the_person_is_here_now(
    enrollment: Enrollment, now: datetime
) -> None:
    save(enrollment, 3, now)
    services.finish_page(enrollment=enrollment, page=page(enrollment, 1), now=now)
    place = queries.bookmark_of(enrollment)
    assert place is not None
    assert place.page_slug == "where-to-look"
    assert ticks(enrollment) == "foo"


def test_going_back_keeps_the_ticks(enrollment: Enrollment, now: datetime) -> None:
    for number in (1, 2):
        services.finish_page(enrollment=enrollment, page=page(enrollment, number), now=now)
    before = services.turn_back(enrollment=enrollment, page=page(enrollment, 3), now=now)
    assert before == page(enrollment, 2)
    assert ticks(enrollment) == "ffo"


def test_the_first_page_has_none_before_it_and_the_last_none_after(
    enrollment: Enrollment, now: datetime
) -> None:
    first, last = page(enrollment, 1), page(enrollment, 3)
    assert services.turn_back(enrollment=enrollment, page=first, now=now) == first
    assert services.finish_page(enrollment=enrollment, page=last, now=now) is None
    assert ticks(enrollment) == "o-f"


def test_a_tick_keeps_its_first_moment(enrollment: Enrollment, now: datetime) -> None:
    for minutes in (0, 30):
        services.finish_page(
            enrollment=enrollment, page=page(enrollment, 1), now=now + timedelta(minutes=minutes)
        )
    assert PageVisit.objects.get(page=page(enrollment, 1)).finished_at == now


def test_a_page_of_another_course_is_refused(
    enrollment: Enrollment, rosa: User, now: datetime
) -> None:
    other = started(rosa, published_course("HEM-102"), now)
    for work in (services.finish_page, services.turn_back):
        with pytest.raises(EnrollmentNotFoundError):
            work(enrollment=enrollment, page=page(other, 1), now=now)
    with pytest.raises(EnrollmentNotFoundError):
        services.save_bookmark(
            enrollment=enrollment, page=page(other, 1), anchor="", now=now, base_sequence=0
        )
    assert Bookmark.objects.count() == 0
    assert PageVisit.objects.count() == 0


def test_a_save_takes_two_statements_and_three_on_a_new_page(
    enrollment: Enrollment, now: datetime
) -> None:
    def statements(number: int, base: int, anchor: str) -> int:
        here = page(enrollment, number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            services.save_bookmark(
                enrollment=enrollment, page=here, anchor=anchor, now=now, base_sequence=base
            )
        return sum("SAVEPOINT" not in each["sql"] for each in captured.captured_queries)

    assert statements(1, 0, "") == 3
    assert statements(1, 1, "figure-reading-area") == 2


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["save", "next", "back"]), st.integers(1, 3), st.integers(0, 2)),
        max_size=12,
    )
)
def test_whatever_two_devices_do_furthest_point_ticks_and_sequence_only_grow(
    enrollment: Enrollment, now: datetime, steps: list[tuple[str, int, int]]
) -> None:
    """Each step happens on one of two devices; a device learns the sequence from its replies."""
    Bookmark.objects.all().delete()
    PageVisit.objects.all().delete()
    Enrollment.objects.update(sequence=0, furthest_position=0)
    known = [0, 0, 0]
    before = (0, 0, 0, 0)
    for deed, number, device in steps:
        here = page(enrollment, number)
        if deed == "save":
            stored = queries.bookmark_of(enrollment)
            reply = save(enrollment, number, now, base=known[device])
            missed = stored is not None and stored.sequence > known[device]
            assert reply.is_accepted is (not missed or stored.page_slug == here.slug)
            if missed:
                assert queries.bookmark_of(enrollment) == stored
            known[device] = reply.place.sequence
        elif deed == "next":
            services.finish_page(enrollment=enrollment, page=here, now=now)
        else:
            services.turn_back(enrollment=enrollment, page=here, now=now)
        row = Enrollment.objects.get()
        after = (
            row.sequence,
            row.furthest_position,
            PageVisit.objects.count(),
            PageVisit.objects.filter(finished_at__isnull=False).count(),
        )
        assert all(new >= old for new, old in zip(after, before, strict=True))
        before = after


# --- answers in pages -----------------------------------------------------------------------------


def answer(enrollment: Enrollment, raw: Any, now: datetime, base: int | None = 0) -> Any:
    return services.save_page_answer(
        enrollment=enrollment, question_key="page-single", raw=raw, now=now, base_sequence=base
    )


def test_an_answer_is_graded_at_once_and_kept(enrollment: Enrollment, now: datetime) -> None:
    saved = answer(enrollment, WRONG, now)
    assert (saved.is_accepted, saved.is_right, saved.answer, saved.sequence) == (
        True, False, WRONG, 1,
    )  # fmt: skip
    again = answer(enrollment, RIGHT, now, base=saved.sequence)
    assert (again.is_right, again.sequence) == (True, 2)
    assert PageAnswer.objects.get().answer == RIGHT


def test_an_older_device_does_not_overwrite_an_answer_but_a_press_of_check_does(
    enrollment: Enrollment, now: datetime
) -> None:
    answer(enrollment, RIGHT, now)
    late = answer(enrollment, WRONG, now)
    assert (late.is_accepted, late.answer) == (False, RIGHT)
    assert answer(enrollment, WRONG, now, base=None).is_accepted
    assert PageAnswer.objects.get().answer == WRONG


def test_the_same_answer_twice_is_stored_once(enrollment: Enrollment, now: datetime) -> None:
    first = answer(enrollment, RIGHT, now)
    assert answer(enrollment, RIGHT, now) == first


@pytest.mark.parametrize("raw", ["", None, "no such option", 7, ["a"]])
def test_what_is_no_answer_is_refused(enrollment: Enrollment, now: datetime, raw: Any) -> None:
    with pytest.raises(AnswerError):
        answer(enrollment, raw, now)
    assert PageAnswer.objects.count() == 0


def test_questions_of_the_test_are_never_answered_in_a_page(
    enrollment: Enrollment, now: datetime
) -> None:
    with pytest.raises(EnrollmentNotFoundError):
        services.save_page_answer(
            enrollment=enrollment,
            question_key="single-choice-1",
            raw=RIGHT,
            now=now,
            base_sequence=0,
        )


@pytest.mark.django_db(transaction=True)
def test_two_devices_saving_at_once_lose_no_visit_and_one_place_wins(
    rosa: User, now: datetime
) -> None:
    enrollment = started(rosa, published_course(), now)
    replies = at_once(6, lambda number: save(enrollment, number % 3 + 1, now))
    accepted = {reply.place for reply in replies if reply.is_accepted}
    assert accepted == {queries.bookmark_of(enrollment)}
    assert Bookmark.objects.get().sequence == Enrollment.objects.get().sequence == 1


@pytest.mark.django_db(transaction=True)
def test_turning_all_pages_at_once_ticks_every_one(rosa: User, now: datetime) -> None:
    enrollment = started(rosa, published_course(), now)
    at_once(
        6,
        lambda number: services.finish_page(
            enrollment=enrollment, page=page(enrollment, number % 3 + 1), now=now
        ),
    )
    assert ticks(enrollment) == "fff"
    assert Enrollment.objects.get().sequence == 6
