"""How the contact hours of a version were determined, as a table that can be checked by hand."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from aliquot.catalog.models import CourseVersion
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum: what was counted, how, and the minutes it gave."""

    what: str
    how: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Determination:
    """The table, its total, and the sentence from minutes to hours."""

    lines: tuple[Line, ...]
    minutes: str
    conclusion: str


def determination_of(version: CourseVersion) -> Determination | None:
    """The recorded inputs as a table; None when a version was recorded by another method."""
    inputs: dict[str, Any] = version.hours_inputs
    settings = inputs.get("settings")
    if not isinstance(settings, dict) or "minutes" not in inputs:
        return None
    values = {name: Decimal(str(value)) for name, value in settings.items()}
    words = int(inputs["words"])
    reading = words / values["words_per_minute"] * values["reading_factor"]
    lines = [
        Line(
            f"{words:,} words",
            f"{shortest(values['words_per_minute'])} words a minute, times "
            f"{shortest(values['reading_factor'])} for study",
            _minutes(reading),
        )
    ]
    for name, what in (
        ("page_questions", "questions in pages"),
        ("test_questions", "questions of one test"),
    ):
        number = int(inputs[name])
        each = values["minutes_per_question"]
        unit = "minute" if each == 1 else "minutes"
        lines.append(
            Line(f"{number} {what}", f"{shortest(each)} {unit} each", _minutes(number * each))
        )
    media = Decimal(str(inputs.get("media_minutes", "0")))
    if media:
        lines.append(Line("Audio and video", "running time", _minutes(media)))
    titles = {page.slug: page.title for page in version.pages.all()}
    lines += [
        Line(
            f"Study on “{titles.get(each['page'], each['page'])}”",
            each["reason"],
            _minutes(Decimal(str(each["minutes"]))),
        )
        for each in inputs.get("study", [])
    ]
    hour, step = values["minutes_per_hour"], values["rounding_step"]
    return Determination(
        lines=tuple(lines),
        minutes=_minutes(Decimal(str(inputs["minutes"]))),
        conclusion=(
            f"{shortest(hour)} minutes to the contact hour, rounded down to {shortest(step)}: "
            f"{shortest(version.computed_hours)} computed, "
            f"{shortest(version.contact_hours)} awarded."
        ),
    )


def _minutes(amount: Decimal) -> str:
    return shortest(amount.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
