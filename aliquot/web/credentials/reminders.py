"""When mail about one's credentials comes: the settings, and the link in a mail that stops it."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aliquot.accounts.facts import time_zones
from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import NIGHT_SHIFT, REMINDER_DAYS, MailKind
from aliquot.credentials.models import ReminderSettings
from aliquot.infra import clock
from aliquot.lib.dates import long_date
from aliquot.lib.errors import NotFoundError
from aliquot.web.own import reader

NONE, NIGHTS, OWN = "none", "nights", "own"
_TIMES = ["%H:%M", "%I:%M %p", "%I %p", "%H:%M:%S"]


class ReminderForm(forms.Form):
    """Which reminders, and in which hours none."""

    days = forms.TypedMultipleChoiceField(
        label="Remind me before the last sensible day",
        coerce=int,
        required=False,
        choices=[(days, f"{days} day{'' if days == 1 else 's'} before") for days in REMINDER_DAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    rule_changes = forms.BooleanField(
        label="Tell me when a rule changes for one of my cycles", required=False
    )
    quiet = forms.ChoiceField(
        label="Quiet hours",
        help_text="No mail about your credentials comes in them; it waits until they end.",
        choices=[
            (NONE, "None: mail comes at 9 am"),
            (NIGHTS, "I work nights: quiet from 8 am to 4 pm, mail comes in the evening"),
            (OWN, "My own quiet hours"),
        ],
        widget=forms.RadioSelect,
    )
    quiet_from = forms.TimeField(
        label="Quiet from",
        required=False,
        input_formats=_TIMES,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Enter a time, such as 9:00 PM."},
    )
    quiet_until = forms.TimeField(
        label="Quiet until",
        required=False,
        input_formats=_TIMES,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Enter a time, such as 7:00 AM."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Own quiet hours need two different ends; of the other choices they are left out."""
        said = super().clean() or {}
        if said.get("quiet") != OWN:
            start, end = NIGHT_SHIFT if said.get("quiet") == NIGHTS else (None, None)
            for name in ("quiet_from", "quiet_until"):
                self.errors.pop(name, None)
            return said | {"quiet_from": start, "quiet_until": end}
        for name, words in (("quiet_from", "begin"), ("quiet_until", "end")):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, f"Enter when your quiet hours {words}.")
        if said.get("quiet_from") and said.get("quiet_from") == said.get("quiet_until"):
            self.add_error("quiet_until", "Enter another end, or choose None above.")
        return said

    def wishes(self) -> dict[str, Any]:
        """What the holder wishes, as the deed takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "quiet"}

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the deed says beside the fields."""
        for name, message in error.problems.items():
            self.add_error(name, message)


@login_required
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Choose, and see which mail comes next."""
    person, now = reader(request), clock.now()
    form = ReminderForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(queries.reminder_settings_of(person)),
    )
    if form.is_bound and form.is_valid():
        try:
            services.save_reminder_settings(
                person=person, now=now, actor_id=person.pk, **form.wishes()
            )
        except InvalidClaimError as error:
            form.refuse(error)
        else:
            messages.success(request, "Your reminders are saved.")
            return redirect("credentials:reminders")
    context = {
        "section": "credentials",
        "form": form,
        "rows": [_row(each, person) for each in queries.coming_reminders(person, now=now)],
        "zone": time_zones().get(person.time_zone, person.time_zone),
    }
    status = 422 if form.errors else 200
    return render(request, "web/credentials/reminders.html", context, status=status)


# Mail programs post here without a cookie (RFC 8058). The signed token in the address is the proof
# that a cross-site form cannot have.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: ask first, stop on POST. Shows nothing about whose it is."""
    try:
        person, kind = access.person_stopping(token)
    except NotFoundError:
        raise Http404 from None
    if request.method == "POST":
        services.stop_mail(person=person, kind=kind, now=clock.now())
    context = {
        "is_done": request.method == "POST",
        "is_about_rules": kind is MailKind.RULE_CHANGES,
    }
    response = render(request, "web/credentials/reminders_stop.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def initial_of(settings: ReminderSettings | None) -> dict[str, Any]:
    """What the form shows of what is stored."""
    wishes = queries.wishes_in(settings)
    quiet = (wishes.quiet_from, wishes.quiet_until)
    has_hours = wishes.quiet_from is not None and wishes.quiet_from != wishes.quiet_until
    is_own = has_hours and quiet != NIGHT_SHIFT
    return {
        "days": sorted(wishes.days, reverse=True),
        "rule_changes": settings is None or settings.rule_changes,
        "quiet": OWN if is_own else NIGHTS if has_hours else NONE,
        "quiet_from": wishes.quiet_from if is_own else time(21),
        "quiet_until": wishes.quiet_until if is_own else time(7),
    }


def moment_in_words(moment: datetime, zone: str) -> str:
    """``May 1, 2027, at 9:00 am``, on the clock of that zone."""
    there = moment.astimezone(ZoneInfo(zone))
    clock_words = f"{there:%I:%M %p}".lstrip("0").lower()
    return f"{long_date(there.date())}, at {clock_words}"


def _row(each: queries.ComingReminder, person: User) -> dict[str, Any]:
    coming = each.coming
    if coming is not None:
        before = f"{coming.days} day{'' if coming.days == 1 else 's'} before"
        when = moment_in_words(coming.goes_at, person.time_zone)
    else:
        before = when = ""
    return {
        "held_id": each.cycle.held_id,
        "letters": each.pack.letters,
        "finish_by": each.finish_by,
        "before": before,
        "when": when,
        "is_declared": each.is_declared,
    }


urlpatterns = [
    path("credentials/reminders/", reminders, name="reminders"),
    path("credentials/reminders/stop/<str:token>/", stop, name="reminders_stop"),
]
