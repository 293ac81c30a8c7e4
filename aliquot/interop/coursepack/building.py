"""Facts out of parsed files. What a schema refused becomes an empty value, so that the rest of
the course can still be judged; such a course is never published.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from aliquot.assessment.facts import QuestionFacts
from aliquot.catalog.facts import (
    ApprovalProposal,
    AwardedHours,
    CoursePack,
    FigureFacts,
    ObjectiveFacts,
    PageFacts,
    PersonFacts,
    Proposals,
    ReferenceFacts,
    SubjectFacts,
    TermFacts,
    TestFacts,
)
from aliquot.interop.coursepack.sources import FigureSource, PageSource, Source
from aliquot.lib.markdown import count_words, plain_text

# What every question has; all else is its kind's.
_COMMON = {"id", "use", "kind", "objectives", "stem", "figure", "references"}


def build(
    data: dict[str, Any],
    pages: Mapping[str, PageSource],
    figures: Mapping[str, FigureSource],
    questions: Mapping[str, tuple[Source, int]],
) -> CoursePack[QuestionFacts]:
    """The course that the files state."""
    captions = {
        key: count_words(plain_text(_text(_of(f), "caption"))) for key, f in figures.items()
    }
    page_facts = tuple(
        _page(name, pages[name], captions) for name in _words(data, "pages") if name in pages
    )
    test = _mapping(data, "test")
    hours = _mapping(data, "hours")
    return CoursePack(
        format=1,
        code=_text(data, "code"),
        slug=_text(data, "slug"),
        title=_text(data, "title"),
        subtitle=_text(data, "subtitle"),
        description=_text(data, "description"),
        language=_text(data, "language"),
        audience=_text(data, "audience"),
        level=_text(data, "level"),
        delivery=_text(data, "delivery"),
        what_changed=_text(data, "what_changed"),
        notice=_text(data, "notice"),
        subjects=tuple(
            SubjectFacts(_text(each, "area"), _decimal(each, "hours"))
            for each in _list(data, "subjects")
        ),
        awarded=AwardedHours(
            _text(hours, "by"), _date(hours, "on") or date.min, _text(hours, "reason")
        ),
        objectives=tuple(
            ObjectiveFacts(_text(each, "id"), _text(each, "text"))
            for each in _list(data, "objectives")
        ),
        people=tuple(_person(each) for each in _list(data, "people")),
        references=tuple(
            ReferenceFacts(_text(each, "id"), _text(each, "text"), _text(each, "url"))
            for each in _list(data, "references")
        ),
        glossary=tuple(
            TermFacts(_text(each, "id"), _text(each, "term"), _text(each, "definition"))
            for each in _list(data, "glossary")
        ),
        pages=page_facts,
        figures=tuple(_figure(key, figures[key]) for key in sorted(figures)),
        questions=_questions(questions, page_facts),
        test=TestFacts(
            questions=_number(test, "questions") or 0,
            pass_mark=_decimal(test, "pass_mark"),
            attempts=_number(test, "attempts"),
            wait_hours=_number(test, "wait_hours") or 0,
        ),
        proposals=_proposals(_mapping(data, "proposals")),
    )


def _person(data: dict[str, Any]) -> PersonFacts:
    return PersonFacts(
        role=_text(data, "role"),
        name=_text(data, "name"),
        credentials=_text(data, "credentials"),
        biography=_text(data, "biography"),
        disclosure=_text(data, "disclosure"),
    )


def _page(slug: str, page: PageSource, captions: Mapping[str, int]) -> PageFacts:
    data = _of(page)
    study = _mapping(data, "study")
    shown = sum(captions.get(link.key, 0) for link in page.text.links if link.scheme == "figure")
    return PageFacts(
        slug=slug,
        title=_text(data, "title"),
        is_preview=data.get("preview") is True,
        source=page.body,
        blocks=tuple(page.text.blocks),
        links=tuple(page.text.links),
        headings=tuple(page.text.headings),
        words=page.text.words + shown,
        study_minutes=_decimal(study, "minutes"),
        study_reason=_text(study, "reason"),
    )


def _figure(key: str, figure: FigureSource) -> FigureFacts:
    data = _of(figure)
    return FigureFacts(
        key=key,
        file_name=figure.image.removeprefix("figures/"),
        media_type=figure.media_type,
        sha256=figure.sha256,
        width=figure.width,
        height=figure.height,
        title=_text(data, "title"),
        caption=" ".join(_text(data, "caption").split()),
        alt=_text(data, "alt"),
        description=_text(data, "description"),
        credit=_text(data, "credit"),
        license=_text(data, "license"),
        source=_text(data, "source"),
        stain=_text(data, "stain"),
        magnification=_text(data, "magnification"),
        content=figure.content,
    )


def _questions(
    questions: Mapping[str, tuple[Source, int]], pages: tuple[PageFacts, ...]
) -> tuple[QuestionFacts, ...]:
    """In-page questions in the order of the pages, then the others in the order of the files."""
    placed = {key: page.slug for page in reversed(pages) for key in page.question_keys}
    order = {key: n for n, key in enumerate(key for page in pages for key in page.question_keys)}
    last = len(order)
    keys = sorted(questions, key=lambda key: order.get(key, last))
    return tuple(
        _question(key, questions[key][0].data[questions[key][1]], placed.get(key), position)
        for position, key in enumerate(keys)
    )


def _question(
    key: str, data: dict[str, Any], page_slug: str | None, position: int
) -> QuestionFacts:
    use = _text(data, "use")
    return QuestionFacts(
        key=key,
        use="page" if use == "page" else "test",
        page_slug=page_slug if use == "page" else None,
        kind=_text(data, "kind"),
        stem=_text(data, "stem"),
        figure_key=_text(data, "figure"),
        objective_keys=tuple(_words(data, "objectives")),
        reference_keys=tuple(_words(data, "references")),
        spec={name: value for name, value in data.items() if name not in _COMMON},
        position=position,
    )


def _proposals(data: dict[str, Any]) -> Proposals:
    return Proposals(
        is_free=data.get("free") is True,
        availability=_text(data, "availability") or "hidden",
        review_by=_date(data, "review_by"),
        approvals=tuple(
            ApprovalProposal(
                accreditor=_text(each, "accreditor"),
                number=_text(each, "number"),
                hours=_decimal(each, "hours"),
                valid_from=_date(each, "valid_from") or date.min,
                valid_through=_date(each, "valid_through") or date.min,
            )
            for each in _list(data, "approvals")
        ),
    )


def _of(source: Source) -> dict[str, Any]:
    return source.data if isinstance(source.data, dict) else {}


def _mapping(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _list(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = data.get(name)
    # An entry that is no mapping keeps its place, so that the others keep their numbers.
    return [each if isinstance(each, dict) else {} for each in _sequence(value)]


def _words(data: dict[str, Any], name: str) -> list[str]:
    return [each for each in _sequence(data.get(name)) if isinstance(each, str)]


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _number(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _decimal(data: dict[str, Any], name: str) -> Decimal:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return Decimal(0)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Decimal(0)
    # Beyond these bounds the schema has refused it; arithmetic must not fail on it.
    return number if number.is_finite() and abs(number) < 100_000 else Decimal(0)


def _date(data: dict[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(_text(data, name))
    except ValueError:
        return None
