"""My learning: one next step, what else is open, what is finished."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from aliquot.credentials.queries import summaries_of
from aliquot.flows.credential_overview import certificate_codes
from aliquot.infra import clock
from aliquot.learning import queries
from aliquot.learning.facts import CourseOnShelf
from aliquot.web.credentials.words import title_of
from aliquot.web.learning.reading import minutes_words
from aliquot.web.own import reader, render_in_zone


@dataclass(frozen=True, kw_only=True)
class Step:
    """The next thing to do in one open course."""

    course: CourseOnShelf
    headline: str
    facts: str
    progress: str
    action: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """What one credential still needs, and by when."""

    letters: str
    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A completed course with the way to its certificate."""

    course: CourseOnShelf
    url: str
    certificate_url: str


def next_step(course: CourseOnShelf) -> Step:
    """What to do next: read on, take the test, or fill in the evaluation."""
    left = minutes_words(course.minutes_left)
    if course.is_passed:
        name, headline, facts, action = (
            "evaluation",
            "You passed: the evaluation is left, then your certificate",
            "About 2 minutes",
            "Fill in the evaluation",
        )
    elif course.is_read and course.page_number == course.page_count:
        name, headline, facts, action = ("test", "The test is next", left, "Go to the test")
    else:
        is_new = course.page_number == 1 and not course.share
        name, headline, facts, action = (
            "resume",
            f"{'Begin' if is_new else 'Continue'} with “{course.page_title}”",
            f"Page {course.page_number} of {course.page_count}. {left}.",
            "Begin" if is_new else "Continue",
        )
    return Step(
        course=course,
        headline=headline,
        facts=facts,
        progress=f"{course.share}% done",
        action=action,
        url=reverse(f"learning:{name}", args=[course.enrollment_id]),
    )


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Everything a person started; what was touched last stands first."""
    person = reader(request)
    shelf = queries.shelf_of(person)
    steps = [next_step(each) for each in shelf if each.completion_id is None]
    codes = certificate_codes(person)
    finished = [
        Finished(
            course=each,
            url=reverse("learning:finished", args=[each.enrollment_id]),
            certificate_url=_certificate_url(codes.get(each.completion_id or 0)),
        )
        for each in shelf
        if each.completion_id is not None
    ]
    count = len(finished)
    statuses = [
        Status(
            letters=each.pack.letters,
            words=title_of(each),
            url=reverse("credentials:detail", args=[each.held_id]),
        )
        for each in summaries_of(person, now=clock.now())
    ]
    context = {
        "statuses": statuses,
        "section": "learning",
        "shelf": shelf,
        "next_step": steps[0] if steps else None,
        "others": steps[1:],
        "finished": finished,
        "all_done_title": f"You finished {count} course{'' if count == 1 else 's'}",
        "courses_url": reverse("catalog:list"),
    }
    return render_in_zone(request, "web/learning/home.html", context)


def _certificate_url(code: str | None) -> str:
    return reverse("certificates:detail", args=[code]) if code else ""


urlpatterns = [path("learning/", home, name="home")]
