"""``aliquot standing --all``, in this process and as one that is interrupted."""

import re
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from aliquot.accounts.models import User
from aliquot.cli import population
from aliquot.cli.credentials import standing
from aliquot.credentials.models import Cycle, CycleVerdict
from aliquot.demo.generator.command import run as generate
from aliquot.lib.progress import Progress
from tests.factories.credentials import credit, holding
from tests.infra.own_site import SETTLE_SECONDS, own_site, wait_until


def run(*argv: str) -> int:
    return population.judge_all(["--all", "--jobs", "1", *argv])


def test_all_open_cycles_are_judged_once(rosa: User, stella: User, capsys: Any) -> None:
    for person in (rosa, stella):
        holding(person)
    assert run() == 0
    assert CycleVerdict.objects.count() == 2
    assert run() == 0
    credit(rosa, ethics="1")
    assert run("--stale") == 0
    assert run("--everything") == 0
    assert run("--since", "2026-11-01T08:00Z") == 0
    out, err = capsys.readouterr()
    assert [line.split(", ")[0] for line in out.splitlines()] == [
        "2 cycles judged", "0 cycles judged", "1 cycles judged", "2 cycles judged",
        "0 cycles judged",
    ]  # fmt: skip
    assert err == ""  # no terminal, no progress


def test_a_cycle_that_cannot_be_judged_is_told_and_makes_it_1(rosa: User, capsys: Any) -> None:
    cycle = holding(rosa).cycles.get()
    Cycle.objects.update(held=cycle.held)
    type(cycle.held).objects.update(credential="gone")
    assert run() == 1
    out, err = capsys.readouterr()
    assert out.endswith(" 1 cannot be judged.\n")
    assert err == f"Cycle {cycle.pk} of gone: no rules for the credential 'gone'.\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["--everything", "--stale"],
        ["--since", "yesterday"],
        ["--since", "2026-11-26"],
        ["--jobs", "0"],
        ["transcript.json"],
    ],
)
def test_wrong_arguments_are_refused(db: None, argv: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as refusal:
        run(*argv)
    assert refusal.value.code == 2
    assert "usage: aliquot standing --all" in capsys.readouterr().err


def test_the_plain_command_hands_all_over(rosa: User, capsys: Any) -> None:
    holding(rosa)
    assert standing(["--all", "--jobs", "1"]) == 0
    assert CycleVerdict.objects.count() == 1
    assert capsys.readouterr().out.startswith("1 cycles judged, 1 people looked at, ")


def test_ctrl_c_keeps_what_was_judged_and_says_how_to_go_on(
    rosa: User, stella: User, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (rosa, stella):
        holding(person)
    judge = population._judge_page

    def interrupted(people: list[int], **how: Any) -> Any:
        if stella.pk in people:
            raise KeyboardInterrupt
        return judge(people, **how)

    monkeypatch.setattr(population, "_judge_page", interrupted)
    monkeypatch.setattr(population, "pages_of_holders", lambda **_: iter([[rosa.pk], [stella.pk]]))
    assert run() == 130
    assert list(CycleVerdict.objects.values_list("cycle__held__person", flat=True)) == [rosa.pk]
    assert capsys.readouterr().err == (
        "Stopped after 1 verdicts, which are stored. Go on with: aliquot standing --all\n"
    )
    assert run("--everything") == 130
    assert " --all --since 20" in capsys.readouterr().err


# The command with pages of a few: so few people already are work for several processes.
IN_SMALL_PAGES = """
import sys
import django
django.setup()
from aliquot.cli import main, population
population.PAGE = 10
sys.exit(main.main(["standing", "--all", "--jobs", "2", *sys.argv[1:]]))
"""


@pytest.mark.both_databases
def test_several_processes_judge_everybody_on_a_site_of_their_own(tmp_path: Path) -> None:
    with own_site(tmp_path) as site:
        made = site.run("demo", "generate", "--learners", "24", "--activities", "3")
        assert (made.returncode, made.stderr) == (0, "")
        # Whoever started the tests may not listen to it, and a process inherits that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = site.start_python(IN_SMALL_PAGES)
        signal.signal(signal.SIGINT, before)
        # Not earlier: while Python itself is starting, Ctrl-C ends it in ways of its own.
        wait_until(lambda: psutil.Process(process.pid).children())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SETTLE_SECONDS)
        assert process.returncode in {130, -signal.SIGINT}
        judged = site.start_python(IN_SMALL_PAGES, "--everything")
        told, _ = judged.communicate(timeout=SETTLE_SECONDS)
        assert judged.returncode == 0
        assert re.fullmatch(r"48 cycles judged, 24 people looked at, \d+\.\d seconds\.\n", told)


class Terminal:
    """A stream that is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_progress_is_a_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 10.0, 10.0, 10.0])
    monkeypatch.setattr("aliquot.lib.progress.time.monotonic", lambda: next(moments, 10.0))
    terminal: Any = Terminal()
    progress = Progress(3_000, "people", stream=terminal)
    progress.add(1_000)
    assert terminal.text == "\r1,000 of 3,000 people, 100 a second, 0:20 left"
    progress.end()
    assert terminal.text.endswith("\r" + " " * 46 + "\r")


def test_the_generator_makes_the_same_people_for_the_same_seed(
    db: None, now: datetime, capsys: Any
) -> None:
    def told() -> list[tuple[Any, ...]]:
        rows = Cycle.objects.filter(held__person__email__contains="-9-").order_by("pk")
        return list(
            rows.values_list(
                "held__person__email", "held__person__full_name", "held__credential", "ends_on"
            )
        )

    assert generate(["--learners", "3", "--seed", "9", "--as-of", "2026-11-23"]) == 0
    first = told()
    assert len(first) == 6
    with pytest.raises(Exception, match="say it twice"):
        generate(["--learners", "1", "--seed", "8", "--add"])
    assert (
        generate(
            [
                "--learners",
                "1",
                "--seed",
                "8",
                "--as-of",
                "2026-11-23",
                "--add",
                "--site",
                "http://localhost:8000",
            ]
        )
        == 0
    )
    assert (told(), User.objects.count()) == (first, 4)
    assert capsys.readouterr().out.startswith("3 learners and 0 courses in ")
