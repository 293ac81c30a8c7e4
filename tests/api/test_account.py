"""Oneself by program: numbers, tokens, the copy of everything, the end."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import ApiToken, LicenseNumber, User
from aliquot.infra import clock
from aliquot.infra.models import AuditEntry, OutboxMail
from tests.api.program import Program

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]
LICENSE = {"state": "FL", "profession": "Technologist", "number": "TN 1"}


def test_a_license_number_is_kept_replaced_and_removed(rosa: User, program: MakeProgram) -> None:
    mine = program(rosa)
    first = mine.post("/me/licenses", LICENSE)
    again = mine.post("/me/licenses", LICENSE | {"number": "TN 2"})
    assert (first.status, again.body) == (201, first.body | {"number": "TN 2"})
    assert mine.get("/me").body["license_numbers"] == [again.body]
    wrong = mine.post("/me/licenses", LICENSE | {"state": "XX"})
    assert (wrong.status, wrong.body["errors"][0]["where"]) == (422, "/state")
    path = f"/me/licenses/{first.body['id']}/remove"
    assert [mine.post(path).status for _ in range(2)] == [204, 404]
    assert LicenseNumber.objects.count() == 0


def test_a_token_is_listed_and_ends_itself_and_none_makes_another(
    rosa: User, program: MakeProgram
) -> None:
    mine, other = program(rosa), program(rosa, "orders:read")
    lines = mine.get("/me/tokens").body["items"]
    assert [each["name"] for each in lines] == ["token 2", "token 1"]
    assert [set(each) for each in lines] == [
        {"id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_on"}
    ] * 2
    assert mine.post("/me/tokens", {"name": "more", "scopes": ["orders:write"]}).status == 405
    assert mine.post(f"/me/tokens/{lines[1]['id']}/revoke").status == 204
    assert (mine.get("/me").status, other.get("/me/orders").status) == (401, 200)
    assert ApiToken.objects.count() == 2


@pytest.mark.one_database
def test_the_copy_holds_ones_records_and_is_had_three_times_an_hour(
    rosa: User, stella: User, program: MakeProgram
) -> None:
    assert program(rosa, "profile:write").post("/me/records-copy").status == 403
    mine = program(rosa, "account:export")
    answers = [mine.post("/me/records-copy") for _ in range(4)]
    assert [each.status for each in answers] == [200, 200, 200, 429]
    with zipfile.ZipFile(io.BytesIO(answers[0].raw)) as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode()
    assert rosa.email in text
    assert stella.email not in text
    assert json.loads(text)["format"] == "aliquot-own-records/1"
    assert AuditEntry.objects.filter(action="person.exported").count() == 3


def test_closing_says_what_it_means_and_ends_every_token(rosa: User, program: MakeProgram) -> None:
    mine, other = program(rosa, "account:close"), program(rosa)
    terms = mine.get("/me/closing").body
    assert (terms["days"], terms["gives_up_access"], terms["ends_renewal"]) == (14, False, False)
    assert mine.post("/me/close", {"understood": False}).status == 422
    assert other.get("/me").status == 200
    closed = mine.post("/me/close", {"understood": True})
    assert (closed.status, set(closed.body)) == (200, {"closed_at", "erase_at"})
    assert [each.get("/me").status for each in (mine, other)] == [401, 401]
    rosa.refresh_from_db()
    assert not rosa.is_active
    assert OutboxMail.objects.get(subject__icontains="closed").recipients == [rosa.email]


@pytest.mark.one_database
def test_somebody_of_the_office_is_not_closed(amara: User, program: MakeProgram) -> None:
    set_up_codes(person=amara)
    mine = program(amara, "account:close")
    refused = mine.post("/me/close", {"understood": True})
    assert (refused.status, refused.body["code"]) == (409, "closing_refused")
    assert mine.get("/me/closing").status == 200
    assert ApiToken.objects.filter(
        revoked_at=None, created_at__gte=clock.now() - timedelta(days=1)
    ).exists()
