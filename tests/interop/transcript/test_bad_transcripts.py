"""Everything wrong is refused at once, each problem on a line that says what is accepted."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from aliquot.cli.credentials import standing
from aliquot.credentials.data import shipped
from aliquot.credentials.errors import UnjudgeableError
from aliquot.credentials.rules import judge
from aliquot.interop.transcript.reader import read_transcript

ROWS = shipped()
GOOD: dict[str, Any] = {
    "as_of": "2026-11-23",
    "credentials": [{"id": "ascp_mls", "cycle_ends_on": "2027-06-30"}],
    "activities": [
        {
            "id": "a1",
            "completed_on": "2026-03-12",
            "kind": "contact_hours",
            "amount": "1.5",
            "areas": ["hematology"],
        },
        {
            "id": "a2",
            "completed_on": "2026-03-12",
            "kind": "ceu",
            "parts": [{"amount": 1, "areas": ["hematology"]}],
        },
    ],
    "pins": [
        {"credential": "ascp_mls", "activity": "a1", "requirement": "hematology", "amount": "1"}
    ],
}


def refused(content: bytes) -> list[str]:
    """The lines that the command would print."""
    with pytest.raises(UnjudgeableError) as failure:
        judge(read_transcript(content, library=ROWS))
    lines = [str(problem) for problem in failure.value.problems]
    assert all(line.isprintable() and line.isascii() for line in lines)
    return lines


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = copy.deepcopy(GOOD)
    change(document)
    return json.dumps(document).encode()


def test_what_the_changes_start_from_is_good() -> None:
    assert len(judge(read_transcript(json.dumps(GOOD).encode(), library=ROWS))) == 1


def put(path: str, value: Any) -> bytes:
    """The good transcript with one value replaced, or removed if it is ``...``."""

    def change(document: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = document
        for step in way:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return changed(change)


AMOUNTS = "accepted: above 0, at most 10000, at most two decimals"
DAYS = "accepted: a date, YYYY-MM-DD"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("as_of", ..., "as_of: is missing; accepted: a value"),
        ("as_of", None, "as_of: is missing; accepted: a value"),
        ("as_of", 20261123, f"as_of: 20261123; {DAYS}"),
        ("as_of", "2026-1-1", f'as_of: "2026-1-1"; {DAYS}'),
        ("as_of", "2026-11-23T00:00", f'as_of: "2026-11-23T00:00"; {DAYS}'),
        ("as_of", "20261123", f'as_of: "20261123"; {DAYS}'),
        ("as_of", "٢٠٢٦-١١-٢٣", None),
        (
            "as_of",
            "2026-02-29",
            'as_of: "2026-02-29" is no day of the calendar; accepted: YYYY-MM-DD',
        ),
        (
            "as_of",
            "0001-01-01",
            'as_of: "0001-01-01" is out of range; accepted: 1900-01-01 to 2999-12-31',
        ),
        ("credentials", {}, "credentials: an object; accepted: a list"),
        ("credentials/0", [], "credentials[0]: a list; accepted: an object"),
        ("credentials/0/id", ..., "credentials[0].id: is missing; accepted: a value"),
        ("credentials/0/id", "mls", None),
        ("credentials/0/id", ["ascp_mls"], None),
        ("credentials/0/expired", 1, "credentials[0].expired: 1; accepted: true or false"),
        (
            "credentials/0/formerly_nca",
            "true",
            'credentials[0].formerly_nca: "true"; accepted: true or false',
        ),
        ("credentials/0/first_certified_on", True, None),
        ("credentials/0/specialties", "chemistry", None),
        ("credentials/0/specialties", ["coagulation"], None),
        (
            "credentials/0/roles",
            ["boss"],
            'credentials[0].roles[0]: "boss" is not known; accepted: director, supervisor',
        ),
        ("credentials/0/licensed", None, None),
        ("activities", None, "activities: is missing; accepted: a value"),
        ("activities/0/id", "", "activities[0].id: is empty; accepted: a text"),
        ("activities/0/id", 7, "activities[0].id: 7; accepted: a text"),
        (
            "activities/1/id",
            "a1",
            'activities[1].id: "a1" is the id of activities[0] already; accepted: an id of its own',
        ),
        (
            "activities/0/completed_on",
            "2026-11-24",
            (
                "activities[0].completed_on: 2026-11-24 is after as_of; "
                "accepted: a day up to 2026-11-23"
            ),
        ),
        ("activities/0/kind", "hours", None),
        ("activities/0/title", 5, "activities[0].title: 5; accepted: a text"),
        ("activities/0/approvals", "pace", None),
        ("activities/0/approvals", ["P.A.C.E."], None),
        (
            "activities/0/amount",
            ...,
            "activities[0].amount: is missing; accepted: amount and areas, or parts",
        ),
        ("activities/0/amount", 0, f"activities[0].amount: 0; {AMOUNTS}"),
        ("activities/0/amount", 0.001, f"activities[0].amount: 0.001; {AMOUNTS}"),
        ("activities/0/amount", "-1", f'activities[0].amount: "-1"; {AMOUNTS}'),
        ("activities/0/amount", 1.555, f"activities[0].amount: 1.555; {AMOUNTS}"),
        ("activities/0/amount", "1.500", f'activities[0].amount: "1.500"; {AMOUNTS}'),
        ("activities/0/amount", 10000.01, f"activities[0].amount: 10000.01; {AMOUNTS}"),
        ("activities/0/amount", "1e3", f'activities[0].amount: "1e3"; {AMOUNTS}'),
        ("activities/0/amount", " 1", f'activities[0].amount: " 1"; {AMOUNTS}'),
        ("activities/0/amount", "١", None),
        ("activities/0/amount", True, f"activities[0].amount: true; {AMOUNTS}"),
        ("activities/0/amount", float("nan"), f"activities[0].amount: NaN; {AMOUNTS}"),
        ("activities/0/amount", float("-inf"), f"activities[0].amount: -Infinity; {AMOUNTS}"),
        ("activities/0/amount", 10**4000, None),
        ("activities/0/amount", 1e-300, f"activities[0].amount: 1e-300; {AMOUNTS}"),
        ("activities/0/amount", [1], f"activities[0].amount: a list; {AMOUNTS}"),
        ("activities/0/areas", [], "activities[0].areas: is empty; accepted: one area or more"),
        ("activities/0/areas", ["hemotology"], None),
        ("activities/0/areas", [["hematology"]], None),
        ("activities/0/note", "x", None),
        (
            "activities/0/parts",
            [{"amount": 1, "areas": ["ethics"]}],
            (
                "activities[0].parts: stands beside amount or areas; "
                "accepted: either parts, or amount and areas"
            ),
        ),
        ("activities/1/parts", [], "activities[1].parts: is empty; accepted: one part or more"),
        ("activities/1/parts/0/amount", ..., None),
        ("activities/1/parts/0/kind", "ceu", None),
        ("pins", {}, "pins: an object; accepted: a list"),
        (
            "pins/0/credential",
            "ascp_mlt",
            'pins[0].credential: "ascp_mlt" is not listed; accepted: ascp_mls',
        ),
        ("pins/0/activity", "a3", None),
        (
            "pins/0/requirement",
            "biology",
            (
                "pins[0].requirement: is no requirement that this cycle can fill; "
                "accepted: safety, ethics, blood_bank, chemistry, hematology, microbiology, "
                "remainder"
            ),
        ),
        (
            "pins/0/requirement",
            "chemistry",
            "pins[0].activity: cannot count toward chemistry",
        ),
        (
            "pins/0/amount",
            2,
            (
                "pins[0].amount: 2 points cannot count toward hematology; "
                "accepted: at most 1.5 points"
            ),
        ),
        ("as_of", "2026-03-11", None),
        ("\ud800", 1, None),
        ("activities/0/title", "\udc00", None),
        ("a\nb", 1, '["a\\nb"]: is no key here; accepted: as_of, credentials, activities, pins'),
    ],
)
def test_one_wrong_value_is_named_with_its_place(path: str, value: Any, line: str | None) -> None:
    lines = refused(put(path, value))
    if line is None:
        assert lines
    else:
        assert lines[0] == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "document: line 1, column 1: Expecting value; accepted: one JSON document in UTF-8"),
        (b"\xff\xfe", "document: byte 1 is not UTF-8; accepted: one JSON document in UTF-8"),
        (b"[1]", "document: a list; accepted: an object"),
        (b"1", "document: 1; accepted: an object"),
        (b"NaN", "document: NaN; accepted: an object"),
        (b"{} {}", None),
        (b"[" * 200_000, "document: nests too deeply; accepted: one JSON document in UTF-8"),
        (b'{"a":' * 200_000, "document: nests too deeply; accepted: one JSON document in UTF-8"),
        (b"9" * 10_000, None),
        (b'{"as_of": 1e99999999999999999999}', None),
    ],
)
def test_what_is_no_transcript_at_all_is_one_clear_line(content: bytes, line: str | None) -> None:
    lines = refused(content)
    if line is not None:
        assert lines == [line]


def test_a_repeated_key_is_refused_even_with_the_same_value() -> None:
    content = json.dumps(GOOD)[:-1] + ', "as_of": "2026-11-23"}'
    assert refused(content.encode()) == ["as_of: is given more than once; accepted: each key once"]


def test_a_repeated_key_deep_inside_is_refused() -> None:
    content = json.dumps(GOOD).replace('"kind": "ceu"', '"kind": "ceu", "kind": null')
    assert refused(content.encode())[0] == (
        "activities[1].kind: is given more than once; accepted: each key once"
    )


def test_all_problems_come_at_once() -> None:
    def break_three(document: dict[str, Any]) -> None:
        document["credentials"][0]["id"] = "x"
        document["activities"][1]["kind"] = "y"
        document["activities"][1]["parts"][0]["areas"] = ["z"]
        del document["pins"]

    assert [line.split(":")[0] for line in refused(changed(break_three))] == [
        "credentials[0].id",
        "activities[1].kind",
        "activities[1].parts[0].areas[0]",
    ]


@pytest.mark.parametrize(
    ("credential", "line"),
    [
        (
            {"id": "lic_fl", "cycle_ends_on": "2027-08-31"},
            (
                "credentials[0].cycle_ends_on: 2027-08-31 is no end of a cycle of lic_fl; "
                "accepted: August 31 of an even year"
            ),
        ),
        (
            {"id": "lic_nd", "cycle_ends_on": "2026-06-29"},
            (
                "credentials[0].cycle_ends_on: 2026-06-29 is no end of a cycle of lic_nd; "
                "accepted: June 30 of an even year"
            ),
        ),
        (
            {"id": "aab_abor", "cycle_ends_on": "2026-06-30"},
            (
                "credentials[0].cycle_ends_on: 2026-06-30 is no end of a cycle of aab_abor; "
                "accepted: December 31 of any year"
            ),
        ),
        (
            {"id": "lic_hi", "cycle_ends_on": "2026-06-30"},
            (
                "credentials[0].cycle_ends_on: 2026-06-30 is no end of a cycle of lic_hi; "
                "accepted: a day of an odd year"
            ),
        ),
        (
            {"id": "lic_nd", "cycle_ends_on": "2026-06-30", "first_renewal": True},
            (
                "credentials[0].licensed_on: is missing; "
                "accepted: the license date, for a first renewal"
            ),
        ),
        (
            {
                "id": "lic_nd",
                "cycle_ends_on": "2026-06-30",
                "first_renewal": True,
                "licensed_on": "2024-06-30",
            },
            (
                "credentials[0].licensed_on: 2024-06-30 is outside the cycle; "
                "accepted: a day from 2024-07-01 to 2026-06-30"
            ),
        ),
    ],
)
def test_dates_that_a_body_fixes_are_checked(credential: dict[str, Any], line: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document["credentials"] = [credential]
        del document["pins"]

    assert refused(changed(change)) == [line]


def test_pins_that_cannot_hold_together_name_the_one_too_many() -> None:
    def change(document: dict[str, Any]) -> None:
        pin = document["pins"][0]
        document["pins"] = [pin, {**pin, "requirement": "remainder"}]

    assert refused(changed(change)) == [
        "pins[1].amount: cannot hold together with the pins before it"
    ]


def test_a_pin_given_twice_is_refused() -> None:
    def change(document: dict[str, Any]) -> None:
        document["pins"] *= 2

    assert refused(changed(change)) == [
        "pins[1].requirement: is pinned for this activity already; accepted: one pin"
    ]


def test_a_pin_on_work_outside_the_window_says_why() -> None:
    lines = refused(put("activities/0/completed_on", "2020-01-01"))
    assert lines == ["pins[0].activity: cannot count toward hematology (outside_window)"]


def test_of_a_credential_listed_twice_a_pin_goes_to_the_cycle_of_its_activity() -> None:
    def change(document: dict[str, Any]) -> None:
        document["credentials"].insert(0, {"id": "ascp_mls", "cycle_ends_on": "2024-06-30"})

    earlier, later = judge(read_transcript(changed(change), library=ROWS))
    assert [row.activity for row in earlier.allocations] == []
    assert "you entered it there at the body" in later.allocations[0].because


@pytest.mark.parametrize("value", [1.5, "1.5", "1.50", "01.5"])
def test_an_amount_may_be_a_text_or_a_number(value: object) -> None:
    (verdict,) = judge(read_transcript(put("activities/0/amount", value), library=ROWS))
    assert str(verdict.allocations[0].amount) == "1.5"


def test_null_is_as_absent() -> None:
    def change(document: dict[str, Any]) -> None:
        document["pins"] = None
        document["activities"][0] |= {
            "title": None,
            "provider": None,
            "parts": None,
            "approvals": None,
        }
        document["activities"][1] |= {"amount": None, "areas": None}
        document["credentials"][0] |= {"expired": None, "roles": None, "licensed_on": None}

    assert read_transcript(changed(change), library=ROWS).activities[0].approvals is None


def test_a_byte_order_mark_is_no_problem() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(GOOD).encode()
    assert len(read_transcript(content, library=ROWS).activities) == 2


@pytest.mark.parametrize("argv", [[], ["a", "b"], ["--pretty"], ["--help", "x"]])
def test_wrong_arguments_print_the_usage(argv: list[str], capsys: Any) -> None:
    assert standing(argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == (
        "",
        "usage: aliquot standing TRANSCRIPT.json (or - for standard input)",
    )


@pytest.mark.parametrize("name", ["/no/such/file", "/", "a\0b", "x" * 5000])
def test_a_file_that_cannot_be_read_is_one_line(name: str, capsys: Any) -> None:
    assert standing([name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("document: cannot be read: ")
    assert err.count("\n") == 1
