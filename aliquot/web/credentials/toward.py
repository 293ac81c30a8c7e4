"""The words of "Counts toward": where the points of a course go, for each credential."""

from dataclasses import dataclass

from django.urls import reverse

from aliquot.credentials.queries import CourseEffect
from aliquot.credentials.queries.wording import in_units


@dataclass(frozen=True, slots=True)
class Toward:
    """One line of "Counts toward": a credential and where the points of a course go."""

    letters: str
    url: str
    places: str
    is_accepted: bool
    sentence: str
    unit: str


def toward(effect: CourseEffect) -> Toward:
    """The words of one effect, for a course page or after finishing."""
    unit = effect.credential.unit
    places = ", ".join(f"{count.title} {in_units(count.amount, unit)}" for count in effect.counts)
    if effect.held_id is not None:
        url = reverse("credentials:detail", args=[effect.held_id])
    else:
        url = reverse("credentials:for_body", args=[effect.credential.slug])
    sentence = ""
    if not effect.is_accepted:
        sentence = _refused(effect)
    elif effect.left_over:
        sentence = f"{in_units(effect.left_over, unit)} left over"
    return Toward(effect.credential.letters, url, places, effect.is_accepted, sentence, unit)


def _refused(effect: CourseEffect) -> str:
    credential = effect.credential
    if effect.has_approvals or not effect.counts or credential.body != "ASCP":
        return effect.explain
    return (
        f"This course carries no accreditation, so ASCP gives no {credential.unit} for it; it "
        "could only count as in-service that your employer assigned."
    )
