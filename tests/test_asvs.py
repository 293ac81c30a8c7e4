"""The list of security requirements is whole; every test, page and setting it names is there."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from aliquot.accounts.adapters.passwords import OWN_WORDS
from aliquot.accounts.facts import COPIES_PERIOD, MOST_COPIES, MOST_TOKENS
from aliquot.api.frame import bodies, doors
from aliquot.certificates.facts import VERIFY_PERIOD, VERIFY_TRIES
from aliquot.commerce.facts import sending
from aliquot.flows import open_gift, use_voucher
from aliquot.infra.webhooks.endpoints import MOST_ENDPOINTS
from aliquot.interop.activities import cells
from aliquot.interop.auditpack import archive
from aliquot.interop.employer import writer
from tests.test_architecture import ROOT

pytestmark = pytest.mark.one_database

COLUMNS = ["id", "level", "about", "answer", "where", "note"]
ANSWERS = {"test", "decision", "setting", "operator", "not applicable", "open"}
WHOLE = {"1": 70, "2": 183}  # requirements of ASVS 5.0.0 by level
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
PAGE = ROOT / "docs" / "security.md"


@cache
def requirements() -> list[dict[str, str]]:
    """The rows of the list."""
    with (ROOT / "security" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        found = list(rows)
        assert rows.fieldnames == COLUMNS
    return found


@cache
def text_of(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def headings(path: str) -> set[str]:
    """What the headings of a page are called in an address."""
    titles = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in titles}


def places(row: dict[str, str]) -> list[str]:
    return [each for each in row["where"].split("; ") if each]


def number(row: dict[str, str]) -> list[int]:
    return [int(part) for part in row["id"].removeprefix("V").split(".")]


def is_there(place: str) -> bool:
    """Whether a test, a part of a page, or a text in a file of settings exists."""
    test = TEST.fullmatch(place)
    if test:
        return f"def {test[2]}(" in text_of(test[1])
    path, _, part = place.partition("#")
    if path.endswith(".md"):
        return part in headings(path)
    return bool(part) and part in text_of(path)


def test_every_requirement_of_both_levels_stands_there_once_in_order() -> None:
    rows = requirements()
    numbers = [number(row) for row in rows]
    assert all(len(each) == 3 for each in numbers)
    assert numbers == sorted(numbers)
    assert len({row["id"] for row in rows}) == len(rows)
    assert {level: sum(row["level"] == level for row in rows) for level in WHOLE} == WHOLE
    assert len(rows) == sum(WHOLE.values())
    assert {row["answer"] for row in rows} <= ANSWERS
    assert [row["id"] for row in rows if not 0 < len(row["about"]) <= 60] == []


def test_every_answer_names_what_it_rests_on() -> None:
    rests_on = {
        "test": lambda place: place.startswith("tests/"),
        "decision": lambda place: place.startswith("docs/"),
        "operator": lambda place: place.startswith("docs/"),
        "setting": lambda place: not place.startswith(("docs/", "tests/")),
    }
    wrong = []
    for row in requirements():
        fits = rests_on.get(row["answer"])
        if fits is None:
            fine = not row["where"] and len(row["note"]) > 10
        else:
            fine = bool(places(row)) and all(fits(each) for each in places(row))
        if not fine:
            wrong.append(row["id"])
    assert wrong == []


def test_every_test_page_and_setting_that_is_named_exists() -> None:
    missing = [
        (row["id"], place)
        for row in requirements()
        for place in (*places(row), *(each[0] for each in TEST.finditer(row["note"])))
        if not is_there(place)
    ]
    assert missing == []


def test_a_name_that_is_not_there_would_be_noticed() -> None:
    assert is_there("tests/test_asvs.py::test_a_name_that_is_not_there_would_be_noticed")
    assert not is_there("tests/test_asvs.py::test_nothing")
    assert not is_there("tests/nowhere.py::test_nothing")
    assert not is_there("docs/security.md#nowhere")
    assert not is_there("docs/security.md")
    assert not is_there("aliquot/settings.py#NO_SUCH_SETTING")


def test_the_number_of_open_ones_is_told() -> None:
    still_open = sum(row["answer"] == "open" for row in requirements())
    told = re.findall(r"(\d+)\s+are\s+open", text_of("SECURITY.md"))
    assert told == [str(still_open)]


# What a requirement forbids: what it looks like, in which files, and where it is meant.
FORBIDDEN = {
    "decoding again": (
        r"\bunquote(_plus)?\(|\bunescape\(",
        {".py"},
        {
            "infra/delivery.py",
            "catalog/queries/listing.py",
            "ui/templatetags/questions.py",
        },
    ),
    "a shell": (r"shell=True|os\.system\(|os\.popen\(", {".py"}, set()),
    "evaluating code": (r"(?<![.\w])(eval|exec)\(|new Function\(", {".py", ".js"}, set()),
    "templates made of text": (r"(?<!\w)Template\(|\.from_string\(", {".py"}, {"infra/storage.py"}),
    "objects from bytes": (r"\b(pickle|marshal|shelve)\b|typ=.unsafe", {".py"}, set()),
    "text marked as safe": (
        r"\|\s*safe\b|autoescape off",
        {".html"},
        {"ui/templates/ui/form/_hint.html", "ui/templates/ui/form/field.html"},
    ),
    "other origins that read": (r"Access-Control-Allow|corsheaders|CORS_", {".py"}, set()),
    "TLS without certificates": (
        r"verify\s*=\s*False|CERT_NONE|_create_unverified|check_hostname\s*=\s*False",
        {".py"},
        set(),
    ),
    "HTML put into a page": (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
        {".js"},
        {"web/static/web/player.js"},
    ),
    "messages between windows": (r"postMessage|addEventListener\(.message", {".js"}, set()),
    "storage of the browser": (
        r"localStorage|sessionStorage|indexedDB",
        {".js"},
        {"ui/static/ui/autosave.js", "ui/static/ui/js/aliquot.js"},
    ),
    "getting in the way of pasting": (r"onpaste|[\"']paste[\"']", {".js", ".html"}, set()),
    "object literals as tables": (r"(const|let|var) \w+ = \{\};", {".js"}, set()),
}


@cache
def sources(suffix: str) -> dict[str, str]:
    """The product's files of one kind, by their path."""
    product = ROOT / "aliquot"
    return {
        path.relative_to(product).as_posix(): path.read_text(encoding="utf-8")
        for path in product.rglob(f"*{suffix}")
    }


@pytest.mark.parametrize("what", FORBIDDEN)
def test_code_holds_nothing_that_a_requirement_forbids(what: str) -> None:
    pattern, suffixes, meant = FORBIDDEN[what]
    found = {
        path
        for suffix in suffixes
        for path, text in sources(suffix).items()
        if re.search(pattern, text)
    }
    assert found == meant


def test_every_library_is_locked_by_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock"):
        entries = re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / name).read_text(encoding="utf-8"))
        pinned = [each for each in entries if "==" in each.partition("\n")[0]]
        assert pinned
        assert [each.split()[0] for each in pinned if "--hash=sha256:" not in each] == []


def test_the_words_that_make_no_password_are_on_the_page() -> None:
    [told] = re.findall(r"name and address: ([^.]+)\.", PAGE.read_text(encoding="utf-8"))
    assert re.split(r",\s+", told) == list(OWN_WORDS)


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    hours = {each.total_seconds() for each in (COPIES_PERIOD, archive.PACKS_PERIOD)}
    assert hours == {writer.ARCHIVES_PERIOD.total_seconds()} == {3600}
    assert (VERIFY_PERIOD.total_seconds(), use_voucher.PERIOD, open_gift.PERIOD) == (
        600, sending.PAPER_PERIOD, sending.PAPER_PERIOD,
    )  # fmt: skip
    requests = f"{doors.OF_A_TOKEN}; {doors.OF_A_NETWORK}; {doors.REFUSED_OF_A_NETWORK}"
    archives = f"{MOST_COPIES}; {archive.MOST_PACKS}; {writer.MOST_ARCHIVES}"
    table = Path(PAGE).read_text(encoding="utf-8").partition("## Ways in")[0]
    for line in (
        f"with a wrong one | {requests} a minute |",
        f"| verifying certificates | {VERIFY_TRIES} in 10 minutes |",
        f"of vouchers; of gifts | {use_voucher.TRIES}; {open_gift.TRIES} an hour |",
        f"archives of an order | {archives} an hour |",
        f"{sending.MOST_PAPERS_SENT} an hour; {sending.MOST_GIFT_MAILS} a day |",
        f"| 2 MB, {cells.MOST_ROWS:,} rows, 5 waiting |",
        f"| API tokens; courses from elsewhere | {MOST_TOKENS}; 100 |",
        f"| webhooks | {MOST_ENDPOINTS} |",
        f"| {bodies.LARGEST_BODY // 1024} KiB; 256 KiB |",
    ):
        assert line in table, line
    assert cells.MOST_BYTES == 2 * 1024 * 1024
