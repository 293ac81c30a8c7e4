"""The back office by program: who may, what is logged, what it gives."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import StaffRole, User
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Entitlement
from tests.api.program import Program
from tests.factories.certificates import certificate

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.fixture
def office(amara: User, program: MakeProgram) -> Program:
    set_up_codes(person=amara)
    return program(
        amara, "staff-people:read", "staff-access:write", "staff-reports:read",
        "staff-webhooks:read", "staff-webhooks:write",
    )  # fmt: skip


def reads() -> int:
    return AuditEntry.objects.filter(action="person.viewed_by_staff").count()


def test_looking_somebody_up_is_logged(office: Program, rosa: User) -> None:
    (line,) = office.get("/staff/people?q=rosa").body["items"]
    assert (line, reads()) == ({"id": rosa.pk, "email": rosa.email, "full_name": "Rosa Méndez"}, 1)
    assert office.get(f"/staff/people/{rosa.pk}").body["email"] == rosa.email
    assert reads() == 2
    assert office.get("/staff/people").status == 422


def test_access_is_given_through_a_day_and_withdrawn(office: Program, rosa: User) -> None:
    path = f"/staff/people/{rosa.pk}/access"
    assert office.post(path, {}).status == 422, "every course is said, never meant"
    given = office.post(path, {"course": None, "last_day": "2127-01-31", "hours_limit": "8"})
    assert (given.status, given.body["ends_at"]) == (201, "2127-02-01T05:00:00Z")
    assert office.post(path, {"course": "NO-SUCH"}).status == 404
    assert office.post(path, {"course": None, "hours_limit": "0"}).status == 422
    withdrawn = office.post(f"{path}/{given.body['id']}/withdraw")
    assert withdrawn.body["withdrawn_at"] is not None
    (row,) = office.get(path).body["items"]
    assert (row["id"], row["hours_limit"]) == (given.body["id"], "8")
    assert Entitlement.objects.count() == 1


def test_everybodys_completions_are_told_with_the_certificate(office: Program, rosa: User) -> None:
    done = certificate(rosa, NOW)
    found = office.get("/staff/completions?first=2026-11-23&last=2026-11-23&course=HEM-101").body
    assert [(each["person_id"], each["course"]) for each in found["items"]] == [
        (rosa.pk, "HEM-101")
    ]
    assert found["items"][0]["certificate"].replace("-", "") == done.code
    assert office.get("/staff/completions?last=2026-11-22").body["items"] == []
    assert office.get(f"/staff/people/{rosa.pk}/completions").body["items"][0]["id"] == (
        done.completion_id
    )


def test_the_books_come_as_a_table(office: Program) -> None:
    answer = office.get("/staff/reports/books?first=2026-11-01&last=2026-11-30")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert office.get("/staff/reports/books?first=2026-11-02&last=2026-11-01").status == 422
    assert office.get("/staff/reports/reconciliations").body == {"items": [], "next": None}


def test_a_token_of_the_office_ends_with_the_role_or_the_factor(
    office: Program, amara: User
) -> None:
    assert office.get("/staff/people?q=x").status == 200
    StaffRole.objects.filter(person=amara).update(role="finance")
    assert office.get("/staff/people?q=x").status == 404
    StaffRole.objects.filter(person=amara).update(role="administrator")
    amara.authenticator_set.all().delete()
    assert office.get("/staff/people?q=x").status == 404
