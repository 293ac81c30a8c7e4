"""The living style page: every component with sample data. Only in the demo profile."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aliquot.ui.stoppers import STOPPERS

SAVED_AT = datetime.datetime(2026, 11, 23, 10, 42, tzinfo=datetime.UTC)

RACK = [
    {"area": "safety", "needed": "1", "counted": "1", "missing": "0", "met": True},
    {"area": "ethics", "name": "Ethics", "needed": "1", "counted": "0", "missing": "1"},
    {"area": "blood_bank", "needed": "2", "counted": "1.5", "missing": "0.5"},
    {"area": "chemistry", "needed": "2", "counted": "2", "missing": "0", "met": True},
    {"area": "hematology", "needed": "2", "counted": "2", "missing": "0", "met": True},
    {"area": "microbiology", "needed": "2", "counted": "0.25", "missing": "1.75"},
    {"area": "immunology", "needed": None, "counted": None, "missing": None},
    {"area": "any", "needed": "26", "counted": "20", "missing": "6"},
]
COURSES: list[dict[str, Any]] = [
    {
        "title": "Interpreting the Peripheral Blood Smear",
        "subtitle": "a method you can defend",
        "url": "#",
        "area": "hematology",
        "hours": Decimal("1.5"),
        "level": "Basic",
        "status": "In progress",
        "fills": "Fills Hematology",
    },
    {
        "title": "Chemical Hygiene and Spill Response",
        "subtitle": "what to do in the first minute",
        "url": "#",
        "area": "safety_lab",
        "hours": Decimal(1),
        "level": "Basic",
    },
]
FACETS = [
    {
        "title": "Subject",
        "options": [
            {
                "label": "Hematology",
                "url": "#",
                "count": 29,
                "selected": True,
                "area": "hematology",
            },
            {"label": "Safety", "url": "#", "count": 4, "selected": False, "area": "safety"},
            {"label": "Coagulation", "url": "#", "count": 3, "area": "coagulation"},
        ],
    },
    {
        "title": "Length",
        "options": [
            {"label": "Up to 1 hour", "url": "#", "count": 88},
            {"label": "1 to 2 hours", "url": "#", "count": 61},
        ],
    },
]
OUTLINE = [
    {
        "title": "Pages",
        "items": [
            {"label": "Making a good smear", "url": "#", "state": "done", "minutes": 4},
            {"label": "Schistocytes: count and context", "url": "#", "state": "current"},
            {"label": "Platelet estimates", "url": "#", "state": "open", "minutes": 6},
        ],
    },
    {"title": "Assessment", "items": [{"label": "10 questions, 80% to pass", "state": "locked"}]},
]
EVENTS = [
    {"when": "Mar 12, 2026", "title": "Certificate issued", "text": "7QK2-M9XD-4TRA-8HB3-W"},
    {"when": "Mar 12, 2026", "title": "Test passed", "text": "9 of 10 questions right."},
    {"when": "Mar 2, 2026", "title": "Course started"},
]


class SampleForm(forms.Form):
    """One of each kind of field."""

    cycle_ends_on = forms.DateField(
        label="When does your cycle end?",
        help_text="As your account at the certifying body shows it.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    name = forms.CharField(label="Name as on your license", max_length=200)
    state = forms.ChoiceField(label="State", choices=[("FL", "Florida"), ("CA", "California")])
    known = forms.ChoiceField(
        label="First certified",
        choices=[
            ("before", "Before 2004"),
            ("after", "2004 or later"),
            ("unknown", "I don't know"),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Comment", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="I took this test myself.")


@require_safe
def style_player(request: HttpRequest) -> HttpResponse:
    """The frame of the course player with sample data."""
    if settings.PROFILE != "demo":
        raise Http404
    context = {"outline": OUTLINE, "saved_at": SAVED_AT}
    return render(request, "web/pages/style_player.html", context)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """All components on one page, for designing, screenshots and accessibility checks."""
    if settings.PROFILE != "demo":
        raise Http404
    bad = SampleForm({"name": "", "known": "before", "agree": ""}, prefix="bad")
    context = {
        "rack": RACK,
        "areas": STOPPERS,
        "kinds": ["neutral", "brand", "success", "warning", "danger"],
        "courses": COURSES,
        "facets": FACETS,
        "outline": OUTLINE,
        "events": EVENTS,
        "good": SampleForm(prefix="good"),
        "bad": bad,
        "saved_at": SAVED_AT,
        "page": Paginator(range(30), 10).get_page(2),
        "trail": [{"label": "Courses", "url": "#"}, {"label": "Hematology"}],
        "tabs": [
            {"label": "Needs", "url": "#", "current": True},
            {"label": "History", "url": "#", "current": False, "count": 12},
        ],
        "rows": [
            {"key": "Name", "value": "Rosa Méndez", "change_url": "#"},
            {"key": "Cycle", "value": "July 1, 2024 to June 30, 2027", "change_url": "#"},
            {"key": "Certificate", "value": "7QK2-M9XD-4TRA-8HB3-W"},
        ],
    }
    return render(request, "web/pages/style.html", context)
