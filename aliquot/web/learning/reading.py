"""What one page of a course shows: blocks, figures, questions, terms, references, the outline."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import mark_safe

from aliquot.assessment import queries as assessment
from aliquot.assessment.facts import Graded, PublicFigure, PublicQuestion
from aliquot.assessment.models import Question
from aliquot.catalog.models import Figure, Page
from aliquot.catalog.queries import current_provider, held_outline
from aliquot.learning import queries
from aliquot.learning.facts import PageState, Place, Progress, SavedAnswer
from aliquot.learning.models import Enrollment

ANSWER_FIELD = "answer"


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """An in-page question as the page shows it now."""

    question: PublicQuestion
    prefix: str
    anchor: str
    answer_url: str
    answer: Any = None
    sequence: int = 0
    feedback: Graded | None = None
    figure_description: str = ""
    error: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownBlock:
    """One block of a page, ready for the template."""

    anchor: str
    kind: str
    html: str = ""  # safe: sanitized when the version was published
    figure: Figure | None = None
    figure_url: str = ""
    number: int = 0
    asked: AskedQuestion | None = None


@dataclass(frozen=True)
class OutlineItem:
    """A line of the contents column."""

    label: str
    url: str
    state: str
    minutes: int | None = None


def shown_blocks(
    enrollment: Enrollment, page: Page, *, error: tuple[str, str] = ("", ""), again: str = ""
) -> list[ShownBlock]:
    """The blocks of a page. ``error`` is (question key, message); ``again`` opens one question.

    The HTML was sanitized when the version was published; text between figures and questions is
    one block, whose elements carry the anchors.
    """
    figures = {figure.key: figure for figure in enrollment.version.figures.all()}
    asked = _asked_questions(enrollment, page, error=error, again=again)
    shown: list[ShownBlock] = []
    number = 0
    for block in page.blocks:
        anchor, kind, key = block["anchor"], block["kind"], block.get("key", "")
        if kind == "figure" and key in figures:
            number += 1
            url = _figure_url(enrollment, key)
            shown.append(
                ShownBlock(
                    anchor=anchor, kind=kind, figure=figures[key], figure_url=url, number=number
                )
            )
        elif kind == "question" and key in asked:
            shown.append(ShownBlock(anchor=anchor, kind=kind, asked=asked[key]))
        elif kind == "html":
            if not shown or shown[-1].kind != "html":
                shown.append(ShownBlock(anchor=anchor, kind=kind))
            html = f"{shown[-1].html}{block['html']}\n"
            shown[-1] = replace(shown[-1], html=mark_safe(html))  # noqa: S308
    return shown


def question_of(enrollment: Enrollment, key: str) -> Question:
    """An in-page question of the enrollment's version."""
    return assessment.page_questions(enrollment.version_id)[key]


def answered_question(
    enrollment: Enrollment, page: Page, question: Question, saved: SavedAnswer, *, note: str
) -> AskedQuestion:
    """One question with the answer that was just saved, for the reply to it."""
    return _asked(
        enrollment, page, question, answer=saved.answer, sequence=saved.sequence, note=note
    )


def _asked_questions(
    enrollment: Enrollment, page: Page, *, error: tuple[str, str], again: str
) -> dict[str, AskedQuestion]:
    answers = queries.answers_on(enrollment, page)
    found = {}
    for key, question in assessment.page_questions(enrollment.version_id, page.pk).items():
        stored = answers.get(key)
        found[key] = _asked(
            enrollment,
            page,
            question,
            answer=None if stored is None else stored.answer,
            sequence=0 if stored is None else stored.sequence,
            is_open=stored is None or key in {again, error[0]},
            error=error[1] if key == error[0] else "",
        )
    return found


def _asked(
    enrollment: Enrollment,
    page: Page,
    question: Question,
    *,
    answer: Any,
    sequence: int,
    is_open: bool = False,
    error: str = "",
    note: str = "",
) -> AskedQuestion:
    figures = {figure.key: figure for figure in enrollment.version.figures.all()}
    figure = figures.get(question.figure_key)
    return AskedQuestion(
        question=assessment.page_question(question, _public_figures(enrollment, figure)),
        prefix=f"{ANSWER_FIELD}-{question.key}",
        anchor=f"question-{question.key}",
        answer_url=reverse("learning:answer", args=[enrollment.pk, page.slug, question.key]),
        answer=answer,
        sequence=sequence,
        feedback=None if is_open else assessment.page_feedback(question, answer),
        figure_description="" if is_open or figure is None else figure.description,
        error=error,
        note=note,
    )


def _public_figures(enrollment: Enrollment, figure: Figure | None) -> dict[str, PublicFigure]:
    if figure is None:
        return {}
    return {
        figure.key: PublicFigure(
            key=figure.key,
            course_slug=enrollment.course.slug,
            version_number=enrollment.version.number,
            alt=figure.alt,
            caption=figure.caption,
            credit=figure.credit,
            width=figure.width,
            height=figure.height,
        )
    }


def _figure_url(enrollment: Enrollment, key: str) -> str:
    return reverse(
        "catalog:figure",
        kwargs={"slug": enrollment.course.slug, "version": enrollment.version.number, "key": key},
    )


def outline_groups(
    enrollment: Enrollment, progress: Progress, *, current: str
) -> list[dict[str, Any]]:
    """The contents column. ``current`` is a page's slug, "test", "evaluation" or "finished"."""
    pages = [
        OutlineItem(
            label=page.title,
            url=reverse("learning:player", args=[enrollment.pk, page.slug]),
            state=_state(is_current=page.slug == current, is_done=page.is_finished, is_open=True),
        )
        for page in progress.pages
    ]
    version = enrollment.version
    mark = f"{version.pass_mark.normalize():f}%"
    steps = [
        ("test", f"{version.test_questions} questions · {mark} to pass",
         progress.is_passed, queries.test_is_open(progress)),
        ("evaluation", "Course evaluation", progress.is_completed, progress.is_passed),
        ("finished", "Certificate", progress.is_completed, progress.is_completed),
    ]  # fmt: skip
    assessment_items = [
        OutlineItem(
            label=label,
            url=reverse(f"learning:{name}", args=[enrollment.pk]),
            state=_state(is_current=name == current, is_done=is_done, is_open=is_open),
        )
        for name, label, is_done, is_open in steps
    ]
    return [
        {"title": "Pages", "items": pages},
        {"title": "Test and certificate", "items": assessment_items},
    ]


def _state(*, is_current: bool, is_done: bool, is_open: bool) -> str:
    if is_current:
        return "current"
    if is_done:
        return "done"
    return "open" if is_open else "locked"


def frame(enrollment: Enrollment, progress: Progress, *, current: str) -> dict[str, Any]:
    """What the player's frame needs on every step: header, outline, progress, minutes left."""
    left = queries.minutes_left(progress)
    return {
        "section": "learning",
        "enrollment": enrollment,
        "course": enrollment.course,
        "version": enrollment.version,
        "area": held_outline(enrollment.version_id).area,
        "progress": progress,
        "share": queries.share_done(progress),
        "minutes_left": left,
        "minutes_note": minutes_words(left),
        "outline": outline_groups(enrollment, progress, current=current),
    }


def minutes_words(minutes: int) -> str:
    """Say "About 35 minutes left", and nothing when nothing is left."""
    if not minutes:
        return ""
    return f"About {minutes} minute{'' if minutes == 1 else 's'} left"


def neighbors(progress: Progress, slug: str) -> dict[str, Any]:
    """The pages before and after, and which one of how many this is."""
    pages = progress.pages
    here = next(number for number, page in enumerate(pages) if page.slug == slug)
    before: PageState | None = pages[here - 1] if here else None
    after: PageState | None = pages[here + 1] if here + 1 < len(pages) else None
    return {"before": before, "after": after, "number": here + 1, "count": len(pages)}


def report_address(enrollment: Enrollment, page: Page) -> str:
    """A mail to the provider that already says which page of which version is meant."""
    provider = current_provider()
    if provider is None:
        return ""
    subject = f"{enrollment.course.code} version {enrollment.version.number}: {page.title}"
    return f"mailto:{quote(provider.contact_email, safe='@')}?subject={quote(subject)}"


def place_url(enrollment: Enrollment, place: Place) -> str:
    """The address of a bookmark: page and anchor."""
    url = reverse("learning:player", args=[enrollment.pk, place.page_slug])
    return f"{url}#{place.anchor}" if place.anchor else url
