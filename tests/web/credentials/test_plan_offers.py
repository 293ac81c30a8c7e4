"""Courses from elsewhere on the pages of the planner: added, changed, removed, nobody else's."""

from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials.models import OutsideOffer
from tests.factories.credentials import holding
from tests.web.credentials.plans import outside, rows
from tests.web.credentials.reading import NOW, words

FORM = {
    "title": "Smears, live", "provider_name": "A society", "hours_1": "1.5",
    "area_1": "hematology", "also_1": "coagulation", "hours_2": "0.5", "area_2": "ethics",
    "approvals_known": "yes", "approvals": ["pace"], "price": "$1,029.95",
}  # fmt: skip


def test_a_course_from_elsewhere_is_added_changed_and_removed(rosas: Client, rosa: User) -> None:
    holding(rosa)
    assert rosas.get("/plan/courses/add/").status_code == 200
    for _ in range(2):
        assert rosas.post("/plan/courses/add/", FORM)["Location"] == "/plan/"
    row = OutsideOffer.objects.get(person=rosa)
    assert (row.parts, row.approvals, row.price_cents) == (
        [
            {"amount": "1.5", "areas": ["hematology", "coagulation"]},
            {"amount": "0.5", "areas": ["ethics"]},
        ],
        ["pace"],
        102995,
    )
    address = f"/plan/courses/{row.pk}/"
    page = rosas.get(address).content.decode()
    assert 'value="1029.95"' in page
    changed = FORM | {"approvals_known": "unknown", "price": "", "hours_2": "", "area_2": ""}
    assert rosas.post(address, changed)["Location"] == "/plan/"
    row.refresh_from_db()
    assert (len(row.parts), row.approvals, row.price_cents) == (1, None, None)
    assert rosas.get(f"{address}remove/").status_code == 200
    assert rosas.post(f"{address}remove/")["Location"] == "/plan/"
    row.refresh_from_db()
    assert row.removed_at == NOW
    assert rosas.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": " "}, "Enter the title of the course."),
        ({"hours_1": ""}, "Enter the contact hours."),
        ({"hours_1": "0"}, "Enter contact hours from 0.01 to 1,000."),
        ({"hours_1": "1.005"}, "Enter contact hours with at most two decimals."),
        ({"area_1": ""}, "Choose the subject of the hours."),
        ({"area_1": "moon"}, "Choose a subject area of the list."),
        ({"area_2": ""}, "Choose the subject of these hours."),
        ({"hours_2": ""}, "Enter the contact hours of this subject."),
        ({"approvals_known": ""}, "Choose who approved it."),
        ({"approvals": []}, "Choose at least one, or “Nobody”."),
        ({"approvals": ["moon"]}, "Choose approvals of the list."),
        ({"price": "-5"}, "Enter a price from 0 to 100,000."),
    ],
)
def test_a_course_from_elsewhere_that_cannot_be_is_refused_beside_its_field(
    rosas: Client, rosa: User, changes: dict[str, Any], message: str
) -> None:
    before = rows()
    response = rosas.post("/plan/courses/add/", FORM | changes)
    assert response.status_code == 422
    assert "<title>Error: " in response.content.decode()
    assert message in words(response)
    assert rows() == before


def test_a_gap_leads_to_a_form_with_its_subject(rosas: Client) -> None:
    page = rosas.get("/plan/courses/add/?area=fl_laws_rules").content.decode()
    assert '<option value="fl_laws_rules" selected>' in page
    assert rosas.get("/plan/courses/add/?area=moon").status_code == 200


def test_a_stranger_sees_and_changes_nothing(client: Client, rosa: User, stella: User) -> None:
    holding(rosa)
    row = outside(rosa)
    client.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    assert "Smears, live" not in client.get("/plan/").content.decode()
    before = rows()
    for address in (f"/plan/courses/{row.pk}/", f"/plan/courses/{row.pk}/remove/"):
        assert client.get(address).status_code == 404
        assert client.post(address, FORM).status_code == 404
    assert rows() == before
