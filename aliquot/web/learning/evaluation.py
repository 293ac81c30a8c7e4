"""The evaluation, and the page after it: the certificate and what happens next."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.catalog.models import CourseVersion
from aliquot.certificates.queries import certificate_in_force
from aliquot.flows.credential_overview import counts_toward
from aliquot.flows.finish_course import finish_course
from aliquot.infra import clock
from aliquot.learning import queries
from aliquot.learning.errors import EvaluationInvalidError, NotReadyError
from aliquot.learning.models import Completion, Enrollment
from aliquot.lib import codes, dates
from aliquot.web.learning import reading
from aliquot.web.learning.own import own_enrollment
from aliquot.web.own import render_in_zone

OBJECTIVE_CHOICES = [("met", "Yes"), ("partly", "Partly"), ("not_met", "No")]
RATING_CHOICES = [
    ("5", "Excellent"),
    ("4", "Good"),
    ("3", "Fair"),
    ("2", "Poor"),
    ("1", "Very poor"),
]
RATED = {
    "author": "The author: clear and well prepared",
    "content": "The content: accurate, current and useful at work",
    "methods": "The methods: text, figures, questions and test",
    "facilities": "The site and its technology",
    "experience": "The learning experience as a whole",
}


class EvaluationForm(forms.Form):
    """The questions of domain/provider.md. The shape is checked here, the meaning by the rules."""

    def __init__(self, *args: Any, version: CourseVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.objective_keys = []
        for objective in version.objectives.all():
            self.objective_keys.append(objective.key)
            self.fields[f"objective_{objective.key}"] = _radios(
                objective.text, OBJECTIVE_CHOICES, "Choose yes, partly or no"
            )
        for name, label in RATED.items():
            self.fields[name] = _radios(label, RATING_CHOICES, "Choose a rating")
        self.fields["bias"] = _radios(
            "Did you notice commercial or other bias?",
            [("no", "No"), ("yes", "Yes")],
            "Choose yes or no",
        )
        self.fields["bias_noted"] = forms.CharField(
            label="What bias did you notice?",
            help_text="Only if you answered yes.",
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["minutes"] = forms.IntegerField(
            label="How many minutes did the course really take you?",
            help_text="Everything together: reading, questions and test. For example 75.",
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "required": "Enter the minutes as a whole number.",
                "invalid": "Enter the minutes as a whole number.",
            },
        )
        self.fields["comment"] = forms.CharField(
            label="Anything you would like to tell the author",
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def answers(self) -> dict[str, Any]:
        """The answers as the story takes them; only known questions are read."""
        data = self.cleaned_data
        return {
            "objectives": {key: data[f"objective_{key}"] for key in self.objective_keys},
            **{name: int(data[name]) for name in RATED},
            "bias": data["bias"] == "yes",
            "bias_noted": data["bias_noted"],
            "minutes": data["minutes"],
            "comment": data["comment"],
        }

    def objective_fields(self) -> list[forms.BoundField]:
        """One question per objective."""
        return [self[f"objective_{key}"] for key in self.objective_keys]

    def other_fields(self) -> list[forms.BoundField]:
        """The questions about the course as a whole."""
        own = {f"objective_{key}" for key in self.objective_keys}
        return [self[name] for name in self.fields if name not in own]


def _radios(label: str, choices: list[tuple[str, str]], ask: str) -> forms.ChoiceField:
    """A question with one answer; what is missing names itself, far from its field too."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": f"{ask}: {label}"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@own_enrollment
def evaluation(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Ask what the learner thought; submitting completes the course."""
    if enrollment.completed_at is not None:
        return redirect("learning:finished", enrollment.pk)
    if request.method != "POST":
        return _form_page(request, enrollment, EvaluationForm(version=enrollment.version))
    form = EvaluationForm(request.POST, version=enrollment.version)
    status = _finish(enrollment, form) if form.is_valid() else 422
    if status != 200:
        return _form_page(request, enrollment, form, status=status)
    return redirect("learning:finished", enrollment.pk)


def _finish(enrollment: Enrollment, form: EvaluationForm) -> int:
    """Tell the story; what it refuses is said in the form. Returns the status for the page."""
    try:
        finish_course(enrollment=enrollment, answers=form.answers(), now=clock.now())
    except EvaluationInvalidError as refusal:
        for name, problem in refusal.problems.items():
            form.add_error(name if name in form.fields else None, problem)
        return 422
    except NotReadyError as refusal:
        form.add_error(None, refusal.message)
        return 409
    return 200


def _form_page(
    request: HttpRequest, enrollment: Enrollment, form: EvaluationForm, *, status: int = 200
) -> HttpResponse:
    progress = queries.progress_of(enrollment)
    unmet = [each for each in queries.conditions_of(enrollment, progress) if not each.is_met]
    missing = [each for each in unmet if each.key in {"pages", "test"}]
    context = {
        **reading.frame(enrollment, progress, current="evaluation"),
        "missing": missing,
        "pages_missing": progress.unopened,
        "name_missing": any(each.key == "name" for each in unmet),
        "objective_fields": form.objective_fields(),
        "other_fields": form.other_fields(),
    }
    if not missing:
        context["form"] = form
    return render_in_zone(request, "web/learning/evaluation.html", context, status=status)


@require_safe
@own_enrollment
def finished(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """The certificate, what was earned and what happens next."""
    completion = queries.completion_of(enrollment)
    if completion is None:
        return redirect("learning:resume", enrollment.pk)
    version = enrollment.version
    subjects = sorted(version.subjects.all(), key=lambda each: (-each.hours, each.position))
    day = dates.long_date(completion.completed_on)
    context = {
        "section": "learning",
        "enrollment": enrollment,
        "version": version,
        "area": subjects[0].area if subjects else "",
        "title": "You completed the course",
        "lead": f"On {day}, as {completion.record['participant']['full_name']}.",
        "certificate": _certificate(completion),
        "subjects": subjects,
        "effects": counts_toward(enrollment.person, completion_id=completion.pk, now=clock.now()),
        "approvals": ", ".join(
            f"{each['name']} ({each['number']})" for each in completion.record["approvals"]
        ),
        "first_page": version.pages.all()[0].slug,
        "again_from": queries.credit_again_from(completion),
    }
    return render_in_zone(request, "web/learning/finished.html", context)


def _certificate(completion: Completion) -> dict[str, Any] | None:
    certificate = certificate_in_force(completion)
    if certificate is None:
        return None
    code = certificate.code
    printed = reverse("certificates:verify", args=[codes.grouped(code)])
    return {
        "code_words": codes.grouped(code),
        "url": reverse("certificates:detail", args=[code]),
        "pdf_url": reverse("certificates:pdf", args=[code]),
        "verify_url": reverse("certificates:verify", args=[code]),
        "verify_text": settings.SITE_URL.partition("://")[2] + printed,
        "is_revoked": hasattr(certificate, "revocation"),
    }


urlpatterns = [
    path("learning/<int:enrollment_id>/evaluation/", evaluation, name="evaluation"),
    path("learning/<int:enrollment_id>/finished/", finished, name="finished"),
]
