"""The default method for contact hours; the worked numbers of docs/rules/contact-hours.md."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from aliquot.catalog.facts import HoursInputs, HoursSettings, StudyMinutes
from aliquot.catalog.rules import determine_hours

PAGE = Path(__file__).parents[2] / "docs/rules/contact-hours.md"
USUAL = HoursSettings()


def inputs(words: int, page: int = 0, test: int = 0, study: str = "0") -> HoursInputs:
    added = (StudyMinutes("p", Decimal(study), "Comparing"),) if Decimal(study) else ()
    return HoursInputs(words=words, page_questions=page, test_questions=test, study=added)


def worked_numbers() -> list[tuple[str, ...]]:
    """Rows of the table of worked numbers: words, in pages, test, study, minutes, hours."""
    rows = re.findall(r"^\| ([\d,.]+(?: \| [\d,.]+){5}) \|", PAGE.read_text(), re.MULTILINE)
    return [tuple(row.replace(",", "").split(" | ")) for row in rows]


@pytest.mark.parametrize("row", worked_numbers(), ids=" ".join)
def test_the_worked_numbers_of_the_page_hold(row: tuple[str, ...]) -> None:
    words, page, test, study, minutes, hours = row
    determined = determine_hours(inputs(int(words), int(page), int(test), study), USUAL)
    assert determined.minutes == Decimal(minutes)
    assert determined.hours == Decimal(hours)


def test_the_page_has_worked_numbers() -> None:
    assert len(worked_numbers()) >= 6


@pytest.mark.parametrize(
    ("words", "hours"), [(0, "0"), (1999, "0"), (2000, "0.25"), (7999, "0.75"), (8000, "1")]
)
def test_hours_are_rounded_down_never_up(words: int, hours: str) -> None:
    assert determine_hours(inputs(words), USUAL).hours == Decimal(hours)


def test_each_of_the_numbers_is_a_setting_and_is_recorded() -> None:
    given = inputs(4000, 6, 10, "4")
    assert determine_hours(given, USUAL).minutes == Decimal(50)
    for setting, value, minutes, hours in (
        ("words_per_minute", "250", "44", "0.5"),
        ("reading_factor", "1", "40", "0.5"),
        ("minutes_per_question", "2", "66", "1"),
        ("minutes_per_hour", "50", "50", "1"),
        ("rounding_step", "0.5", "50", "0.5"),
    ):
        settings = HoursSettings(**{setting: Decimal(value)})
        determined = determine_hours(given, settings)
        assert (determined.minutes, determined.hours) == (Decimal(minutes), Decimal(hours)), setting
        assert determined.settings == settings
        assert determined.inputs == given


def test_settings_come_from_the_environment_and_bad_ones_are_refused() -> None:
    assert HoursSettings.read({}) == USUAL
    assert HoursSettings.read({"ALIQUOT_HOURS_MINUTES_PER_HOUR": "50"}) == HoursSettings(
        minutes_per_hour=Decimal(50)
    )
    for bad in ("0", "-1", "x", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="accepted: a number above zero"):
            HoursSettings.read({"ALIQUOT_HOURS_WORDS_PER_MINUTE": bad})


def test_a_bad_number_stops_the_start_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIQUOT_HOURS_ROUNDING_STEP", "0")
    with pytest.raises(ImproperlyConfigured, match="accepted: a number above zero"):
        apps.get_app_config("catalog").ready()
