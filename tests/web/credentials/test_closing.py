"""Closing a cycle in the browser: the lines to type, what was typed, "I declared", its files."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import data
from aliquot.credentials.models import CyclePin, Declaration, HeldCredential
from aliquot.flows.close_cycle import declare
from aliquot.infra import storage
from aliquot.infra.models import StoredFile
from aliquot.ledger.facts import PROOF_FACTS
from aliquot.ledger.services import add_proof, opened_proof, reverse_credit
from tests.factories.activities import logged
from tests.factories.catalog import approve, provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import credit, holding
from tests.factories.papers import pdf
from tests.web.credentials.reading import NOW, heading, words

HOSTILE = '=HYPERLINK("http://x") ../../<script>alert(1)</script> 血液'


def paper_of(activity: Any) -> bytes:
    return pdf(f"Proof of activity {activity.pk}")


def proven(person: User, **said: Any) -> Any:
    activity = logged(person, NOW, **({"approvals": ("pace",)} | said))
    add_proof(
        activity=activity, paper=opened_proof(paper_of(activity)), name="scan.pdf",
        shows=PROOF_FACTS, now=NOW, actor_id=person.pk,
    )  # fmt: skip
    return activity


def completed(person: User) -> Any:
    provider()
    course = published_course("HEM-101", hours="1.25", pages=1)
    approve(course, kind="pace", is_demonstration=False)
    return finished(person, course, NOW - timedelta(days=9))


def line(held_activity: Any, **changes: str) -> dict[str, str]:
    said = {"activity": str(held_activity.pk), "requirement": "blood_bank", "amount": "1.5"}
    return said | changes


def noted(held: HeldCredential) -> Declaration:
    return declare(
        held=held, declared_on=date(2026, 11, 20), confirmation_number="A 123", now=NOW,
        actor_id=held.person_id,
    )  # fmt: skip


def archive_of(response: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_pack_lists_the_lines_in_the_order_of_the_requirements(
    rosas: Client, rosa: User
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal("0.5")})
    proven(rosa)
    credit(rosa, title="The Smear", day=date(2026, 5, 3), hematology="3")
    page = rosas.get(f"/credentials/{held.pk}/pack/")
    assert heading(page) == "3 lines to type at ASCP"
    groups = re.findall(r'<h2 id="group-(\w+)"', page.content.decode())
    assert groups == [
        "safety", "ethics", "blood_bank", "chemistry", "hematology", "microbiology", "remainder",
    ]  # fmt: skip
    text = words(page)
    assert "Activity The Smear Provider A society Completed May 3, 2026 Points 2" in text
    assert "There already" in text
    assert "Proof scan.pdf" in text
    assert "No proof yet" in text
    assert "31 points still missing" in text


def test_a_line_is_typed_and_undone_by_plain_forms(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    activity = proven(rosa)
    for _ in range(2):
        sent = rosas.post(f"/credentials/{held.pk}/pack/typed/", line(activity))
        assert sent["Location"] == f"/credentials/{held.pk}/pack/#line-{activity.pk}-blood_bank"
    assert CyclePin.objects.filter(removed_at=None).count() == 1
    page = rosas.get(f"/credentials/{held.pk}/pack/")
    assert heading(page) == "All typed at ASCP: 1 line"
    assert "Undo : Blood bank update, 1.5 points was not typed" in words(page)
    rosas.post(f"/credentials/{held.pk}/pack/undo/", line(activity))
    assert CyclePin.objects.filter(removed_at=None).count() == 0
    assert heading(rosas.get(f"/credentials/{held.pk}/pack/")) == "1 line to type at ASCP"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"requirement": "chemistry"}, "none of its subject areas counts toward Chemistry"),
        ({"amount": "2"}, "2 points cannot count toward Blood bank; at most 1.5 points"),
        ({"amount": ""}, "Enter an amount above 0"),
        ({"amount": "many"}, "Enter a number."),
        ({"activity": "x"}, "Enter a whole number."),
        ({"requirement": "x" * 41}, "at most 40 characters"),
    ],
)
def test_what_cannot_hold_is_refused_on_the_same_page(
    rosas: Client, rosa: User, changes: dict[str, str], message: str
) -> None:
    held = holding(rosa)
    activity = proven(rosa)
    refused = rosas.post(f"/credentials/{held.pk}/pack/typed/", line(activity, **changes))
    assert refused.status_code == 422
    assert "There is a problem" in words(refused)
    assert message in words(refused)
    assert "<title>Error: " in refused.content.decode()
    assert CyclePin.objects.count() == 0


def test_another_persons_activity_cannot_be_pinned(rosas: Client, rosa: User, stella: User) -> None:
    held = holding(rosa)
    hers = proven(stella)
    assert rosas.post(f"/credentials/{held.pk}/pack/typed/", line(hers)).status_code == 404
    assert CyclePin.objects.count() == 0


def test_declaring_shows_everything_before_it_is_kept(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    proven(rosa)
    url = f"/credentials/{held.pk}/declare/"
    assert 'value="November 23, 2026"' in rosas.get(url).content.decode()
    said = {"declared_on": "11/20/2026", "confirmation_number": " A  123 "}
    check = rosas.post(url, said)
    assert (check.status_code, heading(check)) == (200, "Check before it is kept")
    assert "Declared on November 20, 2026" in words(check)
    assert Declaration.objects.count() == 0
    done = rosas.post(url, said | {"checked": "yes"})
    row = Declaration.objects.get()
    assert done["Location"] == f"/credentials/{held.pk}/declarations/{row.pk}/"
    page = rosas.get(done["Location"])
    assert heading(page) == "Declared on November 20, 2026, confirmation A 123"
    assert "3 years on would be June 30, 2030; only the date in your account counts" in words(page)
    again = rosas.post(url, said | {"checked": "yes"})
    assert (again["Location"], Declaration.objects.count()) == (done["Location"], 1)
    assert rosas.get(f"/credentials/{held.pk}/pack/")["Location"] == done["Location"]


@pytest.mark.parametrize(("ends_on", "warned"), [((2027, 6, 30), True), ((2027, 1, 20), False)])
def test_declaring_before_the_body_takes_declarations_is_warned_of(
    rosas: Client, rosa: User, ends_on: tuple[int, int, int], warned: bool
) -> None:
    held = holding(rosa, ends_on=date(*ends_on))
    check = rosas.post(f"/credentials/{held.pk}/declare/", {"declared_on": "11/20/2026"})
    assert ("ASCP takes this only from April 1, 2027 on." in words(check)) is warned
    assert ("takes this only from" in words(check)) is warned


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"declared_on": ""}, "Enter the day."),
        ({"declared_on": "soon"}, "Enter a date, such as June 30, 2027"),
        ({"declared_on": "11/24/2026"}, "Check the date: it is in the future."),
        ({"declared_on": "1/1/2020", "checked": "yes"}, "this cycle began on July 1, 2024"),
        ({"confirmation_number": "7" * 81}, "at most 80 characters"),
    ],
)
def test_bad_answers_are_named_and_nothing_is_kept(
    rosas: Client, rosa: User, said: dict[str, str], message: str
) -> None:
    held = holding(rosa)
    url = f"/credentials/{held.pk}/declare/"
    refused = rosas.post(url, {"declared_on": "11/20/2026", "confirmation_number": ""} | said)
    assert refused.status_code == 422
    assert message in words(refused)
    assert Declaration.objects.count() == 0


def test_a_declaration_noted_by_mistake_is_taken_back_with_a_trace(
    rosas: Client, rosa: User
) -> None:
    held = holding(rosa)
    row = noted(held)
    url = f"/credentials/{held.pk}/declarations/{row.pk}/"
    assert "The record of it stays" in words(rosas.get(f"{url}withdraw/"))
    assert rosas.post(f"{url}withdraw/")["Location"] == f"/credentials/{held.pk}/"
    assert "Taken back" in words(rosas.get(url))
    assert "taken back" in words(rosas.get(f"/credentials/{held.pk}/pack/"))


def test_my_credentials_say_that_it_was_declared(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    row = noted(held)
    page = rosas.get("/credentials/")
    assert heading(page) == "Declared on November 20, 2026, confirmation A 123"
    assert f'href="/credentials/{held.pk}/declarations/{row.pk}/"' in page.content.decode()


@pytest.mark.parametrize(
    ("credential", "end", "word"),
    [("amt_mt", date(2027, 6, 30), "filed"), ("lic_fl", date(2028, 8, 31), "renewed")],
)
def test_each_body_has_its_words(
    rosas: Client, rosa: User, credential: str, end: date, word: str
) -> None:
    held = holding(rosa, credential, ends_on=end)
    assert f"I {word}" in words(rosas.get(f"/credentials/{held.pk}/pack/"))
    row = noted(held)
    page = rosas.get(f"/credentials/{held.pk}/declarations/{row.pk}/")
    assert heading(page).startswith(f"{word.capitalize()} on November 20, 2026")


FILES = ["pack.pdf", "pack.csv", "audit.zip"]


@pytest.mark.parametrize("name", FILES)
def test_files_are_private_and_attached(rosas: Client, rosa: User, name: str) -> None:
    held = holding(rosa)
    proven(rosa)
    row = noted(held)
    open_one = holding(rosa, "ascp_mlt")
    for url in (
        f"/credentials/{open_one.pk}/{name}",
        f"/credentials/{held.pk}/declarations/{row.pk}/{name}",
    ):
        response = rosas.get(url)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Disposition"].startswith('attachment; filename="')


def test_files_of_a_declaration_never_change(
    rosas: Client, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1)})
    completed(rosa)
    activity = proven(rosa)
    row = noted(held)
    urls = [f"/credentials/{held.pk}/declarations/{row.pk}/{name}" for name in FILES]

    def read() -> list[bytes]:
        return [b"".join(rosas.get(url)) for url in urls]

    before = read()
    reverse_credit(activity=activity, reason="A mistake", actor_id=rosa.pk, now=NOW)
    proven(rosa, title="Another")
    rosa.full_name = "Rosa Bell"
    rosa.save()
    changed = json.loads(json.dumps(data.document("ascp_mls")))
    changed["rule_sets"][0]["total"] = 40
    monkeypatch.setattr(data.shipped(), "_documents", {"ascp_mls": changed})
    monkeypatch.setattr(data.shipped(), "_read", {})
    assert read() == before


def test_the_table_is_in_order_and_opens_without_harm(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    proven(rosa, title=HOSTILE, provider_name="+1 Society")
    table = rosas.get(f"/credentials/{held.pk}/pack.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows == [
        {
            "requirement": "Blood bank",
            "activity": f"'{HOSTILE}",
            "provider": "'+1 Society",
            "completed_on": "2026-03-12",
            "amount": "1.5",
            "unit": "points",
            "kind": "contact_hours",
            "course_number": "",
            "proof": "scan.pdf",
            "typed": "no",
            "note": "",
        }
    ]


def test_the_archive_holds_every_paper_and_says_what_each_proves(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    completed(rosa)
    hostile = proven(rosa, title=HOSTILE)
    proven(rosa, title="Left over", completed_on=date(2026, 5, 3), areas=("blood_bank",))
    archive = archive_of(rosas.get(f"/credentials/{held.pk}/audit.zip"))
    folder = "audit-pack-ascp-mls-2027-06-30"
    names = [name.removeprefix(f"{folder}/") for name in archive.namelist()]
    assert names == [
        "counts/001-2026-03-12-hyperlinkhttpx-scriptalert1script-proof.pdf",
        "counts/002-2026-05-03-left-over-proof.pdf",
        "counts/003-2026-11-14-interpreting-the-peripheral-blood-smear-certificate.pdf",
        "declaration.pdf", "declaration.csv", "transcript.pdf", "transcript.json", "index.csv",
        "index.html",
    ]  # fmt: skip
    assert archive.testzip() is None
    assert archive.read(f"{folder}/{names[0]}") == paper_of(hostile)
    assert archive.read(f"{folder}/{names[2]}").startswith(b"%PDF-")
    index = archive.read(f"{folder}/index.html").decode()
    assert "<script" not in index
    assert "&lt;script&gt;alert(1)" in index
    table = archive.read(f"{folder}/index.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["file"] for row in rows] == names[:3]
    assert rows[0]["counts_toward"] == "Blood bank 1.5"


def test_packs_are_made_ten_times_an_hour(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    address = f"/credentials/{held.pk}/audit.zip"
    answers = [rosas.get(address) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_damaged_proof_is_named_in_the_index(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    proven(rosa)
    default_storage.delete(storage.name_of(StoredFile.objects.get().sha256))
    archive = archive_of(rosas.get(f"/credentials/{held.pk}/audit.zip"))
    index = archive.read("audit-pack-ascp-mls-2027-06-30/index.html").decode()
    assert "MISSING: the file is gone or damaged" in index


def test_a_paper_added_after_declaring_is_told_apart(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    activity = logged(rosa, NOW, approvals=("pace",))
    row = noted(held)
    add_proof(
        activity=activity, paper=opened_proof(pdf("late")), name="late.pdf",
        shows=PROOF_FACTS, now=NOW, actor_id=rosa.pk,
    )  # fmt: skip
    url = f"/credentials/{held.pk}/declarations/{row.pk}"
    archive = archive_of(rosas.get(f"{url}/audit.zip"))
    assert archive.namelist()[0].split("/")[1] == "added-later"
    assert heading(rosas.get(f"{url}/audit/")) == "The one record that counts would pass"


def test_the_drill_names_what_to_mend_and_what_stands_in(rosas: Client, rosa: User) -> None:
    held = holding(rosa, ends_on=date(2026, 12, 31))
    logged(rosa, NOW, approvals=("pace",), title="Unproven", amount=Decimal("1.5"))
    proven(rosa, title="Management", amount=Decimal(26), areas=("management",))
    proven(rosa, title="Spare", amount=Decimal(2), completed_on=date(2026, 5, 3))
    page = rosas.get(f"/credentials/{held.pk}/audit/")
    assert heading(page) == "1 of 3 records would fail an audit today"
    assert (
        "1.5 points unproven. Surplus can stand in: 1.5 points of “Spare” (May 3, 2026). Together "
        "that covers what would be lost."
    ) in words(page)
    assert "No proof is kept here." in words(page)
    assert "Each proof must show the date, the title, the provider" in words(page)


def test_the_drill_says_clearly_when_all_pass(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    for number in range(2):
        proven(rosa, title=f"Proven {number}")
    page = rosas.get(f"/credentials/{held.pk}/audit/")
    assert heading(page) == "All 2 records would pass an audit today"


@pytest.mark.parametrize("page", ["pack/", "audit/"])
def test_pages_take_as_many_reads_for_three_as_for_one(
    rosas: Client, rosa: User, page: str, django_assert_max_num_queries: Any
) -> None:
    held = holding(rosa)
    proven(rosa)
    url = f"/credentials/{held.pk}/{page}"
    rosas.get(url)
    with django_assert_max_num_queries(14) as one:
        rosas.get(url)
    for number in range(3):
        proven(rosa, title=f"More {number}")
    with django_assert_max_num_queries(14) as three:
        rosas.get(url)
    assert len(three) == len(one)


def test_the_next_end_is_proposed_and_filled_in_only_where_it_is_fixed(
    rosas: Client, rosa: User
) -> None:
    typed = holding(rosa)
    fixed = holding(rosa, "lic_fl", ends_on=date(2028, 8, 31))
    page = rosas.get(f"/credentials/{typed.pk}/next/")
    assert "3 years on would be June 30, 2030. Only the date in your account counts" in words(page)
    assert 'value="June 30, 2030"' not in page.content.decode()
    page = rosas.get(f"/credentials/{fixed.pk}/next/")
    assert "This end is fixed for everybody: August 31, 2030." in words(page)
    assert 'value="August 31, 2030"' in page.content.decode()


def test_a_declaration_outlives_its_cycle(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    row = noted(held)
    rosas.post(f"/credentials/{held.pk}/next/", {"ends_on": "June 30, 2029"})
    assert heading(rosas.get(f"/credentials/{held.pk}/pack/")) == "Nothing to type at ASCP yet"
    page = rosas.get(f"/credentials/{held.pk}/declarations/{row.pk}/")
    assert heading(page) == "Declared on November 20, 2026, confirmation A 123"
    assert "What comes next" not in words(page)
    assert "confirmation A 123" in words(rosas.get(f"/credentials/{held.pk}/pack/"))


def test_changing_before_it_is_kept_loses_nothing(rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    said = {"declared_on": "11/20/2026", "confirmation_number": "A 123", "change": "yes"}
    page = rosas.post(f"/credentials/{held.pk}/declare/", said)
    assert page.status_code == 200
    assert 'value="A 123"' in page.content.decode()
    assert 'value="11/20/2026"' in page.content.decode()
    assert Declaration.objects.count() == 0
