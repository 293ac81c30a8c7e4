"""Courses: the list, one course with all its versions, and what the office decides about it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.catalog import services
from aliquot.catalog.errors import CourseNotFoundError
from aliquot.catalog.models import Course, CourseVersion
from aliquot.catalog.queries import has_reviewer, office
from aliquot.infra.idempotency import idempotent
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest
from aliquot.staff.frame import (
    PAGE_LENGTH,
    FormPage,
    posted,
    run_form,
    show,
    staff_of,
    today_of,
)
from aliquot.staff.gate import staff_page

SECTION = "staff:courses"
Availability = Course.Availability


@staff_page()
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """Every course; ``q`` searches, ``show`` keeps what is overdue or what runs out."""
    today = today_of(request)
    shown, query = request.GET.get("show", ""), request.GET.get("q", "").strip()[:100]
    rows: QuerySet[Course] = office.all_courses(today, words=query)
    if shown == "overdue":
        rows = rows.filter(pk__in=office.courses_past_review(today).values("pk"))
    elif shown == "ending":
        rows = rows.filter(pk__in=office.approvals_ending(today).values("course"))
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    address = reverse(SECTION)
    views = [
        {"label": "All", "url": address, "current": shown not in {"overdue", "ending"}},
        {
            "label": "Past their review date",
            "url": f"{address}?show=overdue",
            "current": shown == "overdue",
        },
        {
            "label": "Approval ends in 90 days",
            "url": f"{address}?show=ending",
            "current": shown == "ending",
        },
    ]
    context = {"page": page, "views": views, "today": today, "query": query}
    return show(request, "catalog/courses.html", context, section=SECTION)


def course_of(code: str) -> Course:
    """The course with a code, open or not. Raises CourseNotFoundError."""
    found = (
        Course.objects.filter(code=code)
        .select_related("current_version", "successor__current_version")
        .first()
    )
    if found is None:
        raise CourseNotFoundError
    return found


def title_of(course: Course) -> str:
    """The title of the current version, or the code before anything was published."""
    return course.current_version.title if course.current_version else course.code


def trail_of(course: Course, here: str) -> list[dict[str, str]]:
    """Where a page about a course stands."""
    return [
        {"label": "Courses", "url": reverse(SECTION)},
        {"label": course.code, "url": reverse("staff:course", args=[course.code])},
        {"label": here},
    ]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version, and the sum its contact hours came from, in words."""

    version: CourseVersion
    sum: str


@staff_page()
@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """One course: what the office decides, approvals, versions."""
    found = course_of(code)
    today = today_of(request)
    versions = found.versions.defer("description", "references", "glossary").order_by("-number")
    context = {
        "course": found,
        "title": title_of(found),
        "settings_rows": _settings_rows(
            found, today, may_change=access.can_administer(staff_of(request))
        ),
        "approvals": office.approvals_with_state(found, today),
        "has_reviewer": has_reviewer(found.current_version),
        "versions": [VersionLine(each, _sum_in_words(each)) for each in versions],
    }
    return show(request, "catalog/course.html", context, section=SECTION)


def _settings_rows(course: Course, today: Any, *, may_change: bool) -> list[dict[str, Any]]:
    availability = course.get_availability_display().capitalize()
    if course.successor:
        availability += f"; {title_of(course.successor)} takes its place"
    review = "Not set"
    if course.review_by:
        overdue = course.review_by < today and course.availability != Availability.RETIRED
        review = long_date(course.review_by) + (" (overdue)" if overdue else "")
    access_words = "Free for everyone" if course.is_free else "Only for people with access"
    rows = [
        ("Availability", availability, "staff:course_availability"),
        ("Access", access_words, "staff:course_free"),
        ("Review by", review, "staff:course_review"),
    ]
    return [
        {"key": key, "value": value}
        | ({"change_url": reverse(name, args=[course.code])} if may_change else {})
        for key, value, name in rows
    ]


def _sum_in_words(version: CourseVersion) -> str:
    """The default method's inputs as one sentence; empty when another method was used."""
    inputs: dict[str, Any] = version.hours_inputs
    settings = inputs.get("settings")
    if not isinstance(settings, dict) or "minutes" not in inputs:
        return ""
    values = {name: shortest(Decimal(str(value))) for name, value in settings.items()}
    each = values["minutes_per_question"]
    asked = (
        f"{inputs['page_questions']} questions in pages and {inputs['test_questions']} of a test"
    )
    pace = f"{values['words_per_minute']} a minute times {values['reading_factor']}"
    parts = [f"{int(inputs['words']):,} words at {pace}", f"{asked} at {each} min each"]
    media = Decimal(str(inputs.get("media_minutes", "0")))
    if media:
        parts.append(f"{shortest(media)} minutes of audio and video")
    parts += [
        f"{shortest(Decimal(str(each['minutes'])))} minutes of study on {each['page']} "
        f"({each['reason'].rstrip('.')})"
        for each in inputs.get("study", [])
    ]
    minutes = shortest(Decimal(str(inputs["minutes"])))
    return (
        f"{'; '.join(parts)}: {minutes} minutes, {values['minutes_per_hour']} to the contact "
        f"hour, rounded down to {values['rounding_step']}."
    )


class AvailabilityForm(forms.Form):
    """Open, hidden or retired, and what takes a retired course's place."""

    availability = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            (Availability.OPEN.value, "Open: listed, anyone may start it"),
            (Availability.HIDDEN.value, "Hidden: nobody but staff sees it"),
            (Availability.RETIRED.value, "Retired: not listed, nobody new may start it"),
        ],
    )
    successor = forms.ModelChoiceField(
        Course.objects.none(),
        required=False,
        empty_label="None",
        label="Course that takes its place",
        help_text="Only for a retired course. Its page then leads there.",
        to_field_name="code",
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[Course] = self.fields["successor"]  # type: ignore[assignment]
        field.queryset = (
            Course.objects.filter(availability=Availability.OPEN)
            .exclude(pk=course.pk)
            .order_by("code")
        )

    def clean(self) -> dict[str, Any]:
        """A successor belongs to a retired course only."""
        answers: dict[str, Any] = super().clean() or {}
        is_retired = answers.get("availability") == Availability.RETIRED
        if answers.get("successor") is not None and not is_retired:
            self.add_error("successor", "Only a retired course has another in its place.")
        return answers


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def course_availability(request: HttpRequest, code: str) -> HttpResponse:
    """Open, hide or retire a course."""
    found = course_of(code)
    form = AvailabilityForm(
        posted(request),
        course=found,
        initial={
            "availability": found.availability,
            "successor": found.successor.code if found.successor else None,
        },
    )
    return _decided(request, found, form, services.set_availability, title="Availability")


class FreeForm(forms.Form):
    """Whether everyone may start the course."""

    is_free = forms.BooleanField(
        label="Free for everyone",
        required=False,
        help_text="Otherwise only people with access can start it.",
    )


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def course_free(request: HttpRequest, code: str) -> HttpResponse:
    """Make a course free, or only for people with access."""
    found = course_of(code)
    form = FreeForm(posted(request), initial={"is_free": found.is_free})
    return _decided(request, found, form, services.set_free, title="Access")


class ReviewForm(forms.Form):
    """The day until which the course is to be reviewed."""

    review_by = forms.DateField(
        label="Review by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Two years after publishing is usual; check with your accreditor.",
    )


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def course_review(request: HttpRequest, code: str) -> HttpResponse:
    """Set the day until which a course is to be reviewed."""
    found = course_of(code)
    form = ReviewForm(posted(request), initial={"review_by": found.review_by})
    return _decided(request, found, form, services.set_review_by, title="Review date")


def _decided(
    request: HttpRequest,
    found: Course,
    form: forms.Form,
    decide: Callable[..., object],
    *,
    title: str,
) -> HttpResponse:
    """The page of one decision about a course; its answers are the arguments of the deed."""
    back = reverse("staff:course", args=[found.code])

    def do(answers: dict[str, Any]) -> str:
        decide(course=found, actor_id=staff_of(request).pk, **answers)
        return back

    page = FormPage(
        title=title,
        submit=f"Save {title.lower()}",
        back=back,
        lead=title_of(found),
        section=SECTION,
        trail=trail_of(found, title),
    )
    return run_form(request, page=page, form=form, do=do)
