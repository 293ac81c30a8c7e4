"""The command ``aliquot``: finds the module of a command and hands it the rest of the line.

Every command's module offers ``name(argv) -> int`` and brings its own arguments. Commands that
need no settings (``standing``, ``plan``) import no Django, so they start fast and run anywhere.
"""

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aliquot import __version__
from aliquot.lib.errors import AliquotError, in_one_line


@dataclass(frozen=True)
class Command:
    """Where a command lives, what it does, and whether it needs settings and a database.

    ``module`` is one of this folder, or the full name of one elsewhere. ``serves`` says that
    people meet what it starts.
    """

    module: str
    function: str
    summary: str
    needs_settings: bool = True
    serves: bool = False


COMMANDS = {
    "standing": Command(
        "credentials",
        "standing",
        "say what each credential of a transcript still needs",
        needs_settings=False,
    ),
    "plan": Command(
        "credentials",
        "plan",
        "choose the fewest hours of a catalog that close every gap of a transcript",
        needs_settings=False,
    ),
    "packs": Command(
        "packs",
        "run",
        "check the rule packs, or record what they mean",
        needs_settings=False,
    ),
    "rule-changes": Command(
        "population", "tell_rule_changes", "tell holders what a change of the rules means for them"
    ),
    "courses": Command(
        "courses", "run", "check, import, export or begin courses", needs_settings=False
    ),
    "grant": Command("learning", "run", "give a person the right to open courses"),
    "code": Command("accounts", "code", "print a one-time code of a member of the demo staff"),
    "role": Command("accounts", "role", "give a person a staff role, the first one above all"),
    "end-sessions": Command("accounts", "end_sessions", "sign somebody out on every device"),
    "remove-factors": Command(
        "accounts", "remove_factors", "let somebody back in who lost phone and recovery codes"
    ),
    "secrets": Command(
        "accounts", "secrets", "say which key secrets in the database are under, and change it"
    ),
    "setup": Command("operations", "setup", "create or upgrade the database and static files"),
    "migrate": Command("operations", "migrate", "only bring the database up to date"),
    "demo": Command("aliquot.demo.command", "run", "make the demonstration ready to serve"),
    "serve": Command("operations", "serve", "serve the site", serves=True),
    "worker": Command(
        "operations", "worker", "run the jobs: mail, schedule, whatever waits", serves=True
    ),
    "database-roles": Command(
        "database", "run", "print the SQL of the role that serves on PostgreSQL"
    ),
    "backup": Command("backup", "backup", "back up the database and the files"),
    "restore": Command("backup", "restore", "make the site what it was when it was backed up"),
    "check-invariants": Command("invariants", "run", "check what must always be true of the data"),
}


def usage() -> str:
    """The list of commands."""
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name.ljust(width)}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: aliquot COMMAND [ARGUMENT …]",
            "",
            *lines,
            "",
            "aliquot COMMAND --help tells more; aliquot --version prints the version.",
        ]
    )


def complain(sentence: str) -> int:
    """One sentence on standard error; the exit code of a refusal."""
    print(f"aliquot: {sentence}", file=sys.stderr)
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point. Exit codes: 0 done, 1 a check found something, 2 refused or failed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments[0] if arguments else ""
    if name in {"--help", "-h", "help"}:
        print(usage())
    elif name in {"--version", "-V"}:
        print(f"aliquot {__version__}")
    elif not name:
        print(usage(), file=sys.stderr)
        return 2
    elif name not in COMMANDS:
        return complain(f"unknown command {name!r}; accepted: {', '.join(COMMANDS)}.")
    else:
        return guarded(COMMANDS[name], arguments[1:])
    return 0


def guarded(command: Command, arguments: list[str]) -> int:
    """Run a command; whatever it raises becomes one sentence and an exit code."""
    try:
        return run(command, arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:  # noqa: BLE001 (the last door: a person reads what comes out)
        return complain(explanation(error))


def run(command: Command, arguments: list[str]) -> int:
    """Load the command's module and call it."""
    if command.needs_settings:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aliquot.settings")
        import django

        django.setup()
    if command.serves:
        importlib.import_module("aliquot.demo.guard").refuse_the_cast()
        importlib.import_module("aliquot.accounts.services").refuse_unreadable()
    name = command.module if "." in command.module else f"aliquot.cli.{command.module}"
    module = importlib.import_module(name)
    function: Callable[[list[str]], int] = getattr(module, command.function)
    return function(arguments)


def explanation(error: Exception) -> str:
    """One sentence for a failure; the whole story only when the log level is DEBUG."""
    if os.environ.get("ALIQUOT_LOG_LEVEL") == "DEBUG":
        import traceback

        traceback.print_exception(error)
    words = in_one_line(error) or type(error).__name__
    if isinstance(error, AliquotError):
        return words
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.strerror}: {error.filename}"
    origin = type(error).__module__
    if origin.startswith("django.core.exceptions"):
        return words
    if origin.startswith("django.db"):
        return f"the database refused: {words}"
    return f"{type(error).__name__}: {words} (ALIQUOT_LOG_LEVEL=DEBUG tells more)"


if __name__ == "__main__":
    sys.exit(main())
