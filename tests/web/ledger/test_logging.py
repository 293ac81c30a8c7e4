"""Logging an activity: checked with where it would count, saved once, corrected, withdrawn."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aliquot.accounts.models import User
from aliquot.infra.idempotency import new_key
from aliquot.ledger.models import Activity
from aliquot.ledger.queries import activities_of, claim_of
from tests.factories.activities import logged, proven
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import holding
from tests.web.ledger.reading import ANSWERS, words_of

pytestmark = pytest.mark.django_db
LOG = "/activities/log/"


def test_the_form_explains_every_kind_it_offers_and_none_for_covid(rosas: Client) -> None:
    response = rosas.get(LOG)
    words = words_of(response)
    assert "1 CEU is 10 points or hours." in words
    assert "1 semester hour is 15 points or hours." in words
    assert "Staff meetings and orientation never count." in words
    assert "covid" not in response.content.decode().lower()


def test_the_cap_and_the_wanted_numbers_come_from_the_credentials_held(
    rosas: Client, rosa: User
) -> None:
    holding(rosa)
    holding(rosa, "lic_ca", first_certified_on=None)
    words = words_of(rosas.get(LOG))
    assert "MLS(ASCP) takes at most 18 points of college work in one cycle." in words
    assert "asks for both: copy them from the proof." in words


def test_the_answers_are_checked_with_where_they_would_count_and_nothing_is_saved(
    rosas: Client, rosa: User
) -> None:
    holding(rosa)
    response = rosas.post(LOG, ANSWERS)
    words = words_of(response)
    assert response.status_code == 200
    assert "Check before you save Nothing is saved yet." in words
    assert "2.5 contact hours in Blood bank" in words
    assert "MLS(ASCP) 36 to go now, 33.5 after 2 points toward Blood bank" in words
    assert "0.5 points toward Any area" in words
    assert Activity.objects.count() == 0


def test_saving_leads_to_the_proof_and_counts_at_once(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    response = rosas.post(LOG, {**ANSWERS, "step": "do"})
    activity = Activity.objects.get()
    assert response["Location"] == reverse("ledger:proof_add", args=[activity.pk]) + "?new=1"
    assert claim_of(activity).approvals == ("pace",)
    page = rosas.get(reverse("credentials:detail", args=[held.pk]))
    words = words_of(page)
    assert "33.5 points to go" in words
    assert "You entered this · Mar 12, 2026 · counts toward Blood bank 2, Any area 0.5" in words
    assert reverse("ledger:detail", args=[activity.pk]) in page.content.decode()
    assert reverse("ledger:log") in page.content.decode()


def test_a_double_click_makes_one(rosas: Client) -> None:
    answers = {**ANSWERS, "step": "do", "idempotency_key": new_key()}
    first, second = rosas.post(LOG, answers), rosas.post(LOG, answers)
    assert first["Location"] == second["Location"]
    assert Activity.objects.count() == 1


def test_all_problems_are_shown_at_once_at_their_fields(rosas: Client) -> None:
    response = rosas.post(
        LOG,
        {
            "kind": "",
            "lines": "1",
            "completed_on": "12/24/2026",
            "part_0_amount": "0,15",
            "approved": "some",
            "title": "T",
            "provider_name": "P",
            "step": "do",
        },
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    for words, field in (
        ("Choose what your proof counts in.", "id_kind"),
        ("Enter a number with a decimal point, such as 1.5.", "id_part_0_amount"),
        ("Choose at least one subject area.", "id_part_0_areas"),
        ("Choose who approved it, or answer “I don&#x27;t know”.", "id_approvals"),
    ):
        assert f'href="#{field}' in html
        assert words in html
    assert Activity.objects.count() == 0


def test_what_the_rules_refuse_is_shown_at_its_field(rosas: Client) -> None:
    response = rosas.post(
        LOG, {**ANSWERS, "completed_on": "12/24/2026", "part_0_amount": "-1", "step": "do"}
    )
    words = words_of(response)
    assert response.status_code == 422
    assert "Enter the day you finished it: November 23, 2026 or earlier." in words
    assert "Enter more than 0." in words
    assert Activity.objects.count() == 0


def test_lines_of_the_split_are_added_and_removed_without_script(rosas: Client) -> None:
    wider = rosas.post(LOG, {**ANSWERS, "step": "add-line"})
    html = wider.content.decode()
    assert wider.status_code == 200
    assert 'name="part_1_amount"' in html
    assert 'name="part_2_amount"' not in html
    assert 'value="2.5"' in html
    assert "There is a problem" not in html
    split = {
        **ANSWERS,
        "lines": "2",
        "part_1_amount": "0.5",
        "part_1_areas": ["safety_lab", "safety_patient"],
    }
    narrower = rosas.post(LOG, {**split, "step": "remove-line-0"}).content.decode()
    assert 'value="0.5"' in narrower
    assert 'value="2.5"' not in narrower
    rosas.post(LOG, {**split, "step": "do"})
    assert [(part.amount, part.areas) for part in claim_of(Activity.objects.get()).parts] == [
        (Decimal("2.50"), ("blood_bank",)),
        (Decimal("0.50"), ("safety_lab", "safety_patient")),
    ]


def test_a_forged_number_of_lines_makes_at_most_twenty(rosas: Client) -> None:
    for lines in ("9" * 50, "-1", "x", ""):
        html = rosas.post(LOG, {**ANSWERS, "lines": lines, "step": "change"}).content.decode()
        assert 'name="part_20_amount"' not in html


def test_perhaps_a_second_copy_is_asked_about_and_never_forbidden(
    rosas: Client, rosa: User, now: datetime
) -> None:
    mine = logged(rosa, now)
    response = rosas.post(LOG, {**ANSWERS, "title": "UPDATE, blood bank"})
    words = words_of(response)
    assert "Is it there already?" in words
    assert "(you entered it)" in words
    assert reverse("ledger:detail", args=[mine.pk]) in response.content.decode()
    rosas.post(LOG, {**ANSWERS, "step": "do"})
    assert Activity.objects.count() == 2


def test_a_course_completed_here_is_known_again(rosas: Client, rosa: User, now: datetime) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    here = Activity.objects.get()
    answers = {**ANSWERS, "title": here.title, "completed_on": here.completed_on.isoformat()}
    assert "completed here, with its certificate" in words_of(rosas.post(LOG, answers))


def test_a_staff_meeting_may_be_kept_and_never_counts(rosas: Client, rosa: User) -> None:
    holding(rosa)
    words = words_of(rosas.post(LOG, {**ANSWERS, "kind": "staff_meeting"}))
    assert "Never counts" in words
    assert "36 to go, as before" in words
    assert "2.5 points not counted" in words


def test_a_correction_starts_from_what_was_said_and_keeps_it_in_the_history(
    rosas: Client, rosa: User, now: datetime
) -> None:
    holding(rosa)
    old = proven(logged(rosa, now, approvals=("pace",)), now)
    form = rosas.get(f"/activities/{old.pk}/correct/").content.decode()
    assert 'value="March 12, 2026"' in form
    assert 'value="1.5"' in form
    response = rosas.post(f"/activities/{old.pk}/correct/", {**ANSWERS, "step": "do"})
    new = Activity.objects.get(corrects=old)
    assert response["Location"] == f"/activities/{new.pk}/"
    words = words_of(rosas.get(f"/activities/{new.pk}/"))
    assert "Corrected 2.5 contact hours in Blood bank" in words
    assert "Entered 1.5 contact hours in Blood bank" in words
    assert "certificate.pdf" in words
    words = words_of(rosas.get(f"/activities/{old.pk}/"))
    assert "This is an old state" in words
    assert "Withdraw it" not in words


def test_correcting_an_old_state_is_refused_in_words(
    rosas: Client, rosa: User, now: datetime
) -> None:
    old = logged(rosa, now)
    rosas.post(f"/activities/{old.pk}/correct/", {**ANSWERS, "step": "do"})
    answers = {**ANSWERS, "part_0_amount": "9", "step": "do"}
    response = rosas.post(f"/activities/{old.pk}/correct/", answers)
    assert response.status_code == 409
    assert "Correct the newest one." in response.content.decode()
    assert [each.amount for each in activities_of(rosa)] == [Decimal("2.50")]


def test_withdrawing_asks_first_and_says_what_is_lost(
    rosas: Client, rosa: User, now: datetime
) -> None:
    holding(rosa)
    activity = logged(rosa, now)
    words = words_of(rosas.get(f"/activities/{activity.pk}/withdraw/"))
    assert "It counts here now, and would count no more MLS(ASCP)" in words
    assert len(activities_of(rosa)) == 1
    response = rosas.post(f"/activities/{activity.pk}/withdraw/", {"reason": "entered twice"})
    assert response["Location"] == "/activities/"
    assert activities_of(rosa) == []
    words = words_of(rosas.get(f"/activities/{activity.pk}/"))
    assert "It counts no more entered twice" in words


@pytest.mark.parametrize("what", ["", "correct/", "withdraw/", "proofs/add/"])
def test_another_persons_activity_is_not_there(
    stellas: Client, rosa: User, now: datetime, what: str
) -> None:
    activity = logged(rosa, now)
    url = f"/activities/{activity.pk}/{what}"
    assert stellas.get(url).status_code == 404
    if what:
        assert stellas.post(url, {**ANSWERS, "step": "do"}).status_code == 404
    assert len(activities_of(rosa)) == 1


@pytest.mark.parametrize("what", ["correct/", "withdraw/", "proofs/add/"])
def test_a_course_completed_here_cannot_be_changed(
    rosas: Client, rosa: User, now: datetime, what: str
) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)
    activity = Activity.objects.get()
    assert rosas.get(f"/activities/{activity.pk}/{what}").status_code == 404
    assert "Correct it" not in words_of(rosas.get(f"/activities/{activity.pk}/"))


def test_a_form_field_that_is_not_asked_for_changes_nothing(
    rosas: Client, rosa: User, marcus: User, now: datetime
) -> None:
    extra: dict[str, Any] = {"person": marcus.pk, "origin": "completion", "corrects": "1"}
    rosas.post(LOG, {**ANSWERS, **extra, "step": "do"})
    activity = Activity.objects.get()
    assert (activity.person, activity.origin, activity.corrects) == (rosa, "elsewhere", None)
