"""What is wrong with a course as a whole: errors stop publishing, warnings do not."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from aliquot.catalog.facts import AskedQuestion, CoursePack, HoursSettings, PageFacts, Problem
from aliquot.catalog.rules.approvals import approval_refusal
from aliquot.catalog.rules.hours import determine_hours, hours_inputs
from aliquot.lib.decimals import shortest

MOST_HOURS = 1000
# What nobody can observe, so that no question can assess it.
VAGUE_VERBS = (
    "understand", "know", "learn", "appreciate", "be aware", "become aware", "be familiar",
    "become familiar", "be able", "grasp", "realize", "comprehend", "believe", "think about",
)  # fmt: skip
_LINK_TARGETS = {
    "term": "glossary term",
    "ref": "reference",
    "page": "page",
    "figure": "figure",
    "question": "question",
}


def problems_of[Question: AskedQuestion](
    pack: CoursePack[Question],
    *,
    areas: Collection[str],
    settings: HoursSettings,
    incomplete: Collection[str] = (),
) -> list[Problem]:
    """Every problem of the course as a whole. ``areas`` is the closed list of subject areas.

    ``incomplete`` names the parts (``pages``, ``figures``, ``questions``) of which something could
    not be read: what can only be judged by the whole part is then left unsaid.
    """
    return [
        *_repeated(pack),
        *_objective_problems(pack, incomplete),
        *_people_problems(pack),
        *_page_problems(pack, incomplete),
        *_figure_problems(pack, incomplete),
        *_question_problems(pack, incomplete),
        *_subject_problems(pack, areas),
        *_hours_problems(pack, settings, incomplete),
        *_test_problems(pack, incomplete),
        *_approval_problems(pack),
    ]


def _listed(words: Iterable[str]) -> str:
    shown = sorted(words)
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "") if shown else "none"


def _repeated[Question: AskedQuestion](pack: CoursePack[Question]) -> Iterator[Problem]:
    lists: dict[str, tuple[str, Sequence[str]]] = {
        "objectives": ("id", [each.key for each in pack.objectives]),
        "references": ("id", [each.key for each in pack.references]),
        "glossary": ("id", [each.key for each in pack.glossary]),
        "subjects": ("area", [each.area for each in pack.subjects]),
    }
    for name, (field, keys) in lists.items():
        seen: set[str] = set()
        for index, key in enumerate(keys):
            if key in seen:
                yield Problem(
                    ("course", name, index, field), f"{key!r} stands twice; accepted: once"
                )
            seen.add(key)


def _objective_problems[Question: AskedQuestion](
    pack: CoursePack[Question], incomplete: Collection[str]
) -> Iterator[Problem]:
    assessed = {key for question in pack.questions for key in question.objective_keys}
    tested = {
        key
        for question in pack.questions
        if question.use == "test"
        for key in question.objective_keys
    }
    for index, objective in enumerate(pack.objectives):
        place = ("course", "objectives", index)
        if "questions" in incomplete:
            pass
        elif objective.key not in assessed:
            yield Problem(
                place,
                f"objective {objective.key!r} is assessed by no question; accepted: at least one "
                "question that names it",
            )
        elif objective.key not in tested:
            yield Problem(
                place,
                f"objective {objective.key!r} is assessed in pages only, not in the test",
                True,
            )
        if objective.text.lower().startswith(VAGUE_VERBS):
            yield Problem(
                (*place, "text"),
                f"begins with {objective.text.split()[0]!r}, which nobody can observe; better: an "
                "action verb such as choose, calculate, classify, explain",
                True,
            )


def _people_problems[Question: AskedQuestion](pack: CoursePack[Question]) -> Iterator[Problem]:
    if not any(person.role == "author" for person in pack.people):
        yield Problem(
            ("course", "people"), "no author; accepted: at least one person of role author"
        )


def _page_problems[Question: AskedQuestion](
    pack: CoursePack[Question], incomplete: Collection[str]
) -> Iterator[Problem]:
    if "pages" not in incomplete and not any(page.is_preview for page in pack.pages):
        yield Problem(
            ("course", "pages"),
            "no page can be read before starting; better: preview: true in one of them",
            True,
        )
    targets: dict[str, set[str]] = {
        "term": {each.key for each in pack.glossary},
        "ref": {each.key for each in pack.references},
        "page": {each.slug for each in pack.pages},
        "figure": {each.key for each in pack.figures},
        "question": {each.key for each in pack.questions},
    }
    targets = {name: keys for name, keys in targets.items() if f"{name}s" not in incomplete}
    test_bank = {each.key for each in pack.questions if each.use == "test"}
    placed: dict[str, str] = {}
    for page in pack.pages:
        yield from _link_problems(page, targets)
        yield from _placement_problems(page, test_bank, placed)


def _link_problems(page: PageFacts, targets: dict[str, set[str]]) -> Iterator[Problem]:
    for link in page.links:
        if link.key not in targets.get(link.scheme, {link.key}):
            yield Problem(
                ("page", page.slug, link.line),
                f"{_LINK_TARGETS[link.scheme]} {link.key!r} does not exist; accepted: "
                f"{_listed(targets[link.scheme])}",
            )


def _placement_problems(
    page: PageFacts, test_bank: set[str], placed: dict[str, str]
) -> Iterator[Problem]:
    for link in page.links:
        if link.scheme != "question":
            continue
        place = ("page", page.slug, link.line)
        if link.key in test_bank:
            yield Problem(
                place, f"question {link.key!r} belongs to the test; accepted: one with use: page"
            )
        if link.key in placed:
            yield Problem(
                place, f"question {link.key!r} already stands on page {placed[link.key]!r}"
            )
        placed.setdefault(link.key, page.slug)


def _figure_problems[Question: AskedQuestion](
    pack: CoursePack[Question], incomplete: Collection[str]
) -> Iterator[Problem]:
    if {"pages", "questions"} & set(incomplete):
        return
    used = {question.figure_key for question in pack.questions}
    used |= {link.key for page in pack.pages for link in page.links if link.scheme == "figure"}
    for figure in pack.figures:
        if figure.key not in used:
            yield Problem(("figure", figure.key), "is used nowhere; it is left out", True)


def _question_problems[Question: AskedQuestion](
    pack: CoursePack[Question], incomplete: Collection[str]
) -> Iterator[Problem]:
    objectives = {each.key for each in pack.objectives}
    references = {each.key for each in pack.references}
    figures = {each.key for each in pack.figures}
    placed = {key for page in pack.pages for key in page.question_keys}
    for question in pack.questions:
        place = ("question", question.key)
        for index, key in enumerate(question.objective_keys):
            if key not in objectives:
                yield Problem(
                    (*place, "objectives", index),
                    f"objective {key!r} does not exist; accepted: {_listed(objectives)}",
                )
        for index, key in enumerate(question.reference_keys):
            if key not in references:
                yield Problem(
                    (*place, "references", index),
                    f"reference {key!r} does not exist; accepted: {_listed(references)}",
                )
        is_missing = question.figure_key and question.figure_key not in figures
        if is_missing and "figures" not in incomplete:
            yield Problem(
                (*place, "figure"),
                f"figure {question.figure_key!r} does not exist; accepted: {_listed(figures)}",
            )
        is_unplaced = question.use == "page" and question.key not in placed
        if is_unplaced and "pages" not in incomplete:
            yield Problem(place, "stands on no page; it is left out", True)


def _subject_problems[Question: AskedQuestion](
    pack: CoursePack[Question], areas: Collection[str]
) -> Iterator[Problem]:
    for index, subject in enumerate(pack.subjects):
        if subject.area not in areas:
            yield Problem(
                ("course", "subjects", index, "area"),
                f"subject area {subject.area!r} does not exist; accepted: {', '.join(areas)}",
            )


def _hours_problems[Question: AskedQuestion](
    pack: CoursePack[Question], settings: HoursSettings, incomplete: Collection[str]
) -> Iterator[Problem]:
    determined = determine_hours(hours_inputs(pack), settings)
    awarded = pack.contact_hours
    place = ("course", "subjects")
    if awarded % settings.rounding_step:
        yield Problem(
            place,
            f"the hours add up to {shortest(awarded)}; accepted: a multiple of "
            f"{shortest(settings.rounding_step)}",
        )
    if awarded > MOST_HOURS:
        yield Problem(place, f"{shortest(awarded)} contact hours; accepted: up to {MOST_HOURS}")
    exceeds = awarded > determined.hours and "pages" not in incomplete
    if exceeds and not pack.awarded.reason:
        yield Problem(
            place,
            f"{shortest(awarded)} contact hours are awarded, but {shortest(determined.hours)} are "
            f"computed from {shortest(determined.minutes)} minutes; accepted: at most "
            f"{shortest(determined.hours)}, or a reason in hours.reason",
        )
    if awarded <= determined.hours and pack.awarded.reason and "pages" not in incomplete:
        yield Problem(
            ("course", "hours", "reason"),
            "a reason is needed only where more hours are awarded than computed",
            True,
        )
    if awarded < settings.minimum_hours:
        yield Problem(
            place,
            f"{shortest(awarded)} contact hours: some states award nothing below "
            f"{shortest(settings.minimum_hours)}",
            True,
        )


def _test_problems[Question: AskedQuestion](
    pack: CoursePack[Question], incomplete: Collection[str]
) -> Iterator[Problem]:
    bank = Counter(question.use for question in pack.questions)["test"]
    if pack.test.questions > bank and "questions" not in incomplete:
        yield Problem(
            ("course", "test", "questions"),
            f"{pack.test.questions} questions are drawn from a bank of {bank}; accepted: at most "
            f"{bank}",
        )
    if not Decimal(0) < pack.test.pass_mark <= Decimal(100):
        yield Problem(
            ("course", "test", "pass_mark"),
            f"{shortest(pack.test.pass_mark)}; accepted: percent, above 0 and up to 100",
        )


def _approval_problems[Question: AskedQuestion](pack: CoursePack[Question]) -> Iterator[Problem]:
    has_reviewer = any(person.role == "reviewer" for person in pack.people)
    for index, approval in enumerate(pack.proposals.approvals):
        refusal = approval_refusal(approval, has_reviewer=has_reviewer)
        if refusal:
            yield Problem(("course", "proposals", "approvals", index), refusal)
