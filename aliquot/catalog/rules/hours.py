"""How many contact hours a course is worth (docs/rules/contact-hours.md)."""

from decimal import ROUND_FLOOR, Decimal

from aliquot.catalog.facts import (
    AskedQuestion,
    CoursePack,
    HoursDetermination,
    HoursInputs,
    HoursSettings,
    PageFacts,
    StudyMinutes,
)

# The name kept with every version, so that a later method is told apart from this one.
METHOD = "reading-and-questions-1"


def hours_inputs[Question: AskedQuestion](pack: CoursePack[Question]) -> HoursInputs:
    """What the default method counts in a course: one test form, not the whole bank."""
    return HoursInputs(
        words=sum(page.words for page in pack.pages),
        page_questions=sum(len(page.question_keys) for page in pack.pages),
        test_questions=pack.test.questions,
        study=tuple(
            StudyMinutes(page.slug, page.study_minutes, page.study_reason)
            for page in pack.pages
            if page.study_minutes
        ),
    )


def determine_hours(inputs: HoursInputs, settings: HoursSettings) -> HoursDetermination:
    """The default method: minutes of reading, questions, media and study; hours rounded down."""
    study = sum((each.minutes for each in inputs.study), Decimal(0))
    questions = inputs.page_questions + inputs.test_questions
    minutes = (
        _reading_minutes(inputs.words, settings)
        + questions * settings.minutes_per_question
        + inputs.media_minutes
        + study
    )
    steps = (minutes / settings.minutes_per_hour / settings.rounding_step).to_integral_value(
        rounding=ROUND_FLOOR
    )
    return HoursDetermination(
        method=METHOD,
        inputs=inputs,
        settings=settings,
        minutes=minutes.quantize(Decimal("0.01")),
        hours=steps * settings.rounding_step,
    )


def page_minutes(page: PageFacts, settings: HoursSettings) -> Decimal:
    """The minutes of one page by the same method, to 0.01."""
    questions = len(page.question_keys) * settings.minutes_per_question
    minutes = _reading_minutes(page.words, settings) + questions + page.study_minutes
    return minutes.quantize(Decimal("0.01"))


def _reading_minutes(words: int, settings: HoursSettings) -> Decimal:
    return words / settings.words_per_minute * settings.reading_factor
