"""The page and the notice about rules that changed: told until read, to their holder only."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import services
from aliquot.credentials.models import HeldCredential, RuleChange
from aliquot.credentials.queries.rule_changes import untold_revisions
from aliquot.infra.models import AuditEntry
from tests.factories.credentials import holding
from tests.factories.packs import Packs
from tests.web.credentials.reading import NOW, heading, words

NOTICE = "The rules of MLS(ASCP) have changed"
SENTENCE = "The total goes from 36 to 40 points; the points of any area from 26 to 30."


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    return Packs(tmp_path, monkeypatch)


@pytest.fixture
def held(packs: Packs, rosa: User) -> HeldCredential:
    """Rosa's MLS(ASCP), of which more is asked since an hour."""
    held = holding(rosa)
    before = NOW - timedelta(hours=1)
    services.record_pack_revisions(now=before)
    packs.ask_for_40_points_from_2027()
    services.record_pack_revisions(now=NOW)
    tell()
    return held


def tell() -> None:
    for revision in list(untold_revisions()):
        while services.tell_some_holders(revision_id=revision.pk, now=NOW):
            pass


def test_the_page_says_what_changed_from_which_source_and_what_it_means(
    rosas: Client, held: HeldCredential
) -> None:
    page = words(rosas.get(f"/credentials/{held.pk}/rules/"))
    assert "What changed in the rules of MLS(ASCP)" in page
    assert SENTENCE in page
    assert "Noticed on November 23, 2026, for your cycle that ends June 30, 2027" in page
    assert "What Before Now Points in all 36 points 40 points" in page
    assert "Medical ethics 1 point 2 points" in page
    assert "Still missing 36 points 40 points" in page
    assert "S14 https://mlsiacademy.com/blog/mls-ascp-cm/ undated, 2023+" in page


def test_the_notice_stays_until_it_was_read(rosas: Client, held: HeldCredential) -> None:
    for address in ("/credentials/", f"/credentials/{held.pk}/"):
        assert NOTICE in words(rosas.get(address))
        assert SENTENCE in words(rosas.get(address))
    rosas.get(f"/credentials/{held.pk}/rules/")
    assert NOTICE in words(rosas.get("/credentials/"))
    done = rosas.post(f"/credentials/{held.pk}/rules/seen/", follow=True)
    assert "Noted." in words(done)
    assert NOTICE not in words(done)
    page = words(rosas.get(f"/credentials/{held.pk}/rules/"))
    assert SENTENCE in page
    assert "I have read this" not in page
    rosas.post(f"/credentials/{held.pk}/rules/seen/")
    assert AuditEntry.objects.filter(action="credential.rule_changes_seen").count() == 1


def test_with_several_credentials_the_notice_names_the_one(
    rosas: Client, rosa: User, held: HeldCredential
) -> None:
    holding(rosa, "ascp_mlt")
    page = words(rosas.get("/credentials/"))
    assert NOTICE in page
    assert "The rules of MLT(ASCP) have changed" not in page


def test_nothing_changed_says_so(packs: Packs, rosas: Client, rosa: User) -> None:
    held = holding(rosa)
    page = rosas.get(f"/credentials/{held.pk}/rules/")
    assert heading(page) == "What changed in the rules of MLS(ASCP)"
    assert "Nothing that concerns you has changed since you added it." in words(page)
    assert NOTICE not in words(rosas.get("/credentials/"))


def test_another_person_finds_nothing_and_marks_nothing(
    client: Client, stella: User, held: HeldCredential
) -> None:
    client.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    assert client.get(f"/credentials/{held.pk}/rules/").status_code == 404
    assert client.post(f"/credentials/{held.pk}/rules/seen/").status_code == 404
    assert RuleChange.objects.get().seen_at is None
    assert NOTICE not in words(client.get("/credentials/"))


@pytest.mark.parametrize("changes", [1, 3])
def test_the_number_of_reads_does_not_grow(
    rosas: Client, held: HeldCredential, packs: Packs, changes: int, django_assert_num_queries: Any
) -> None:
    for number in range(1, changes):
        packs.change("ascp_mls", f"total: {39 + number}", f"total: {40 + number}")
        packs.change("ascp_mls", f"remainder: {28 + number}", f"remainder: {29 + number}")
        services.record_pack_revisions(now=NOW + timedelta(minutes=number))
        tell()
    assert RuleChange.objects.count() == changes
    rosas.get("/")  # a session that is known, and what is kept for all
    with django_assert_num_queries(6):
        rosas.get(f"/credentials/{held.pk}/rules/")
