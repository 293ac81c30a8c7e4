"""Every problem of a parsed course: what the catalog says of the whole, the kinds of a question.

Pure: no settings, no database. The reader of course folders asks it, and so does publishing.
"""

from collections.abc import Collection

from aliquot.assessment import kinds
from aliquot.assessment.facts import QuestionFacts
from aliquot.catalog import rules
from aliquot.catalog.data import areas
from aliquot.catalog.facts import CoursePack, HoursDetermination, HoursSettings, Problem


def problems_of_course(
    pack: CoursePack[QuestionFacts],
    *,
    settings: HoursSettings,
    incomplete: Collection[str] = (),
) -> list[Problem]:
    """Errors and warnings of a course; publishing is refused as long as there is an error.

    ``incomplete`` names parts that could not be read whole (``pages``, ``figures``,
    ``questions``): what needs all of such a part is then not judged.
    """
    found = rules.problems_of(pack, areas=areas(), settings=settings, incomplete=incomplete)
    for question in pack.questions:
        found += [
            Problem(("question", question.key, *path), message)
            for path, message in kinds.problems(question.kind, question.spec)
        ]
    return found


def hours_of_course(
    pack: CoursePack[QuestionFacts], *, settings: HoursSettings
) -> HoursDetermination:
    """The contact hours computed from the content by the default method."""
    return rules.determine_hours(rules.hours_inputs(pack), settings)
