"""Importing a table: checked row by row, entered when its holder says so, and exported again."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aliquot.accounts.models import User
from aliquot.interop.activities.reader import read_table
from aliquot.ledger.models import Activity, ActivityImport
from aliquot.ledger.queries import activities_of
from tests.factories.activities import logged
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.web.ledger.reading import words_of

pytestmark = pytest.mark.django_db
HEADING = "date,title,provider,kind,amount,areas"
GOOD = f"{HEADING}\n2026-03-12,Blood bank update,Society,contact_hours,1.5,blood_bank\n"


def send(client: Client, text: str, name: str = "mine.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    return client.post("/activities/import/", {"file": file})


def sent_to(response: Any) -> str:
    address: str = response["Location"]
    return address


def test_a_good_table_is_entered_after_it_was_checked(rosas: Client, rosa: User) -> None:
    address = sent_to(send(rosas, GOOD))
    words = words_of(rosas.get(address))
    assert "Nothing is entered yet." in words
    assert "1 of 1 row can be entered" in words
    assert "1.5 contact hours in Blood bank" in words
    assert Activity.objects.count() == 0
    assert rosas.post(address)["Location"] == "/activities/"
    rosas.post(address)
    assert len(activities_of(rosa)) == 1
    assert "This table is entered" in words_of(rosas.get(address))


def test_each_problem_is_named_with_its_row_and_column(rosas: Client, rosa: User) -> None:
    address = sent_to(send(rosas, f"{GOOD}13/45/2026,,Society,ceu,-1,alchemy\n"))
    words = words_of(rosas.get(address))
    assert "1 of 2 rows can be entered" in words
    for expected in (
        "3 No title",
        "date: “13/45/2026” is no date",
        "title: Enter the title as your proof prints it.",
        "amount: Enter more than 0.",
        "areas: “alchemy” is no subject area we know",
    ):
        assert expected in words
    refused = rosas.post(address)
    assert refused.status_code == 422
    assert "Nothing was entered." in words_of(refused)
    assert Activity.objects.count() == 0
    rosas.post(address, {"only_good": "yes"})
    assert len(activities_of(rosa)) == 1


def test_rows_that_may_be_there_already_are_marked(
    rosas: Client, rosa: User, now: datetime
) -> None:
    logged(rosa, now)
    address = sent_to(send(rosas, GOOD))
    assert "Looks like: Blood bank update" in words_of(rosas.get(address))
    assert rosas.post(address, {"without_lookalikes": "yes"}).status_code == 422
    rosas.post(address)
    assert len(activities_of(rosa)) == 2


def test_columns_that_were_not_read_are_named(rosas: Client) -> None:
    response = send(
        rosas, GOOD.replace("areas", "areas,<b>color</b>").replace("bank\n", "bank,x\n")
    )
    words = words_of(rosas.get(sent_to(response)))
    assert "These columns were not read: &lt;b&gt;color&lt;/b&gt;." in words


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "PK\x03\x04", "\0"])
def test_a_file_that_cannot_be_read_says_why(rosas: Client, text: str) -> None:
    response = send(rosas, text)
    assert response.status_code == 422
    assert "There is a problem" in words_of(response)
    assert ActivityImport.objects.count() == 0


def test_another_persons_table_is_not_there(rosas: Client, stellas: Client, rosa: User) -> None:
    address = sent_to(send(rosas, GOOD))
    assert stellas.get(address).status_code == 404
    assert stellas.post(address).status_code == 404
    assert Activity.objects.count() == 0


def test_what_was_entered_is_exported_in_the_same_format(
    rosas: Client, rosa: User, now: datetime
) -> None:
    provider()
    finished(rosa, published_course(pages=1), now)  # has its own transcript, and cannot be imported
    logged(rosa, now, title="=1+1", approvals=())
    response = rosas.get("/activities/export.csv")
    assert response["Content-Disposition"] == 'attachment; filename="activities.csv"'
    (row,) = read_table(response.content, this_year=2026).rows
    assert (row.claim.title, row.claim.approvals, row.problems) == ("=1+1", (), {})


def test_the_template_comes_in_both_formats_and_no_other(rosas: Client) -> None:
    assert rosas.get("/activities/import/template.csv")["Content-Type"] == "text/csv; charset=utf-8"
    assert rosas.get("/activities/import/template.xlsx").content.startswith(b"PK")
    assert rosas.get("/activities/import/template.exe").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_check_takes_a_fixed_number_of_queries(
    rosas: Client, count: int, django_assert_num_queries: Any
) -> None:
    row = GOOD.splitlines()[1]
    address = sent_to(send(rosas, "\n".join([HEADING, *[row] * count])))
    rosas.get(address)
    with django_assert_num_queries(6):
        rosas.get(address)
