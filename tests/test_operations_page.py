"""docs/operations.md names every setting and every command, and none that does not exist."""

import ast
import re
from dataclasses import fields
from pathlib import Path

from aliquot.catalog.facts import HoursSettings
from aliquot.cli.main import COMMANDS
from aliquot.commerce.adapters.gateways.stripe import events
from aliquot.infra import delivery, pruning
from aliquot.infra.http import sessions
from aliquot.infra.jobs import queue

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text()
READERS = {"text", "choice", "number", "port", "words", "secret"}


def variables_read(source: str) -> set[str]:
    """Names that settings.py asks its readers for."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in READERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def first_cells(heading: str) -> set[str]:
    """The names in backquotes that begin the rows of the first table under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_the_page_names_every_setting_and_no_other() -> None:
    read = variables_read((ROOT / "aliquot" / "settings.py").read_text())
    hours = {f"ALIQUOT_HOURS_{field.name.upper()}" for field in fields(HoursSettings)}
    assert first_cells("Settings") == read | hours


def test_a_setting_is_noticed_in_the_code() -> None:
    assert variables_read('X = number("ALIQUOT_X", 3)') == {"ALIQUOT_X"}


def test_no_other_file_of_the_product_reads_the_environment() -> None:
    naming_the_settings = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE"'
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aliquot").rglob("*.py")
        if re.search(r"os\.environ\b|getenv", path.read_text().replace(naming_the_settings, ""))
    }
    # The commands need the log level and the numbers for hours where there are no settings.
    assert found == {
        "aliquot/infra/environment.py",  # the readers of settings.py
        "aliquot/cli/main.py",
        "aliquot/cli/courses.py",
        "aliquot/catalog/apps.py",  # refuses those numbers at the start, too
        "aliquot/cli/server.py",  # tells the metrics library where; reads nothing
        "aliquot/infra/pdf.py",  # tells the document engine how many threads; reads nothing
    }


def test_the_page_names_every_command_and_no_other() -> None:
    assert {name.split()[1] for name in first_cells("Commands")} == set(COMMANDS)


def test_the_times_on_the_page_are_those_of_the_code() -> None:
    assert pruning.IDEMPOTENCY.days == pruning.FINISHED_JOBS.days == 7
    assert pruning.RATE_COUNTS.days == 2
    assert pruning.FAILED_JOBS.days == pruning.SENT_MAIL.days == pruning.POLICY_REPORTS.days == 90
    assert pruning.UPKEEP_RUNS.days == 400
    assert (sessions.LEARNER.idle.days, sessions.LEARNER.absolute.days) == (14, 90)
    assert (sessions.STAFF.idle.seconds, sessions.STAFF.absolute.seconds) == (1800, 43200)
    assert (queue.FIRST_WAIT.seconds, queue.LEASE.seconds, queue.MAX_ATTEMPTS) == (5, 60, 10)
    assert (delivery.FIRST_WAIT.seconds, delivery.MAX_ATTEMPTS) == (30, 16)
    assert queue.LONGEST_WAIT.seconds == delivery.LONGEST_WAIT.seconds == 6 * 3600


def test_the_page_names_the_events_that_stripe_shall_send() -> None:
    section = PAGE.partition("\n## Taking payments with Stripe\n")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:checkout|payment_intent|charge|refund)\.[a-z_.]+)`", section)
    assert tuple(named) == events.KINDS
