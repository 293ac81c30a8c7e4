"""Courses in the office: what is shown, what is changed, what is refused."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User
from aliquot.catalog.models import Accreditor, Approval, Contributor, Course
from aliquot.catalog.services import save_provider
from aliquot.infra.models import AuditEntry
from tests.factories.catalog import add_version, approve, published_course

pytestmark = pytest.mark.django_db

ANSWERS = {
    "accreditor": "school",
    "number": "578-001-26",
    "hours": "1.25",
    "valid_from": "2026-01-01",
    "valid_through": "2027-12-31",
}


@pytest.fixture
def course(db: None) -> Course:
    return published_course()


@pytest.fixture
def school(db: None) -> Accreditor:
    """An accreditor that is no fiction."""
    return Accreditor.objects.create(code="school", name="School Board", approval_kind="university")


def reviewed(course: Course) -> None:
    """Name a reviewer on the current version."""
    Contributor.objects.create(
        version=course.current_version, position=1, role="reviewer", name="Rita Rowe",
        disclosure="Nothing to disclose.",
    )  # fmt: skip


def at(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=args)


def deeds() -> list[str]:
    """What was recorded, reads and the making of people left out."""
    rows = AuditEntry.objects.exclude(action__startswith="person.").order_by("pk")
    return list(rows.values_list("action", flat=True))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_few_questions_for_any_number_of_courses(
    office: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        approve(published_course(f"HEM-10{number}"))
    office.get(at("courses"))
    with django_assert_num_queries(8):
        response = office.get(at("courses"))
    assert response.text.count('scope="row"') == count


def test_the_list_shows_hidden_courses_too_and_what_is_overdue(
    office: Client, course: Course
) -> None:
    Course.objects.filter(pk=course.pk).update(availability="hidden", review_by=date(2026, 1, 31))
    page = office.get(at("courses")).text
    assert "Hidden" in page
    assert "Jan 31, 2026" in page


def test_the_list_keeps_courses_past_their_review_date_and_no_retired_ones(
    office: Client, course: Course
) -> None:
    for code, changes in {
        "A-1": {"review_by": date(2026, 1, 31)},
        "B-1": {"review_by": date(2026, 1, 31), "availability": "retired"},
        "C-1": {"review_by": date(2099, 1, 31)},
    }.items():
        Course.objects.filter(pk=published_course(code).pk).update(**changes)
    page = office.get(at("courses"), {"show": "overdue"}).text
    assert [code for code in ("A-1", "B-1", "C-1", "HEM-101") if code in page] == ["A-1"]


def test_a_course_shows_its_approvals_by_state_and_its_versions(
    office: Client, course: Course
) -> None:
    for number, first, last in (
        ("ENDED", date(2020, 1, 1), date(2020, 12, 31)),
        ("VALID", date(2020, 1, 1), date(2099, 12, 31)),
        ("COMING", date(2099, 1, 1), date(2099, 12, 31)),
    ):
        approve(course, number=number, valid_from=first, valid_through=last)
    taken = approve(course, number="TAKEN")
    office.post(at("approval_withdraw", course.code, taken.pk), {"step": "do"})
    version = add_version(course, number=2, hours_reason="Pilot readers took longer.")
    page = office.get(at("course", course.code))
    states = {row.approval.number: row.state for row in page.context["approvals"]}
    assert states == {
        "ENDED": "ended", "VALID": "valid", "COMING": "upcoming", "TAKEN": "withdrawn"
    }  # fmt: skip
    assert [line.version.number for line in page.context["versions"]] == [2, 1]
    for words in ("Clearer figures.", "Pilot readers took longer.", "by The Aliquot project"):
        assert words in page.text
    assert version.what_changed == "Clearer figures."


def test_the_sum_behind_the_hours_is_told_in_words(office: Client, course: Course) -> None:
    settings = {
        "words_per_minute": "200", "reading_factor": "1.5", "minutes_per_question": "1",
        "minutes_per_hour": "60", "rounding_step": "0.25",
    }  # fmt: skip
    study = [{"page": "case", "minutes": "10", "reason": "Two smears to compare."}]
    inputs = {
        "words": 8000, "page_questions": 6, "test_questions": 10, "media_minutes": "0",
        "study": study, "settings": settings, "minutes": "86.0",
    }  # fmt: skip
    add_version(course, number=2, hours_inputs=inputs)
    assert (
        "8,000 words at 200 a minute times 1.5; 6 questions in pages and 10 of a test at 1 min "
        "each; 10 minutes of study on case (Two smears to compare): 86 minutes, 60 to the contact "
        "hour, rounded down to 0.25."
    ) in office.get(at("course", course.code)).text


def test_a_course_is_hidden_and_then_nobody_sees_it(office: Client, course: Course) -> None:
    public = reverse("catalog:course", args=[course.slug])
    assert Client().get(public).status_code == 200
    response = office.post(at("course_availability", course.code), {"availability": "hidden"})
    assert response["Location"] == at("course", course.code)
    assert Client().get(public).status_code == 404
    assert deeds() == ["course.availability_set"]


def test_a_retired_course_names_the_one_that_takes_its_place(
    office: Client, course: Course
) -> None:
    other = published_course("HEM-201")
    office.post(
        at("course_availability", course.code),
        {"availability": "retired", "successor": other.code},
    )
    course.refresh_from_db()
    assert (course.availability, course.successor) == ("retired", other)


def test_an_open_course_has_no_successor_and_no_course_succeeds_itself(
    office: Client, course: Course
) -> None:
    other = published_course("HEM-201")
    for answers in (
        {"availability": "open", "successor": other.code},
        {"availability": "retired", "successor": course.code},
        {"availability": "gone"},
        {},
    ):
        response = office.post(at("course_availability", course.code), answers)
        assert response.status_code == 422
        assert "<title>Error:" in response.text
    course.refresh_from_db()
    assert (course.availability, course.successor) == ("open", None)
    assert deeds() == []


def test_a_course_stops_being_free_and_is_free_again(office: Client, course: Course) -> None:
    for answers, expected in (({}, False), ({"is_free": "on"}, True)):
        office.post(at("course_free", course.code), answers)
        course.refresh_from_db()
        assert course.is_free is expected
    assert deeds() == ["course.free_set", "course.free_set"]


def test_the_review_date_is_set_and_taken_away(office: Client, course: Course) -> None:
    for answer, expected in (("2028-06-30", date(2028, 6, 30)), ("", None)):
        office.post(at("course_review", course.code), {"review_by": answer})
        course.refresh_from_db()
        assert course.review_by == expected
    assert office.post(at("course_review", course.code), {"review_by": "soon"}).status_code == 422


def test_an_approval_is_checked_before_it_is_entered(
    office: Client, course: Course, school: Accreditor, amara: User
) -> None:
    reviewed(course)
    address = at("approval_add", course.code)
    checked = office.post(address, ANSWERS)
    assert "Check before you go on" in checked.text
    for words in ("School Board", "578-001-26", "January 1, 2026", "December 31, 2027"):
        assert words in checked.text
    assert not Approval.objects.exists()
    changing = office.post(address, {**ANSWERS, "step": "change"})
    assert (changing.status_code, "578-001-26" in changing.text) == (200, True)
    assert not Approval.objects.exists()
    response = office.post(address, {**ANSWERS, "step": "do"}, follow=True)
    assert "Approval 578-001-26 is entered." in response.text
    approval = Approval.objects.get()
    assert (approval.course, approval.accreditor, approval.withdrawn_at) == (course, school, None)
    entry = AuditEntry.objects.get(action="course.approval_added")
    assert (entry.actor_id, entry.object_id) == (amara.pk, str(course.pk))


def test_an_approval_without_a_named_reviewer_is_refused_in_words(
    office: Client, course: Course, school: Accreditor
) -> None:
    address = at("approval_add", course.code)
    assert "names no reviewer" in office.get(address).text
    response = office.post(address, {**ANSWERS, "step": "do"})
    assert response.status_code == 422
    assert "an approval needs a named reviewer" in response.text
    assert (Approval.objects.count(), deeds()) == (0, [])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("valid_through", "2025-12-31", "Choose January 1, 2026 or a later day."),
        ("hours", "0", "Enter an amount above zero."),
        ("accreditor", "nobody", "Select a valid choice"),
        ("number", "", "This field is required"),
    ],
)
def test_a_wrong_answer_about_an_approval_is_named(
    office: Client, course: Course, school: Accreditor, field: str, value: str, words: str
) -> None:
    reviewed(course)
    response = office.post(at("approval_add", course.code), {**ANSWERS, field: value, "step": "do"})
    assert (response.status_code, words in response.text) == (422, True)
    assert not Approval.objects.exists()


def test_a_double_click_enters_one_approval(
    office: Client, course: Course, school: Accreditor
) -> None:
    reviewed(course)
    sent = {**ANSWERS, "step": "do", "idempotency_key": "one-click"}
    for _ in range(2):
        assert office.post(at("approval_add", course.code), sent).status_code == 302
    assert Approval.objects.count() == 1


def test_an_approval_is_withdrawn_after_a_confirmation_and_stays_in_the_list(
    office: Client, course: Course
) -> None:
    approval = approve(course)
    address = at("approval_withdraw", course.code, approval.pk)
    assert "Certificates issued before keep it." in office.get(address).text
    office.post(address, {})
    approval.refresh_from_db()
    assert approval.withdrawn_at is None
    office.post(address, {"step": "do"})
    approval.refresh_from_db()
    assert approval.withdrawn_at is not None
    assert "Withdrawn" in office.get(at("course", course.code)).text
    assert office.post(address, {"step": "do"}).status_code == 404
    assert deeds() == ["course.approval_withdrawn"]


def test_an_approval_is_not_withdrawn_at_another_courses_address(
    office: Client, course: Course
) -> None:
    approval = approve(course)
    other = published_course("HEM-201")
    address = at("approval_withdraw", other.code, approval.pk)
    assert office.post(address, {"step": "do"}).status_code == 404
    assert Approval.objects.get().withdrawn_at is None


def test_support_sees_a_course_but_no_way_to_change_it(support: Client, course: Course) -> None:
    approve(course)
    page = support.get(at("course", course.code)).text
    assert "Approvals" in page
    for words in ("Enter an approval", "Withdraw", ">Change<"):
        assert words not in page


def test_a_site_that_does_not_say_who_publishes_asks_its_administrators_for_it(
    office: Client, support: Client
) -> None:
    asked = "This site does not say who publishes here"
    assert asked in office.get(at("home")).text
    assert asked not in support.get(at("home")).text
    save_provider(actor_id=None, name="Tampa Laboratory CE")
    assert asked not in office.get(at("home")).text


def test_what_needs_attention_is_counted_and_linked(
    office: Client, course: Course, now: datetime
) -> None:
    Course.objects.filter(pk=course.pk).update(review_by=date(2026, 1, 31))
    approve(course, valid_through=date(2099, 12, 31))
    page = office.get(at("home"))
    assert [(each.words, each.count) for each in page.context["concerns"]] == [
        ("Courses past their review date", 1),
        ("Approvals that end within 90 days", 0),
        ("Mails not delivered", 0),
        ("Refunds that wait", 0),
        ("Jobs that failed", 0),
        ("Broken promises of the data", 0),
    ]
