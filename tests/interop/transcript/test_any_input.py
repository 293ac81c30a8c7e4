"""Whatever comes in: an answer or complaints, never both, and never a crash."""

import copy
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliquot.cli.credentials import plan, standing
from tests.credentials.depth import DEPTH

TRANSCRIPT: dict[str, Any] = {
    "as_of": "2026-05-02",
    "credentials": [
        {"id": "ascp_mls", "first_certified_on": "2011-05-14", "cycle_ends_on": "2027-06-30",
         "formerly_nca": False, "specialties": [], "roles": []},
        {"id": "lic_fl", "cycle_ends_on": "2026-08-31", "specialties": ["chemistry"],
         "roles": ["director"], "first_renewal": True},
        {"id": "lic_nd", "cycle_ends_on": "2026-06-30", "first_renewal": True,
         "licensed_on": "2025-08-01", "expired": None},
    ],
    "activities": [
        {"id": "a1", "title": "Smear", "completed_on": "2026-03-12", "kind": "contact_hours",
         "amount": "1.5", "areas": ["hematology"], "approvals": ["pace"]},
        {"id": "a2", "provider": "Nobody", "completed_on": "2025-10-09", "kind": "ceu",
         "parts": [{"amount": 1, "areas": ["blood_bank"]},
                   {"amount": 0.5, "areas": ["safety_lab", "safety_patient"]}]},
        {"id": "a3", "completed_on": "2021-10-09", "kind": "covid_work", "amount": 12,
         "areas": ["other_lab"], "approvals": []},
    ],
    "pins": [
        {"credential": "ascp_mls", "activity": "a1", "requirement": "hematology", "amount": "1"}
    ],
}  # fmt: skip
CATALOG: dict[str, Any] = {
    "courses": [
        {"id": "c1", "title": "Safety", "amount": "1", "areas": ["safety_lab"],
         "approvals": ["pace"], "price": "19.95"},
        {"id": "c2", "parts": [{"amount": 2, "areas": ["ethics"]}]},
    ]
}  # fmt: skip
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["1e999", "0x10", "-0", "0.001", "1,5", "٣", "2026-02-30", "0000-00-00", "9999-12-31",
         "2026-06-30", "a1", "lic_fl", "remainder", "\ud800", "\x00", "pace", "ceu", "safety"]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from(["ethics", "pace", 1, None, "ethics"]), max_size=3),
    st.dictionaries(st.sampled_from(["amount", "areas", "id", ""]), st.integers(), max_size=2),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values of a document."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(below for key, item in items for below in places(item, (*path, key)))]


def replaced(document: Any, path: tuple[Any, ...], value: Any, how: str) -> Any:
    """The document with one value replaced, removed, given again, or joined by a strange key."""
    if not path:
        return value
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if how == "remove":
        del place[path[-1]]
    elif how == "repeat" and isinstance(place, list):
        place.append(copy.deepcopy(place[path[-1]]))
    elif how == "join" and isinstance(place, dict):
        place["strange"] = value
    else:
        place[path[-1]] = value
    return changed


@st.composite
def altered(draw: st.DrawFn, *, document: dict[str, Any]) -> bytes:
    """The document with one to three changes, as JSON, and at times with broken bytes."""
    changed: Any = document
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(changed)))
        how = draw(st.sampled_from(["put", "put", "remove", "repeat", "join"]))
        changed = replaced(changed, path, draw(STRANGE), how)
    content = json.dumps(changed).encode()
    if draw(st.integers(0, 4)) == 0 and content:
        chance = random.Random(draw(st.integers(0, 2**32)))
        at = chance.randrange(len(content))
        junk = chance.choice(
            [b"", b"\xff", b"\x00", b'"', b"}", b"NaN", b"1e999999999", b"\xef\xbb\xbf"]
        )
        content = content[:at] + junk + content[at + chance.randint(0, 3) :]
    return content


def asked(capsys: pytest.CaptureFixture[str], command: Any, argv: list[str]) -> int:
    """The exit code, after checking that output and complaints exclude each other."""
    code = command(argv)
    out, err = capsys.readouterr()
    if code == 0:
        assert err == ""
        assert isinstance(json.loads(out), dict)
    else:
        assert code == 2
        assert out == ""
        lines = err.splitlines()
        assert lines
        assert all(line.isprintable() and ": " in line for line in lines), err
    return int(code)


QUIET = [HealthCheck.function_scoped_fixture]


@settings(max_examples=400 * DEPTH, suppress_health_check=QUIET)
@given(content=altered(document=TRANSCRIPT))
def test_an_altered_transcript_is_judged_or_refused_and_never_breaks(
    content: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    asked(capsys, standing, ["-"])


@settings(max_examples=100 * DEPTH, suppress_health_check=QUIET)
@given(content=altered(document=CATALOG))
def test_an_altered_catalog_is_planned_or_refused_and_never_breaks(
    content: bytes,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "transcript.json").write_text(json.dumps(TRANSCRIPT))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    asked(capsys, plan, [str(tmp_path / "transcript.json"), "-"])


@settings(max_examples=200 * DEPTH, suppress_health_check=QUIET)
@given(content=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_bytes_that_mean_nothing_are_refused(
    content: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert asked(capsys, standing, ["-"]) == 2


def test_what_is_altered_is_good_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "transcript.json").write_text(json.dumps(TRANSCRIPT))
    (tmp_path / "catalog.json").write_text(json.dumps(CATALOG))
    assert asked(capsys, standing, [str(tmp_path / "transcript.json")]) == 0
    files = [str(tmp_path / "transcript.json"), str(tmp_path / "catalog.json")]
    assert asked(capsys, plan, files) == 0
