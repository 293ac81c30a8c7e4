"""Saves while learning: the bookmark, the ticks, the answers in pages.

These are not deeds: no audit row. Every save takes the next number of the enrollment's own count,
so the server decides what is newest; sending a save twice stores it once.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from aliquot.assessment import queries as assessment
from aliquot.assessment.errors import AnswerError
from aliquot.catalog.models import Page
from aliquot.learning import queries, rules
from aliquot.learning.errors import EnrollmentNotFoundError
from aliquot.learning.facts import Place, SavedAnswer, SavedPlace
from aliquot.learning.models import Bookmark, Enrollment, PageAnswer, PageVisit
from aliquot.learning.services import places


@transaction.atomic
def save_bookmark(
    *,
    enrollment: Enrollment,
    page: Page,
    anchor: str,
    now: datetime,
    base_sequence: int | None,
) -> SavedPlace:
    """Keep the place to resume, and that the page was opened.

    ``base_sequence`` is the number this device knew. When another device saved since, nothing is
    overwritten: the answer is that device's place. None: the person moved here just now; that
    wins. Two statements, one more when the page is new.
    """
    if page.version_id != enrollment.version_id:
        raise EnrollmentNotFoundError
    taken = _take(enrollment, page)
    anchor = anchor if any(block["anchor"] == anchor for block in page.blocks) else ""
    # The row is locked by now: what is stored of the bookmark is what the last save left.
    is_kept = places.put_bookmark(
        enrollment,
        page_id=page.pk,
        anchor=anchor,
        sequence=taken.sequence,
        newest=rules.wins_over(base_sequence),
        now=now,
    )
    if not is_kept:
        stored = Bookmark.objects.select_related("page").get(enrollment=enrollment)
        is_same = stored.page_id == page.pk and stored.anchor == anchor
        transaction.set_rollback(True)  # the number was not used
        return SavedPlace(is_accepted=is_same, place=queries.place_of(stored))
    if not taken.is_visited:
        _mark_opened(enrollment, [page], now)
    return SavedPlace(
        is_accepted=True, place=Place(page.slug, page.title, anchor, taken.sequence, now)
    )


@transaction.atomic
def finish_page(*, enrollment: Enrollment, page: Page, now: datetime) -> Page | None:
    """Tick a page and go on to the next one, which counts as opened; None after the last.

    The bookmark moves: the person turned the page on this device just now.
    """
    locked = _lock(enrollment)
    following = _neighbor(locked, page, forward=True)
    _mark_opened(locked, [page] if following is None else [page, following], now)
    PageVisit.objects.filter(enrollment=locked, page=page, finished_at=None).update(finished_at=now)
    _move(locked, following or page, "", now)
    return following


@transaction.atomic
def turn_back(*, enrollment: Enrollment, page: Page, now: datetime) -> Page:
    """Go back to the page before (the first page stays); ticks and furthest point remain."""
    locked = _lock(enrollment)
    before = _neighbor(locked, page, forward=False) or page
    _mark_opened(locked, [page, before], now)
    _move(locked, before, "", now)
    return before


@transaction.atomic
def save_page_answer(
    *,
    enrollment: Enrollment,
    question_key: str,
    raw: object,
    now: datetime,
    base_sequence: int | None,
) -> SavedAnswer:
    """Grade and keep the answer to an in-page question.

    ``raw`` is JSON or a ``FormAnswer``. ``base_sequence`` as for a bookmark: a newer answer from
    another device stays, unless the person pressed "Check" here just now (None). Two
    statements. Raises AnswerError when it is no answer to this question, EnrollmentNotFoundError
    for a question that is not in the pages of this version: those of the test are never answered
    here.
    """
    question = assessment.page_questions(enrollment.version_id).get(question_key)
    if question is None:
        raise EnrollmentNotFoundError
    answer = assessment.read_page_answer(question, raw)
    if not assessment.is_page_answer_complete(question, answer):
        raise AnswerError("Answer the question, then check.")
    taken = _take(enrollment)
    row = PageAnswer(
        enrollment_id=enrollment.pk,
        question_id=question.pk,
        answer=answer,
        is_right=assessment.page_feedback(question, answer).is_right,
        sequence=taken.sequence,
        saved_at=now,
    )
    # The row of the enrollment is locked by now, as for a bookmark.
    if not places.put_answer(row, newest=rules.wins_over(base_sequence)):
        stored = PageAnswer.objects.get(enrollment=enrollment, question=question)
        transaction.set_rollback(True)  # the number was not used
        return _answer_facts(stored, question_key, is_accepted=stored.answer == answer)
    return _answer_facts(row, question_key, is_accepted=True)


def _answer_facts(row: PageAnswer, question_key: str, *, is_accepted: bool) -> SavedAnswer:
    return SavedAnswer(
        is_accepted=is_accepted,
        question_key=question_key,
        answer=row.answer,
        is_right=row.is_right,
        sequence=row.sequence,
        saved_at=row.saved_at,
    )


def _lock(enrollment: Enrollment) -> Enrollment:
    """Lock the enrollment. What hangs on it is read by later statements.

    PostgreSQL reads a row afresh after waiting for its lock, but not the rows joined to it.
    """
    return Enrollment.objects.select_for_update().get(pk=enrollment.pk)


def _take(enrollment: Enrollment, page: Page | None = None) -> places.Taken:
    """The next number; raises EnrollmentNotFoundError when the enrollment is gone."""
    taken = (
        places.take_number(enrollment)
        if page is None
        else places.take_number(enrollment, page_id=page.pk, position=page.position)
    )
    if taken is None:
        raise EnrollmentNotFoundError
    return taken


def _neighbor(enrollment: Enrollment, page: Page, *, forward: bool) -> Page | None:
    if page.version_id != enrollment.version_id:
        raise EnrollmentNotFoundError
    pages = Page.objects.filter(version=enrollment.version_id).defer("source", "blocks")
    if forward:
        return pages.filter(position__gt=page.position).order_by("position").first()
    return pages.filter(position__lt=page.position).order_by("-position").first()


def _mark_opened(enrollment: Enrollment, pages: Sequence[Page], now: datetime) -> None:
    PageVisit.objects.bulk_create(
        [PageVisit(enrollment=enrollment, page=page, opened_at=now) for page in pages],
        ignore_conflicts=True,
    )


def _next_sequence(enrollment: Enrollment, *, position: int = 0) -> int:
    """Take the next number; the furthest point rises with it, if at all."""
    enrollment.sequence += 1
    enrollment.furthest_position = rules.furthest(
        stored=enrollment.furthest_position, position=position
    )
    enrollment.save(update_fields=["sequence", "furthest_position"])
    return enrollment.sequence


def _move(enrollment: Enrollment, page: Page, anchor: str, now: datetime) -> SavedPlace:
    row = Bookmark(
        enrollment=enrollment,
        page=page,
        anchor=anchor,
        sequence=_next_sequence(enrollment, position=page.position),
        saved_at=now,
    )
    Bookmark.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["enrollment"],
        update_fields=["page", "anchor", "sequence", "saved_at"],
    )
    return SavedPlace(is_accepted=True, place=queries.place_of(row))
