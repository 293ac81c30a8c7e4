"""``aliquot packs``: check rule packs, and record what they mean when they are released."""

import sys
from collections.abc import Callable
from pathlib import Path

from aliquot.credentials.data.checking import SHIPPED, Checked, check, record

_USAGE = """usage: aliquot packs check [PATH …]   say everything that is wrong with rule packs
       aliquot packs record [FOLDER]  check, then record what each pack means now

PATH is a folder of packs or one pack; without any, the packs that ship with Aliquot. A pack that
means something else than was recorded needs a new line in its `changes`."""


def run(argv: list[str]) -> int:
    """Check or record. 0: nothing is wrong. 2: one line per problem on standard error."""
    if argv in (["-h"], ["--help"]):
        print(_USAGE)
        return 0
    action, paths = (argv[0] if argv else ""), [Path(name) for name in argv[1:]]
    answers: dict[str, Callable[[], Checked]] = {
        "check": lambda: check(paths),
        "record": lambda: record(paths[0] if paths else SHIPPED),
    }
    if (
        action not in answers
        or any(name.startswith("-") for name in argv)
        or (action == "record" and len(paths) > 1)
    ):
        print(_USAGE, file=sys.stderr)
        return 2
    checked = answers[action]()
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    if checked.problems:
        return 2
    print(f"{checked.packs} packs: nothing is wrong." if action == "check" else _recorded(checked))
    return 0


def _recorded(checked: Checked) -> str:
    return f"{checked.packs} packs recorded."
