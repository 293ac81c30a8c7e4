"""The command finds its commands, starts fast where it may, and fails in one sentence."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from aliquot import __version__
from aliquot.accounts.models import User
from aliquot.cli import main, operations
from aliquot.lib.errors import AliquotError

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"aliquot {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, command in main.COMMANDS.items():
        assert f"  {name}" in out
        assert command.summary in out


def test_without_a_command_the_usage_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: aliquot COMMAND")


def test_an_unknown_command_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["fly"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("aliquot: unknown command 'fly'; accepted: standing, ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (AliquotError("Port 8000 is taken."), "Port 8000 is taken."),
        (ImproperlyConfigured("PORT is 'x'."), "PORT is 'x'."),
        (OperationalError("no such\n table: x"), "the database refused: no such table: x"),
        (
            PermissionError(13, "Permission denied", "/srv/backups"),
            "Permission denied: /srv/backups",
        ),
        (
            ValueError("odd"),
            "ValueError: odd (ALIQUOT_LOG_LEVEL=DEBUG tells more)",
        ),
    ],
)
def test_a_failure_is_one_sentence_and_exit_2(
    error: Exception,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_command: main.Command, _arguments: list[str]) -> int:
        raise error

    monkeypatch.delenv("ALIQUOT_LOG_LEVEL", raising=False)
    monkeypatch.setattr(main, "run", fail)
    assert main.main(["serve"]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"aliquot: {sentence}\n")


def test_ctrl_c_is_no_failure_worth_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_command: main.Command, _arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "run", interrupted)
    assert main.main(["worker"]) == 130
    assert capsys.readouterr().err == ""


def bare(source: str) -> subprocess.CompletedProcess[str]:
    """Run Python source with nothing in the environment."""
    return subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        input="{}",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_standing_runs_bare_and_imports_no_django() -> None:
    done = bare(
        "import sys; from aliquot.cli.main import main; code = main(['standing', '-']);"
        "print(code, *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    code, *imported = done.stdout.split()
    assert (done.returncode, code) == (0, "2")
    assert "aliquot" in imported
    assert not set(imported) & {"django", "allauth"}


def test_missing_settings_are_one_sentence() -> None:
    done = bare("from aliquot.cli.main import main; print(main(['setup']))")
    assert done.stdout == "2\n"
    assert done.stderr == "aliquot: ALIQUOT_SITE_URL is missing; set it to https://your.host.\n"


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_every_command_exists(name: str) -> None:
    command = main.COMMANDS[name]
    name = command.module if "." in command.module else f"aliquot.cli.{command.module}"
    module = importlib.import_module(name)
    assert callable(getattr(module, command.function))


@pytest.mark.django_db
def test_production_does_not_start_where_the_demonstrations_people_can_sign_in(
    rosa: User, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[str] = []
    for name in ("serve", "worker"):
        monkeypatch.setattr(operations, name, lambda _argv, name=name: started.append(name) or 0)
    settings.IS_DEMO = False
    assert [main.main(["serve"]), main.main(["worker"])] == [2, 2]
    sentence = (
        "aliquot: This database holds people of the demonstration, such as rosa@example.org, "
        "whose password everybody can read; set DATABASE_URL (or ALIQUOT_DATA) to an empty place "
        "and run aliquot setup, or set ALIQUOT_PROFILE to demo.\n"
    )
    assert capsys.readouterr().err == 2 * sentence
    assert started == []
    rosa.set_unusable_password()
    rosa.save()
    assert [main.main(["serve"]), main.main(["worker"])] == [0, 0]
    assert started == ["serve", "worker"]


@pytest.mark.django_db
def test_the_demonstration_starts_with_its_people(
    rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "serve", lambda _argv: 0)
    assert main.main(["serve"]) == 0
