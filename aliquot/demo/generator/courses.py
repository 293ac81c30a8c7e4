"""Invented courses: short texts about real topics, so that lists, search and pages have work.

They go through the same door as an author's: rendered, measured in hours and published. Their text
says nothing about the laboratory, and their notice says so.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from aliquot.assessment.facts import QuestionFacts
from aliquot.assessment.services import store_questions
from aliquot.catalog import data as catalog
from aliquot.catalog.facts import (
    ApprovalProposal,
    AwardedHours,
    CoursePack,
    HoursSettings,
    ObjectiveFacts,
    PageFacts,
    PersonFacts,
    Proposals,
    ReferenceFacts,
    SubjectFacts,
    TermFacts,
    TestFacts,
)
from aliquot.catalog.models import Course, CourseVersion
from aliquot.catalog.services import publish_version
from aliquot.infra import audit
from aliquot.lib import markdown
from aliquot.lib.progress import Progress

BANK, ASKED, PASS_MARK = 12, 10, Decimal(70)
PAGES = 5
YEARS_OPEN = 5  # before the day of the generation: older than any history
_ANGLES = (
    "the first look", "what the number hides", "sources of error", "case by case", "at night",
    "before the analyzer", "after the analyzer", "when the control fails", "in the newborn",
    "in the elderly", "rare but urgent", "reading the graph", "a second opinion", "what to report",
    "what to repeat", "the call to the ward", "old methods, new methods", "specimens that mislead",
    "interferences", "limits of detection", "reference intervals", "delta checks", "dilutions",
    "units and conversions", "patterns to know", "look-alikes", "step by step", "the short list",
    "from order to answer", "teaching a newcomer", "a month of data", "validation", "verification",
    "troubleshooting", "documentation", "inspection day", "lessons from a mix-up", "by the clock",
    "on a small budget", "side by side",
)  # fmt: skip
_OPENINGS = (
    "Begin with", "Look twice at", "Nobody regrets checking", "Write down", "Compare", "Question",
    "Before you release a result, consider", "A colleague on the night shift will ask about",
    "The record should show", "Two readers should agree on", "Most surprises come from",
)  # fmt: skip
_MIDDLES = (
    "the specimen and its label", "the age of the reagent", "the trend of the last controls",
    "the patient's earlier results", "the time between collection and testing",
    "the background of the stain", "the shape of the curve", "a dilution made in haste",
    "the calibrator lot", "the temperature of the block", "the comment on the request",
    "hemolysis, lipemia and icterus", "the carry-over from the sample before",
)  # fmt: skip
_ENDS = (
    "when the answer and the patient disagree", "before anybody is called",
    "and say so in the comment", "as the procedure of your laboratory says",
    "even if the analyzer raised no flag", "because one wrong result is remembered",
    "and keep the tube until the question is closed", "with the lights and the phone switched off",
)  # fmt: skip
_AUTHORS = ("A. Sample", "B. Specimen", "C. Aliquot", "D. Example", "E. Fiction", "F. Invented")
_LEVELS = tuple(level.value for level in CourseVersion.Level)


def invent_courses(count: int, *, seed: int, as_of: date, now: datetime) -> list[int]:
    """Publish the courses of this seed that are not there yet; ids of all of them, in order."""
    there = dict(Course.objects.filter(code__startswith=f"INV{seed}-").values_list("code", "pk"))
    progress = Progress(count, "courses")
    ids = []
    for number in range(count):
        code = f"INV{seed}-{number:05}"
        ids.append(there.get(code) or _publish(number, seed=seed, code=code, as_of=as_of, now=now))
        progress.add(1)
    progress.end()
    return ids


def _publish(number: int, *, seed: int, code: str, as_of: date, now: datetime) -> int:
    pack = invented_pack(number, seed=seed, code=code, as_of=as_of)
    with audit.story(action="course.published", actor_id=None) as story:
        version = publish_version(pack=pack, settings=HoursSettings(), actor_id=None, now=now)
        store_questions(version=version, questions=pack.questions)
        story.subject, story.details = version, {"course": code, "version": 1}
    return version.course_id


def invented_pack(number: int, *, seed: int, code: str, as_of: date) -> CoursePack[QuestionFacts]:
    """Course ``number`` of a seed, as a folder of files would say it."""
    chance = Random(f"{seed}-course-{number}")  # noqa: S311 (invents, guards nothing)
    topics = [(each.area, title) for each in catalog.topics().values() for title in each.titles]
    area, topic = topics[number % len(topics)]
    angle = _ANGLES[number // len(topics) % len(_ANGLES)]
    opened = as_of - timedelta(days=365 * YEARS_OPEN)
    objectives = tuple(
        ObjectiveFacts(f"objective-{n}", f"{verb} {topic.lower()} {end}")
        for n, (verb, end) in enumerate(
            zip(("Explain", "Compare", "Judge"), chance.sample(_ENDS, 3), strict=True)
        )
    )
    pages = tuple(_page(n, topic, chance) for n in range(PAGES))
    subjects = _subjects(area, chance)
    hours = sum((each.hours for each in subjects), Decimal(0))
    return CoursePack(
        format=1,
        code=code,
        slug=f"{_slug(topic)}-{_slug(angle)}-{seed}-{number}",
        title=f"{topic}: {angle}",
        subtitle=f"{chance.choice(_MIDDLES)} and more",
        description="\n\n".join(_paragraph(topic, chance) for _ in range(3)),
        language="en-US",
        audience="Everybody who tries out this site.",
        level=chance.choice(_LEVELS),
        delivery="self_study",
        what_changed="First version.",
        notice="Invented text for trying out and measuring this site; it teaches nothing.",
        subjects=subjects,
        awarded=AwardedHours("Nobody", opened, "Invented hours of an invented course."),
        objectives=objectives,
        people=(PersonFacts("author", chance.choice(_AUTHORS), "", "Does not exist.", "Nothing."),),
        references=(ReferenceFacts("none", "There is no source: the text is invented."),),
        glossary=(TermFacts("control", "control", "A specimen whose value is known."),),
        pages=pages,
        figures=(),
        questions=_questions(topic, objectives, chance),
        test=TestFacts(questions=ASKED, pass_mark=PASS_MARK, attempts=None, wait_hours=0),
        proposals=Proposals(
            is_free=chance.random() < 0.05,
            availability="open",
            approvals=(
                ApprovalProposal(
                    accreditor="demonstration",
                    number=f"DEMO-{code}",
                    hours=hours,
                    valid_from=opened,
                    valid_through=as_of + timedelta(days=730),
                ),
            ),
        ),
    )


def _subjects(area: str, chance: Random) -> tuple[SubjectFacts, ...]:
    hours = Decimal(chance.choice((2, 2, 3, 4, 4, 6, 8))) / 4
    other = chance.choice(("quality", "safety_lab", "management", "other_lab"))
    if hours < 1 or other == area or chance.random() < 0.6:
        return (SubjectFacts(area, hours),)
    return (SubjectFacts(area, hours - Decimal("0.25")), SubjectFacts(other, Decimal("0.25")))


def _page(number: int, topic: str, chance: Random) -> PageFacts:
    texts = [_paragraph(topic, chance) for _ in range(6)]
    texts.insert(2, f"## {chance.choice(_MIDDLES).capitalize()}")
    texts.append(f"::: question page-{number}\n:::")
    source = "\n\n".join(texts) + "\n"
    read = markdown.read_page(source)
    return PageFacts(
        slug=f"page-{number}",
        title=f"{topic}, part {number + 1}",
        is_preview=number == 0,
        source=source,
        blocks=tuple(read.blocks),
        links=tuple(read.links),
        headings=tuple(read.headings),
        words=read.words,
    )


def _paragraph(topic: str, chance: Random) -> str:
    return " ".join(_sentence(topic, chance) for _ in range(4))


def _sentence(topic: str, chance: Random) -> str:
    about = f" in {topic.lower()}" if chance.random() < 0.3 else ""
    return f"{chance.choice(_OPENINGS)} {chance.choice(_MIDDLES)}{about} {chance.choice(_ENDS)}."


def _questions(
    topic: str, objectives: tuple[ObjectiveFacts, ...], chance: Random
) -> tuple[QuestionFacts, ...]:
    """One question on each page, and the bank of the test."""
    return tuple(
        QuestionFacts(
            key=f"page-{number}" if number < PAGES else f"test-{number - PAGES}",
            use="page" if number < PAGES else "test",
            page_slug=f"page-{number}" if number < PAGES else None,
            kind="single_choice",
            stem=f"What matters most in {topic.lower()}?",
            objective_keys=(objectives[number % len(objectives)].key,),
            reference_keys=("none",),
            spec={"options": _options(chance)},
            position=number,
        )
        for number in range(PAGES + BANK)
    )


def _options(chance: Random) -> list[dict[str, object]]:
    texts = chance.sample(_MIDDLES, 3)
    return [
        {"text": text, "reason": f"{chance.choice(_ENDS)}.", "right": place == 0}
        for place, text in enumerate(texts)
    ]


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
