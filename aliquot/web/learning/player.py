"""The player: read a page, turn it, save the place, answer a question. GET changes nothing."""

import json
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from aliquot.assessment.errors import AnswerError
from aliquot.assessment.facts import form_answer
from aliquot.catalog.models import Course, Page
from aliquot.catalog.queries.mentions import references_on, terms_on
from aliquot.commerce.queries import shop_settings
from aliquot.flows.start_course import start_course
from aliquot.infra import clock
from aliquot.learning import access, queries, services
from aliquot.learning.errors import CourseNotOpenError, CreditIntervalError
from aliquot.learning.facts import Progress, SavedAnswer
from aliquot.learning.models import Enrollment
from aliquot.lib.errors import AliquotError
from aliquot.web.learning import reading
from aliquot.web.learning.own import own_enrollment, pass_for, saved_with_pass
from aliquot.web.own import reader, render_in_zone

LARGEST_BODY = 64 * 1024
TEXT_SIZES = {"normal": "Normal text", "large": "Large text", "largest": "Largest text"}


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a course and open it at once; why not is said on the course's page."""
    course_url = reverse("catalog:course", args=[slug])
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={quote(course_url)}")
    course = Course.objects.filter(slug=slug).first()
    try:
        if course is None:
            return redirect(course_url)
        enrollment = start_course(person=reader(request), course=course, now=clock.now())
    except (CourseNotOpenError, CreditIntervalError) as refusal:
        messages.error(request, refusal.message)
        return redirect(course_url)
    return redirect("learning:resume", enrollment.pk)


@require_safe
@own_enrollment
def resume(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """To the exact place; or, when the test is passed, to what is left to do."""
    if enrollment.completed_at is not None:
        return redirect("learning:finished", enrollment.pk)
    if queries.is_passed(enrollment):
        return redirect("learning:evaluation", enrollment.pk)
    place = queries.bookmark_of(enrollment)
    if place is not None:
        return redirect(reading.place_url(enrollment, place))
    first = next(iter(enrollment.version.pages.all()))
    return redirect("learning:player", enrollment.pk, first.slug)


@require_safe
@own_enrollment
def player(request: HttpRequest, enrollment: Enrollment, page_slug: str) -> HttpResponse:
    """One page of a course, to read."""
    return _page(request, enrollment, access.page_for(enrollment, page_slug))


def _page(
    request: HttpRequest,
    enrollment: Enrollment,
    page: Page,
    *,
    error: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HttpResponse:
    opening = access.continuing_for(enrollment, clock.now())
    if not opening.may:
        context = {"section": "learning", "enrollment": enrollment, "reason": opening.reason}
        return render_in_zone(request, "web/learning/closed.html", context, status=403)
    progress = queries.progress_of(enrollment)
    context = {
        **reading.frame(enrollment, progress, current=page.slug),
        **reading.neighbors(progress, page.slug),
        "page": page,
        "text_sizes": tuple(TEXT_SIZES.items()),
        "text_size": _text_size(request),
        "error_key": error[0],
        "last_label": _after_last(progress),
        "place": queries.bookmark_of(enrollment),
        "blocks": reading.shown_blocks(
            enrollment, page, error=error, again=request.GET.get("again", "")
        ),
        "terms": terms_on(enrollment.version, page),
        "references": references_on(enrollment.version, page),
        "may_return": enrollment.hours_drawn > 0 and _may_return(enrollment),
        "report_url": reading.report_address(enrollment, page),
        "save_pass": pass_for(request, enrollment),
    }
    return render_in_zone(request, "web/learning/player.html", context, status=status)


def _may_return(enrollment: Enrollment) -> bool:
    """Asked only of courses that drew hours."""
    minutes = shop_settings().give_back_minutes
    return access.returning_for(enrollment, clock.now(), minutes=minutes).may


def _text_size(request: HttpRequest) -> str:
    """What the reader chose on this device; the script keeps it in a cookie."""
    chosen = request.COOKIES.get(settings.TEXT_SIZE_COOKIE_NAME, "")
    return chosen if chosen in TEXT_SIZES else "normal"


def _after_last(progress: Progress) -> str:
    if progress.is_completed:
        return "Your certificate"
    return "The evaluation" if progress.is_passed else "The test"


@require_POST
@own_enrollment
def turn(request: HttpRequest, enrollment: Enrollment, page_slug: str) -> HttpResponse:
    """Turn the page, forward or back: saves, then redirects. Works without script."""
    page = access.page_for(enrollment, page_slug)
    now = clock.now()
    if request.POST.get("to") == "back":
        before = services.turn_back(enrollment=enrollment, page=page, now=now)
        return redirect("learning:player", enrollment.pk, before.slug)
    following = services.finish_page(enrollment=enrollment, page=page, now=now)
    if following is not None:
        return redirect("learning:player", enrollment.pk, following.slug)
    if enrollment.completed_at is not None:
        return redirect("learning:finished", enrollment.pk)
    step = "evaluation" if queries.is_passed(enrollment) else "test"
    return redirect(f"learning:{step}", enrollment.pk)


@require_POST
@own_enrollment
def answer(
    request: HttpRequest, enrollment: Enrollment, page_slug: str, question_key: str
) -> HttpResponse:
    """Check an in-page question without script: save, then back to the question."""
    page = access.page_for(enrollment, page_slug)
    raw = form_answer(request.POST, request.POST.getlist, f"{reading.ANSWER_FIELD}-{question_key}")
    now = clock.now()
    try:
        services.save_page_answer(
            enrollment=enrollment,
            question_key=question_key,
            raw=raw,
            now=now,
            base_sequence=None,
        )
    except AnswerError as refusal:
        return _page(request, enrollment, page, error=(question_key, refusal.message), status=422)
    anchor = f"question-{question_key}"
    services.save_bookmark(
        enrollment=enrollment, page=page, anchor=anchor, now=now, base_sequence=None
    )
    url = reverse("learning:player", args=[enrollment.pk, page.slug])
    return redirect(f"{url}#{anchor}")


# --- saves by script ------------------------------------------------------------------------------


@require_POST
@saved_with_pass
def save(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """One save of the queue (ui/autosave.js): the bookmark, or the answer to one question."""
    try:
        body = _body(request)
        kind, _, key = body["name"].partition(":")
        if kind == "answer":
            return _save_answer(request, enrollment, key, body)
        return _save_bookmark(enrollment, body)
    except (AnswerError, BadSaveError) as refusal:
        return JsonResponse({"message": refusal.message}, status=422)


class BadSaveError(AliquotError):
    """What was sent is no save; the message says what is accepted."""

    code = "bad_save"


ACCEPTED = {"bookmark": {"page", "anchor"}, "answer": {"answer"}}


def _body(request: HttpRequest) -> dict[str, Any]:
    """The save as it was sent, checked field by field: what is not known is refused."""
    if len(request.body) > LARGEST_BODY:
        raise BadSaveError("This is too long for a save.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadSaveError("A save is a JSON object.") from None
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        raise BadSaveError("A save is a JSON object with a name.")
    sequence = body.get("sequence")
    if isinstance(sequence, bool) or not isinstance(sequence, int) or sequence < 0:
        raise BadSaveError("The sequence is a whole number of zero or more.")
    kind, colon, key = body["name"].partition(":")
    if (kind, bool(colon and key)) not in {("bookmark", False), ("answer", True)}:
        raise BadSaveError("The name is bookmark, or answer: and the key of a question.")
    unknown = sorted(set(body) - ACCEPTED[kind] - {"name", "sequence"})
    if unknown:
        raise BadSaveError(f"Not known in a save: {', '.join(unknown)}.")
    return body


def _save_bookmark(enrollment: Enrollment, body: dict[str, Any]) -> HttpResponse:
    slug, anchor = body.get("page"), body.get("anchor", "")
    if not isinstance(slug, str) or not isinstance(anchor, str):
        raise BadSaveError("A bookmark names a page and an anchor.")
    saved = services.save_bookmark(
        enrollment=enrollment,
        page=access.page_for(enrollment, slug),
        anchor=anchor,
        now=clock.now(),
        base_sequence=body["sequence"],
    )
    reply = {
        "sequence": saved.place.sequence,
        "saved_at": saved.place.saved_at.isoformat(),
        "stored": {"page": saved.place.page_slug, "anchor": saved.place.anchor},
        "title": saved.place.page_title,
        "url": reading.place_url(enrollment, saved.place),
    }
    return JsonResponse(reply, status=200 if saved.is_accepted else 409)


def _save_answer(
    request: HttpRequest, enrollment: Enrollment, key: str, body: dict[str, Any]
) -> HttpResponse:
    saved = services.save_page_answer(
        enrollment=enrollment,
        question_key=key,
        raw=body.get("answer"),
        now=clock.now(),
        base_sequence=body["sequence"],
    )
    reply = {
        "sequence": saved.sequence,
        "saved_at": saved.saved_at.isoformat(),
        "stored": {"answer": saved.answer},
        "is_right": saved.is_right,
        "html": _question_html(request, enrollment, saved),
    }
    return JsonResponse(reply, status=200 if saved.is_accepted else 409)


def _question_html(request: HttpRequest, enrollment: Enrollment, saved: SavedAnswer) -> str:
    question = reading.question_of(enrollment, saved.question_key)
    page = next(each for each in enrollment.version.pages.all() if each.pk == question.page_id)
    note = "" if saved.is_accepted else "You answered this on another device since."
    asked = reading.answered_question(enrollment, page, question, saved, note=note)
    url = reverse("learning:player", args=[enrollment.pk, page.slug])
    # Without the site's context: the fragment needs none of it, and it costs queries.
    context = {"asked": asked, "player_url": url, "csrf_token": get_token(request)}
    return render_to_string("web/learning/_question.html", context)


urlpatterns = [
    path("courses/<slug:slug>/start", start, name="start"),
    path("learning/<int:enrollment_id>/", resume, name="resume"),
    path("learning/<int:enrollment_id>/save", save, name="save"),
    path("learning/<int:enrollment_id>/pages/<slug:page_slug>/", player, name="player"),
    path("learning/<int:enrollment_id>/pages/<slug:page_slug>/next", turn, name="turn"),
    path(
        "learning/<int:enrollment_id>/pages/<slug:page_slug>/answer/<slug:question_key>",
        answer,
        name="answer",
    ),
]
