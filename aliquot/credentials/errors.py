"""Failures a person can cause by what they say about their credentials."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aliquot.lib.errors import AliquotError, ConflictError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (keys and positions from the top), what, and what is accepted."""

    path: tuple[str | int, ...]
    what: str
    accepted: str = ""

    def __str__(self) -> str:
        where = "".join(map(_step, self.path))
        accepted = f"; accepted: {self.accepted}" if self.accepted else ""
        return f"{where.removeprefix('.') or 'document'}: {self.what}{accepted}"


def _step(step: str | int) -> str:
    """One step of a path; a key that is no plain word is quoted, so that it stays on one line."""
    if isinstance(step, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step):
        return f".{step}"
    return f"[{json.dumps(step)}]"


class UnjudgeableError(AliquotError):
    """The facts contradict a rule that a body fixes, or a pin that cannot hold; lists all."""

    code = "unjudgeable"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownCredentialError(AliquotError):
    """No rule pack has this id."""

    code = "unknown_credential"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file of ours: keys and positions from the top, and what, in words."""

    path: tuple[str | int, ...]
    what: str

    def __str__(self) -> str:
        return f"{''.join(map(_step, self.path)).removeprefix('.') or 'file'}: {self.what}"


class PackError(AliquotError):
    """A rule pack file cannot be read; names the file, and every place and what is wrong there."""

    code = "invalid_pack"

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        places = [f"{name}{''.join(map(_step, fault.path))}: {fault.what}" for fault in faults]
        super().__init__("; ".join(places))
        self.faults = tuple(faults)


class InvalidOfferError(AliquotError):
    """An offer from elsewhere cannot be kept; ``problems`` says why, by field."""

    code = "invalid_offer"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class InvalidClaimError(AliquotError):
    """What a holder says about a credential cannot be kept; lists every field and why."""

    code = "invalid_claim"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class ChangedSinceCheckError(ConflictError):
    """What declaring would keep is not what was looked at before."""

    code = "changed_since_check"

    def __init__(self) -> None:
        super().__init__("What would be kept has changed since it was checked. Check it again.")
