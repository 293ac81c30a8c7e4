"""From the JSON of a transcript to facts; every problem is found before anything is judged."""

from datetime import date
from typing import Any

from aliquot.catalog import data as catalog
from aliquot.credentials.data import Library
from aliquot.credentials.errors import UnjudgeableError
from aliquot.credentials.facts import KINDS, Activity, CredentialHeld, Pack, Pin, Transcript
from aliquot.flows.judge_transcript import contradictions_of
from aliquot.interop.transcript import strict_json
from aliquot.interop.transcript.credit import approvals_of, parts_of
from aliquot.interop.transcript.strict_json import shown
from aliquot.interop.transcript.values import Path, Problems

_DATES = ("first_certified_on", "licensed_on")
_FLAGS = ("formerly_nca", "international", "expired", "first_renewal")


def read_transcript(content: bytes, *, library: Library) -> Transcript:
    """The transcript; UnjudgeableError lists everything that is wrong with it.

    Credentials are looked up in ``library``. Unknown and repeated keys are errors, ``null`` is as
    absent.
    """
    document = strict_json.parse(content)
    reader = _Reader(library)
    transcript = reader.transcript(document)
    if reader.problems or transcript is None:
        raise UnjudgeableError(tuple(reader.problems))
    return transcript


class _Reader:
    """Reads one document; whatever is wrong goes to ``problems``, and reading goes on."""

    def __init__(self, library: Library) -> None:
        self.problems = Problems()
        self._library = library
        self._as_of: date | None = None
        self._credential_ids: set[str] = set()
        self._activity_ids: dict[str, int] = {}

    def transcript(self, value: Any) -> Transcript | None:
        problems = self.problems
        members = problems.members(
            value, (), required=("as_of", "credentials", "activities"), optional=("pins",)
        )
        if members is None:
            return None
        if "as_of" in members:
            self._as_of = problems.day(members["as_of"], ("as_of",))
        credentials = problems.each(
            members.get("credentials", []), ("credentials",), self._credential
        )
        activities = problems.each(members.get("activities", []), ("activities",), self._activity)
        pins = problems.each(members.get("pins", []), ("pins",), self._pin)
        if self._as_of is None:
            return None
        return Transcript(self._as_of, credentials, activities, pins)

    def _credential(self, value: Any, path: Path) -> CredentialHeld | None:
        problems = self.problems
        members = problems.members(
            value,
            path,
            required=("id", "cycle_ends_on"),
            optional=(*_DATES, *_FLAGS, "specialties", "roles"),
        )
        if members is None:
            return None
        pack = self._pack(members, path)
        ends_on = self._day(members, path, "cycle_ends_on")
        dates = {key: self._day(members, path, key) for key in _DATES}
        flags = {key: problems.flag(members[key], (*path, key)) for key in _FLAGS if key in members}
        lists = {
            key: problems.words(members.get(key, []), (*path, key), accepted)
            for key, accepted in (
                ("specialties", catalog.specialties()),
                ("roles", catalog.roles()),
            )
        }
        if pack is None or ends_on is None:
            return None
        held = CredentialHeld(
            pack=pack,
            cycle_ends_on=ends_on,
            first_certified_on=dates["first_certified_on"],
            licensed_on=dates["licensed_on"],
            specialties=lists["specialties"],
            roles=lists["roles"],
            **{key: bool(flag) for key, flag in flags.items()},
        )
        for problem in contradictions_of(held):
            problems.note((*path, *problem.path), problem.what, problem.accepted)
        return held

    def _activity(self, value: Any, path: Path) -> Activity | None:
        problems = self.problems
        members = problems.members(
            value,
            path,
            required=("id", "completed_on", "kind"),
            optional=("title", "provider", "approvals", "amount", "areas", "parts"),
        )
        if members is None:
            return None
        activity_id = self._activity_id(members, path)
        completed_on = self._day(members, path, "completed_on")
        if completed_on and self._as_of and completed_on > self._as_of:
            at = (*path, "completed_on")
            problems.note(at, f"{completed_on} is after as_of", f"a day up to {self._as_of}")
        kind = None
        if "kind" in members:
            kind = problems.word(members["kind"], (*path, "kind"), KINDS)
        approvals = approvals_of(problems, members, path)
        title, provider = (
            problems.text(members.get(key, ""), (*path, key)) for key in ("title", "provider")
        )
        parts = parts_of(problems, members, path)
        if activity_id is None or completed_on is None or kind is None:
            return None
        return Activity(
            activity_id, completed_on, kind, parts, approvals, title or "", provider or ""
        )

    def _pin(self, value: Any, path: Path) -> Pin | None:
        problems = self.problems
        keys = ("credential", "activity", "requirement", "amount")
        members = problems.members(value, path, required=keys)
        if members is None:
            return None
        names = [
            problems.name(members[key], (*path, key)) if key in members else None
            for key in keys[:3]
        ]
        credential, activity, requirement = names
        if credential is not None and credential not in self._credential_ids:
            accepted = ", ".join(sorted(self._credential_ids)) or "none is listed"
            problems.note((*path, "credential"), f"{shown(credential)} is not listed", accepted)
        if activity is not None and activity not in self._activity_ids:
            what = f"no activity has the id {shown(activity)}"
            problems.note((*path, "activity"), what, "the id of a listed activity")
        amount = None
        if "amount" in members:
            amount = problems.amount(members["amount"], (*path, "amount"))
        if credential is None or activity is None or requirement is None or amount is None:
            return None
        return Pin(credential, activity, requirement, amount)

    def _pack(self, members: dict[str, Any], path: Path) -> Pack | None:
        if "id" not in members:
            return None
        credential_id = self.problems.word(members["id"], (*path, "id"), self._library.ids)
        if credential_id is None:
            return None
        self._credential_ids.add(credential_id)
        return self._library.pack(credential_id)

    def _activity_id(self, members: dict[str, Any], path: Path) -> str | None:
        if "id" not in members:
            return None
        activity_id = self.problems.name(members["id"], (*path, "id"))
        if activity_id is None:
            return None
        index = int(path[-1])
        first = self._activity_ids.setdefault(activity_id, index)
        if first != index:
            what = f"{shown(activity_id)} is the id of activities[{first}] already"
            self.problems.note((*path, "id"), what, "an id of its own")
        return activity_id

    def _day(self, members: dict[str, Any], path: Path, key: str) -> date | None:
        return self.problems.day(members[key], (*path, key)) if key in members else None
