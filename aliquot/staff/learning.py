"""Access to courses: granting it to a person, withdrawing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from aliquot.accounts import access
from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.infra import clock
from aliquot.infra.idempotency import idempotent
from aliquot.learning import services
from aliquot.learning.facts import Right
from aliquot.learning.models import Entitlement
from aliquot.learning.queries import rights_of
from aliquot.lib.dates import end_of, last_day, long_date, short_date
from aliquot.lib.decimals import shortest
from aliquot.lib.errors import NotFoundError
from aliquot.staff.accounts.record import SECTION, address_of, opened, trail_of
from aliquot.staff.frame import Check, FormPage, posted, run_form, staff_of
from aliquot.staff.gate import staff_page


@dataclass(frozen=True, slots=True)
class EntitlementLine:
    """An entitlement in words: to what, until when, how much is left, and how it stands."""

    right: Right
    what: str
    until: str
    hours: str
    state: str  # active, upcoming, ended, used or withdrawn
    source: str


def entitlement_lines(
    person: User, rights: Iterable[Right], *, now: datetime
) -> list[EntitlementLine]:
    """The person's entitlements in words, the newest first; days are on the person's calendar."""
    rights = list(rights)
    courses = Course.objects.select_related("current_version").in_bulk(
        {each.course_id for each in rights if each.course_id}
    )
    sources = dict(Entitlement.Source.choices)
    return [
        EntitlementLine(
            right=each,
            what=_course_words(courses.get(each.course_id)) if each.course_id else "Every course",
            until=_until(each.ends_at, person.time_zone),
            hours=_hours(each),
            state=_state(each, now),
            source=sources.get(each.source, each.source),
        )
        for each in reversed(rights)
    ]


def _course_words(course: Course | None) -> str:
    if course is None or course.current_version is None:
        return "A course that is gone"
    return f"{course.current_version.title} ({course.code})"


def _until(ends_at: datetime | None, zone: str) -> str:
    if ends_at is None:
        return "without end"
    return f"through {short_date(last_day(ends_at, zone))}"


def _hours(right: Right) -> str:
    if right.hours_limit is None or right.hours_left is None:
        return "no limit of hours"
    return f"{shortest(right.hours_left)} of {shortest(right.hours_limit)} contact hours left"


def _state(right: Right, now: datetime) -> str:
    if right.withdrawn_at is not None:
        return "withdrawn"
    if right.ends_at is not None and right.ends_at <= now:
        return "ended"
    if right.starts_at > now:
        return "upcoming"
    return "used" if right.hours_left == 0 else "active"


class GrantForm(forms.Form):
    """What a person may open, until when, for how many hours."""

    course = forms.ModelChoiceField(
        Course.objects.none(),
        required=False,
        empty_label="Every course",
        to_field_name="code",
        label="Which course",
    )
    last_day = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Included, on the person's own calendar. Empty: without end.",
    )
    hours_limit = forms.DecimalField(
        label="Up to contact hours",
        required=False,
        min_value=Decimal("0.01"),
        error_messages={"min_value": "Enter an amount above zero."},
        max_digits=7,
        decimal_places=2,
        help_text="Empty: no limit.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[Course] = self.fields["course"]  # type: ignore[assignment]
        field.queryset = (
            Course.objects.filter(current_version__isnull=False)
            .exclude(availability=Course.Availability.RETIRED)
            .select_related("current_version")
            .order_by("code")
        )
        field.label_from_instance = _course_words  # type: ignore[assignment]


@staff_page(access.can_support)
@require_http_methods(["GET", "POST"])
@idempotent
def entitlement_grant(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a person access to one course or to all."""
    person = opened(request, person_id, page="access")
    back = address_of(person)

    def check(answers: dict[str, Any]) -> Check:
        course, last, hours = answers["course"], answers["last_day"], answers["hours_limit"]
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {"key": "Access to", "value": _course_words(course) if course else "Every course"},
                {"key": "Last day", "value": long_date(last) if last else "Without end"},
                {"key": "Up to", "value": _limit_words(hours)},
            ]
        )

    def do(answers: dict[str, Any]) -> str:
        now = clock.now()
        services.grant_entitlement(
            person=person,
            source=Entitlement.Source.GRANT.value,
            course=answers["course"],
            starts_at=now,
            ends_at=end_of(last, person.time_zone) if (last := answers["last_day"]) else None,
            hours_limit=answers["hours_limit"],
            actor_id=staff_of(request).pk,
            now=now,
        )
        messages.success(request, f"{person} has access now.")
        return back

    page = FormPage(
        title="Give access",
        submit="Give access",
        back=back,
        lead=str(person),
        section=SECTION,
        trail=trail_of(person, "Give access"),
    )
    return run_form(request, page=page, form=GrantForm(posted(request)), do=do, check=check)


def _limit_words(hours: Decimal | None) -> str:
    return f"{shortest(hours)} contact hours" if hours is not None else "No limit of hours"


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def entitlement_withdraw(request: HttpRequest, person_id: int, entitlement_id: int) -> HttpResponse:
    """Take an access away, whatever it came from."""
    person = opened(request, person_id, page="access")
    back = address_of(person)
    line = _line_of(person, entitlement_id)

    def check(_: dict[str, Any]) -> Check:
        return Check(
            [
                {"key": "Person", "value": f"{person}, {person.email}"},
                {"key": "Access to", "value": line.what},
                {"key": "Until", "value": line.until.capitalize()},
                {"key": "Hours", "value": line.hours.capitalize()},
                {"key": "From", "value": line.source.capitalize()},
            ],
            warning=(
                "Courses started by this access close for the person at once. Finished courses, "
                "credit and certificates stay."
            ),
        )

    def do(_: dict[str, Any]) -> str:
        services.withdraw_entitlement(
            entitlement=Entitlement.objects.get(pk=entitlement_id, person=person),
            actor_id=staff_of(request).pk,
            now=clock.now(),
        )
        messages.success(request, "The access is withdrawn.")
        return back

    page = FormPage(
        title="Withdraw access",
        submit="Withdraw access",
        back=back,
        section=SECTION,
        danger=True,
        trail=trail_of(person, "Withdraw access"),
    )
    form = forms.Form(posted(request))
    return run_form(request, page=page, form=form, do=do, check=check)


def _line_of(person: User, entitlement_id: int) -> EntitlementLine:
    """One of the person's entitlements that is not withdrawn. Raises NotFoundError."""
    rights = [each for each in rights_of(person) if each.id == entitlement_id]
    lines = entitlement_lines(person, rights, now=clock.now())
    if not lines or lines[0].state == "withdrawn":
        raise NotFoundError("The person has no such access.")
    return lines[0]
