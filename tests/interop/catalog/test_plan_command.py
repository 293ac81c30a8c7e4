# ruff: noqa: E501 (the lines as a person reads them)
"""``aliquot plan`` as a stranger runs it: files in, no environment at all, the contract's JSON out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
MLS = {"id": "ascp_mls", "first_certified_on": "2011-05-14", "cycle_ends_on": "2027-06-30"}


def activity(name: str, amount: str, *areas: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "completed_on": "2026-03-12", "kind": "contact_hours", "amount": amount,
        "areas": list(areas), "approvals": ["pace"], **more,
    }  # fmt: skip


def course(name: str, amount: str, *areas: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "amount": amount, "areas": list(areas), "approvals": ["pace"], **more}


NEARLY = [
    activity("rest", "26", "education"),
    activity("safe", "1", "safety_lab"),
    activity("right", "1", "ethics"),
    activity("heme", "1.5", "hematology"),
    activity("chem", "2", "chemistry"),
    activity("micro", "2", "microbiology"),
]
TRANSCRIPT = {"as_of": "2026-11-23", "credentials": [MLS], "activities": NEARLY}
CATALOG = {
    "courses": [
        course("c10", "2", "blood_bank", title="Antibody identification", price="30"),
        course("c3", "0.5", "hematology", price="12.50"),
        course("c7", "2.5", "blood_bank", "hematology", price="20.00"),
        course("c9", "4", "chemistry", price="1"),
    ]
}


def run(
    transcript: Any, catalog: Any, *options: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """The command on two files; text is written as it is, None is standing for no file."""
    names = []
    for name, content in (("TRANSCRIPT.json", transcript), ("CATALOG.json", catalog)):
        file = folder / name
        if content is not None:
            file.write_text(content if isinstance(content, str) else json.dumps(content))
        names.append(str(file))
    return command(*names, *options)


def command(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aliquot.cli.main", "plan", *arguments],
        input=given, env={}, cwd=ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_fewest_hours_then_the_fewest_courses(tmp_path: Path) -> None:
    found = answer(run(TRANSCRIPT, CATALOG, folder=tmp_path))
    assert list(found) == ["objective", "courses", "hours", "price", "optimal", "unmet", "verdict"]
    verdict = found.pop("verdict")
    assert found == {
        "objective": "hours", "courses": ["c7"], "hours": "2.5", "price": "20",
        "optimal": True, "unmet": [],
    }  # fmt: skip
    [after] = verdict["credentials"]
    assert verdict["as_of"] == "2026-11-23"
    assert (after["counted"], after["missing"], after["met"]) == ("36", "0", True)
    assert [
        (row["requirement"], row["amount"])
        for row in after["allocations"]
        if row["activity"] == "c7"
    ] == [("blood_bank", "2"), ("hematology", "0.5")]


def test_the_verdict_is_that_of_standing_after_taking_the_courses(tmp_path: Path) -> None:
    found = answer(run(TRANSCRIPT, CATALOG, folder=tmp_path))
    taken = activity("c7", "2.5", "blood_bank", "hematology", completed_on="2026-11-23")
    later = TRANSCRIPT | {"activities": [*NEARLY, taken]}
    done = subprocess.run(
        [sys.executable, "-m", "aliquot.cli.main", "standing", "-"],
        input=json.dumps(later), env={}, cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert found["verdict"] == json.loads(done.stdout)


def test_by_price_the_cheapest_and_never_one_without_a_price(tmp_path: Path) -> None:
    courses = [
        course("dear", "2.5", "blood_bank", "hematology", price="60"),
        course("unstated", "2.5", "blood_bank", "hematology"),
        course("cheap", "4", "blood_bank", "hematology", price="0.05"),
    ]
    found = answer(run(TRANSCRIPT, {"courses": courses}, "--by", "price", folder=tmp_path))
    assert (found["objective"], found["courses"]) == ("price", ["cheap"])
    assert (found["hours"], found["price"], found["optimal"]) == ("4", "0.05", True)


def test_by_hours_a_price_that_is_not_stated_makes_the_sum_unknown(tmp_path: Path) -> None:
    catalog = {"courses": [course("c1", "2.5", "blood_bank", "hematology", price=None)]}
    found = answer(run(TRANSCRIPT, catalog, folder=tmp_path))
    assert (found["courses"], found["price"]) == (["c1"], None)


@pytest.mark.parametrize(("margin", "courses"), [("0", ["c7"]), ("2", ["c3", "c7", "c9"])])
def test_a_margin_is_planned_above_the_total(
    tmp_path: Path, margin: str, courses: list[str]
) -> None:
    catalog = {
        "courses": [
            course("c3", "0.5", "hematology"),
            course("c7", "2.5", "blood_bank", "hematology"),
            course("c9", "1.5", "chemistry"),
            course("d1", "2.5", "chemistry"),
        ]
    }
    found = answer(run(TRANSCRIPT, catalog, "--margin", margin, folder=tmp_path))
    assert found["courses"] == courses
    [after] = found["verdict"]["credentials"]
    assert after["surplus"] == margin


def test_a_margin_may_have_decimals(tmp_path: Path) -> None:
    catalog = {"courses": [*CATALOG["courses"], course("e1", "0.75", "education")]}
    found = answer(run(TRANSCRIPT, catalog, "--margin", "0.5", folder=tmp_path))
    assert found["courses"] == ["c3", "c7"]


def test_what_no_course_fills_is_unmet(tmp_path: Path) -> None:
    catalog = {"courses": [course("c1", "1.5", "blood_bank"), course("c2", "3", "other_lab")]}
    found = answer(run(TRANSCRIPT, catalog, folder=tmp_path))
    assert found["courses"] == ["c1"]
    assert found["unmet"] == [
        {"credential": "ascp_mls", "requirement": "blood_bank", "missing": "0.5"},
        {"credential": "ascp_mls", "requirement": "hematology", "missing": "0.5"},
    ]


def test_an_empty_catalog_and_nothing_missing_are_plans_of_no_course(tmp_path: Path) -> None:
    found = answer(run(TRANSCRIPT, {"courses": []}, folder=tmp_path))
    assert (found["courses"], found["hours"], found["price"]) == ([], "0", "0")
    assert found["optimal"] is True
    assert [row["requirement"] for row in found["unmet"]] == ["blood_bank", "hematology"]
    nobody = {"as_of": "2026-11-23", "credentials": [], "activities": []}
    found = answer(run(nobody, CATALOG, folder=tmp_path))
    assert (found["courses"], found["unmet"]) == ([], [])


def test_either_file_may_be_standard_input(tmp_path: Path) -> None:
    expected = answer(run(TRANSCRIPT, CATALOG, folder=tmp_path))
    transcript, catalog = tmp_path / "TRANSCRIPT.json", tmp_path / "CATALOG.json"
    for names, given in (
        (("-", str(catalog)), transcript.read_text()),
        ((str(transcript), "-"), catalog.read_text()),
    ):
        assert answer(command(*names, given=given)) == expected


def test_the_order_of_the_catalog_changes_nothing(tmp_path: Path) -> None:
    alike = [course(f"c{number}", "2.5", "blood_bank", "hematology") for number in range(6)]
    found = answer(run(TRANSCRIPT, {"courses": alike}, folder=tmp_path))
    turned = answer(run(TRANSCRIPT, {"courses": alike[::-1]}, folder=tmp_path))
    assert found == turned
    assert found["courses"] == ["c0"]


BAD = [
    ("[]", ["catalog: a list; accepted: an object"]),
    ("{", ["catalog: line 1, column 2: Expecting property name enclosed in double quotes; accepted: one JSON document in UTF-8"]),
    ({}, ["courses: is missing; accepted: a value"]),
    ({"courses": {}}, ["courses: an object; accepted: a list"]),
    ({"courses": [], "currency": "USD"}, ["currency: is no key here; accepted: courses"]),
    ('{"courses": [], "courses": []}', ["courses: is given more than once; accepted: each key once"]),
    (
        {"courses": [course("a", "1", "ethics"), course("a", "1", "ethics"), course("heme", "1", "ethics"), course("", "1", "ethics")]},
        [
            'courses[1].id: "a" is the id of courses[0] already; accepted: an id of its own',
            'courses[2].id: "heme" is the id of activities[3] of the transcript; accepted: an id of its own; leave out a course that was taken',
            "courses[3].id: is empty; accepted: a text",
        ],
    ),
    (
        {"courses": [course("a", "1.001", "etics", price=5), course("b", "0", "ethics", price="-1"), course("c", "1", price="1.999")]},
        [
            'courses[0].amount: "1.001"; accepted: above 0, at most 10000, at most two decimals',
            'courses[0].price: 5; accepted: a text such as "19.95", at least 0, at most 100000, at most two decimals',
            'courses[1].amount: "0"; accepted: above 0, at most 10000, at most two decimals',
            'courses[1].price: "-1"; accepted: a text such as "19.95", at least 0, at most 100000, at most two decimals',
            "courses[2].areas: is empty; accepted: one area or more",
            'courses[2].price: "1.999"; accepted: a text such as "19.95", at least 0, at most 100000, at most two decimals',
        ],
    ),
    (
        {"courses": [{"id": "a", "approvals": ["pace"]}, {"id": "b", "parts": [], "amount": "1", "areas": ["ethics"]}, {"id": "c", "kind": "ceu", "parts": [{"amount": "1", "areas": ["ethics"]}]}]},
        [
            "courses[0].amount: is missing; accepted: amount and areas, or parts",
            "courses[0].areas: is missing; accepted: amount and areas, or parts",
            "courses[1].parts: stands beside amount or areas; accepted: either parts, or amount and areas",
            "courses[1].parts: is empty; accepted: one part or more",
            "courses[2].kind: is no key here; accepted: id, title, approvals, amount, areas, parts, price",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("catalog", "lines"), BAD)
def test_a_bad_catalog_is_refused_line_by_line(
    tmp_path: Path, catalog: Any, lines: list[str]
) -> None:
    done = run(TRANSCRIPT, catalog, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    found = [line for line in done.stderr.splitlines() if "areas[0]" not in line]
    assert found == lines


def test_what_is_wrong_with_both_files_is_told_at_once(tmp_path: Path) -> None:
    bad = TRANSCRIPT | {"credentials": [MLS | {"cycle_ends_on": "June"}]}
    done = run(bad, {"courses": [{"id": 1}]}, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "credentials[0].cycle_ends_on", "courses[0].id", "courses[0].amount", "courses[0].areas",
    ]  # fmt: skip


def test_a_pin_that_cannot_hold_is_refused_as_by_standing(tmp_path: Path) -> None:
    pin = {"credential": "ascp_mls", "activity": "chem", "requirement": "ethics", "amount": "1"}
    done = run(TRANSCRIPT | {"pins": [pin]}, CATALOG, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pins[0].activity: cannot count toward ethics\n"


def test_a_pin_that_costs_a_point_is_planned_around(tmp_path: Path) -> None:
    pin = {"credential": "ascp_mls", "activity": "chem", "requirement": "remainder", "amount": "1"}
    found = answer(run(TRANSCRIPT | {"pins": [pin]}, CATALOG, folder=tmp_path))
    assert found["courses"] == ["c7", "c9"]


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("one",), ("-", "-"), ("a", "b", "c"), ("a", "b", "--by", "fun"),
        ("a", "b", "--margin", "-1"), ("a", "b", "--margin", "1.234"), ("a", "b", "--margin", "x"),
        ("a", "b", "--margin", "NaN"), ("a", "b", "--margin", "1e9"), ("a", "b", "--what"),
        ("/no/file", "/no/file"),
    ],
)  # fmt: skip
def test_a_bad_line_is_refused(arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_planning_imports_no_django() -> None:
    code = (
        "import sys; from aliquot.cli.main import main; main(['plan', '/dev/stdin', '/no']);"
        "print(sorted(name for name in sys.modules if name.startswith('django')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(TRANSCRIPT), env={}, cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
