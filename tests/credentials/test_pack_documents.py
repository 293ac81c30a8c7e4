"""Packs as documents: what is stored, read again and compared."""

import copy
import json

import pytest

from aliquot.credentials import data
from aliquot.credentials.errors import PackError, UnknownCredentialError


@pytest.mark.parametrize("credential", data.shipped().ids)
def test_a_document_stored_as_json_is_read_again_as_the_same_pack(credential: str) -> None:
    stored = json.loads(json.dumps(data.document(credential)))
    assert data.parse(stored) == data.pack(credential)
    assert data.digest_of(stored) == data.digest(credential)


def test_every_pack_means_something_else() -> None:
    digests = [data.digest(credential) for credential in data.shipped().ids]
    assert len(set(digests)) == len(digests)


def test_the_digest_changes_with_a_figure_and_not_with_the_day_of_reading() -> None:
    document = copy.deepcopy(data.document("ascp_mls"))
    document["last_verified"] = "2027-01-02"
    assert data.digest_of(document) == data.digest("ascp_mls")
    document["rule_sets"][0]["minima"][0]["points"] = 2
    assert data.digest_of(document) != data.digest("ascp_mls")


def test_an_unknown_credential_has_no_document() -> None:
    with pytest.raises(UnknownCredentialError, match="no rules for the credential 'x'"):
        data.document("x")


def test_a_stored_document_that_is_no_pack_is_refused() -> None:
    with pytest.raises(PackError, match="ascp_mls: schema is missing"):
        data.parse({"id": "ascp_mls"})


def test_a_day_that_does_not_exist_is_refused() -> None:
    document = {**data.document("ascp_mls"), "last_verified": "2026-02-30"}
    with pytest.raises(PackError, match=r"ascp_mls\.last_verified: '2026-02-30': accepted"):
        data.parse(document)
