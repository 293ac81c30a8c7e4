"""Failures a person can cause by what they say about their credentials."""

from dataclasses import dataclass

from aliquot.lib.errors import AliquotError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (keys and positions from the top), what, and what is accepted."""

    path: tuple[str | int, ...]
    what: str
    accepted: str = ""

    def __str__(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        accepted = f"; accepted: {self.accepted}" if self.accepted else ""
        return f"{where.removeprefix('.') or 'document'}: {self.what}{accepted}"


class UnjudgeableError(AliquotError):
    """The facts contradict a rule that a body fixes, or a pin that cannot hold; lists all."""

    code = "unjudgeable"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownCredentialError(AliquotError):
    """No rule pack has this id."""

    code = "unknown_credential"


class PackError(AliquotError):
    """A rule pack file cannot be read; the message names the file, the place and what is wrong."""

    code = "invalid_pack"
