"""What the list of activities shows: from here and elsewhere, always told apart. No request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from aliquot.catalog.data import with_descendants
from aliquot.ledger.facts import EarnedActivity, ProofFacts
from aliquot.lib.codes import grouped
from aliquot.web.ledger import words

ORIGINS = {"": "All", "here": "Completed here", "elsewhere": "You entered"}


@dataclass(frozen=True, slots=True)
class Line:
    """One activity of the list; ``code`` is its certificate, where it was completed here."""

    activity: EarnedActivity
    proofs: int
    code: str

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("ledger:detail", args=[self.activity.id])

    @property
    def area(self) -> str:
        """The area whose stopper stands for it."""
        return self.activity.parts[0].areas[0]

    @property
    def amount(self) -> str:
        """All of it, with its unit."""
        return words.in_unit(self.activity.amount, self.activity.kind)

    @property
    def worth(self) -> str:
        """What that is in points or hours, where it is another number."""
        return words.worth(self.activity.amount, self.activity.kind)

    @property
    def areas(self) -> str:
        """The subject areas of all its parts, each once."""
        named = dict.fromkeys(area for part in self.activity.parts for area in part.areas)
        return ", ".join(words.area_names((area,)) for area in named)


def lines_of(
    activities: Iterable[EarnedActivity],
    proofs: Mapping[int, Sequence[ProofFacts]],
    codes: Mapping[int, str],
) -> list[Line]:
    """The newest first."""
    found = [
        Line(
            activity=each,
            proofs=len(proofs.get(each.id, ())),
            code=grouped(codes.get(each.completion_id or 0, "")),
        )
        for each in activities
    ]
    return found[::-1]


def fitting(lines: Iterable[Line], chosen: Mapping[str, Any], *, origin: str) -> list[Line]:
    """The lines that fit the filters."""
    wanted = (chosen.get("q") or "").casefold().split()
    inside = with_descendants(chosen["area"]) if chosen.get("area") else None
    found = []
    for line in lines:
        activity = line.activity
        text = f"{activity.title} {activity.provider_name} {activity.course_number}".casefold()
        named = {area for part in activity.parts for area in part.areas}
        if (
            (not origin or activity.is_self_reported == (origin == "elsewhere"))
            and all(word in text for word in wanted)
            and (not chosen.get("year") or activity.completed_on.year == chosen["year"])
            and (inside is None or named & inside)
        ):
            found.append(line)
    return found
