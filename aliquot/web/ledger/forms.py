"""Forms about activities. They check the shape of what was typed; its meaning is for the rules."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

from aliquot.catalog.data import approvals, areas
from aliquot.credentials.data.bodies import PROOF_FACTS
from aliquot.credentials.facts import KINDS
from aliquot.ledger import services
from aliquot.ledger.errors import InvalidActivityError, ProofRefusedError
from aliquot.ledger.facts import ActivityClaim, CreditPart
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import read_amount, shortest
from aliquot.lib.papers import OpenedPaper
from aliquot.web.credentials.forms import AmericanDateField
from aliquot.web.ledger import words

MOST_LINES = 20
# What most bodies ask for by name stands first in the list of subject areas.
_FIRST = (
    "safety_lab",
    "safety_patient",
    "ethics",
    "blood_bank",
    "chemistry",
    "hematology",
    "microbiology",
    "immunology",
    "molecular",
)
_APPROVED = (
    ("some", "Yes, by:"),
    ("none", "No, nobody approved it"),
    ("unknown", "I don't know"),
)


def area_choices() -> list[Any]:
    """All subject areas in two groups, the most asked for first."""
    known = areas()
    rest = sorted(
        (area for area in known if area not in _FIRST), key=lambda area: known[area].title
    )
    return [
        ("", "Choose a subject area"),
        ("Asked for most often", [(area, known[area].title) for area in _FIRST]),
        ("More subject areas", [(area, known[area].title) for area in rest]),
    ]


class AmountField(forms.CharField):
    """An amount as an exact decimal."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input input--number"}
        )
        super().__init__(max_length=12, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The amount; meaning, such as "more than zero", is for the rules."""
        found = read_amount(super().clean(value))
        if found is None:
            raise forms.ValidationError("Enter a number with a decimal point, such as 1.5.")
        return found


class AreaSelects(forms.SelectMultiple):
    """One list to choose from for each area chosen, and one more: the credit may count as any."""

    template_name = "web/ledger/widgets/area_selects.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """As many lists as areas are chosen, and one more."""
        context = super().get_context(name, value, attrs)
        chosen = [each for each in value or () if each]
        rows = [*chosen, ""]
        context["widget"]["rows"] = [
            {
                "id": f"id_{name}" if not place else f"id_{name}_{place}",
                "is_first": not place,
                "groups": _marked(selected),
            }
            for place, selected in enumerate(rows if len(rows) > 1 else ["", ""])
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The lists that were not left empty."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [each for each in values if each]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first list has the label."""
        return id_


def _marked(selected: str) -> list[dict[str, Any]]:
    empty, *groups = area_choices()
    return [
        {"title": "", "options": [{"value": "", "label": empty[1], "selected": not selected}]},
        *(
            {
                "title": title,
                "options": [
                    {"value": value, "label": label, "selected": value == selected}
                    for value, label in options
                ],
            }
            for title, options in groups
        ),
    ]


class ActivityForm(forms.Form):
    """One activity from elsewhere. ``lines`` says how many lines the provider's split has."""

    kind = forms.ChoiceField(
        label="What does your proof count in?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what your proof counts in."},
    )
    title = forms.CharField(
        label="Title",
        max_length=300,
        help_text="As your proof prints it.",
        error_messages={"required": "Enter the title as your proof prints it."},
    )
    provider_name = forms.CharField(
        label="Provider",
        max_length=200,
        help_text="Who held it: a provider, a school or your employer.",
        error_messages={"required": "Enter who held it: a provider, a school or your employer."},
    )
    completed_on = AmericanDateField(
        label="When did you finish it?",
        help_text="Such as March 12, 2026, or 3/12/2026.",
        error_messages={"required": "Enter the day you finished it."},
    )
    approved = forms.ChoiceField(
        label="Did somebody approve it for credit?",
        widget=forms.RadioSelect,
        choices=_APPROVED,
        help_text="Your proof says so, for example “P.A.C.E. provider number”.",
        error_messages={"required": "Choose one of the answers."},
    )
    approvals = forms.MultipleChoiceField(
        label="Approved by", required=False, widget=forms.CheckboxSelectMultiple
    )
    course_number = forms.CharField(label="Course number", max_length=80, required=False)
    agency_number = forms.CharField(
        label="Number of the accrediting agency", max_length=80, required=False
    )
    lines = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, lines: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["completed_on"].this_year = today.year  # type: ignore[attr-defined]
        offered = [(kind, KINDS[kind].title) for kind in words.OFFERED]
        kept = self.initial.get("kind", "")
        if kept and kept not in words.OFFERED:  # a kind of old records, still to be corrected
            offered.append((kept, KINDS[kept].title))
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]
        self.fields["approvals"].choices = list(approvals().items())  # type: ignore[attr-defined]
        self.count = _count(self.data.get("lines") if self.is_bound else lines)
        for place in range(self.count):
            self.fields[f"part_{place}_amount"] = AmountField(
                label="Amount", error_messages={"required": "Enter how much it was, such as 1.5."}
            )
            self.fields[f"part_{place}_areas"] = forms.MultipleChoiceField(
                label="Subject area",
                choices=[(area, area) for area in areas()],
                widget=AreaSelects,
                error_messages={"required": "Choose at least one subject area."},
            )
        self.fields["lines"].initial = self.count

    def parts(self) -> Iterator[tuple[int, BoundField, BoundField]]:
        """The lines of the credit: number, amount, areas."""
        for place in range(self.count):
            yield place, self[f"part_{place}_amount"], self[f"part_{place}_areas"]

    def clean(self) -> dict[str, Any]:
        """Approved by somebody means that somebody is named."""
        said = super().clean() or {}
        if said.get("approved") == "some" and not said.get("approvals"):
            self.add_error("approvals", "Choose who approved it, or answer “I don't know”.")
        return said

    def claim(self) -> ActivityClaim:
        """What the holder said, as the deeds take it."""
        said = self.cleaned_data
        approved = {"none": (), "some": tuple(said["approvals"])}.get(said["approved"])
        return ActivityClaim(
            title=said["title"],
            provider_name=said["provider_name"],
            completed_on=said["completed_on"],
            kind=said["kind"],
            parts=tuple(
                CreditPart(said[f"part_{place}_amount"], tuple(said[f"part_{place}_areas"]))
                for place in range(self.count)
            ),
            approvals=approved,
            course_number=said["course_number"],
            agency_number=said["agency_number"],
        )

    def refuse(self, error: InvalidActivityError) -> None:
        """Show what the rules say beside the fields that they name."""
        for name, message in error.problems.items():
            field = name.replace("parts.", "part_", 1).replace(".", "_")
            self.add_error(field if field in self.fields else None, message)

    def changed(self, *, today: date) -> "ActivityForm":
        """The same answers, not judged, with one line more or without one of them."""
        step = self.data.get("step", "")
        places = list(range(self.count))
        if step == "add-line" and self.count < MOST_LINES:
            places.append(self.count)
        elif step.startswith("remove-line-") and self.count > 1:
            places = [place for place in places if f"remove-line-{place}" != step]
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
            if name != "lines"
        }
        for new, old in enumerate(places):
            for what in ("amount", "areas"):
                typed[f"part_{new}_{what}"] = self._typed(f"part_{old}_{what}")
        return ActivityForm(today=today, lines=len(places), initial=typed)

    def _typed(self, name: str) -> Any:
        field = self.fields.get(name)
        return field.widget.value_from_datadict(self.data, self.files, name) if field else ""


def initial_of(claim: ActivityClaim) -> dict[str, Any]:
    """What a form starts with when an activity is corrected; ``claim`` has its credit in parts."""
    approved = "unknown" if claim.approvals is None else "some" if claim.approvals else "none"
    values: dict[str, Any] = {
        "kind": claim.kind,
        "title": claim.title,
        "provider_name": claim.provider_name,
        "completed_on": long_date(claim.completed_on),
        "approved": approved,
        "approvals": list(claim.approvals or ()),
        "course_number": claim.course_number,
        "agency_number": claim.agency_number,
    }
    for place, part in enumerate(claim.parts):
        values[f"part_{place}_amount"] = shortest(part.amount)
        values[f"part_{place}_areas"] = list(part.areas)
    return values


def _count(given: Any) -> int:
    """How many lines a form has: 1 to 20, whatever the hidden field says."""
    text = str(given or 1)
    return min(MOST_LINES, max(1, int(text))) if text.isascii() and text.isdigit() else 1


class ReadableForm(forms.Form):
    """What can be read on a proof."""

    shows = forms.MultipleChoiceField(
        label="What can you read on it?",
        required=False,
        choices=[(fact, name[:1].upper() + name[1:]) for fact, name in PROOF_FACTS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick what an auditor would find. What is missing, another paper may show.",
    )


class ProofForm(ReadableForm):
    """A paper, and what can be read on it."""

    file = forms.FileField(
        label="The paper",
        help_text="A PDF or a photo: PDF, JPEG, PNG or HEIC, at most 20 MB. Only you can open it.",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".pdf,.jpg,.jpeg,.png,.heic,application/pdf,image/*"}
        ),
        error_messages={
            "required": "Choose the file.",
            "empty": "This file is empty. Choose another.",
        },
        max_length=200,
    )
    field_order = ("file", "shows")
    sent_name = ""  # what the holder calls it

    def clean_file(self) -> OpenedPaper:
        """The paper, opened."""
        file = self.cleaned_data["file"]
        self.sent_name = file.name
        try:
            # One byte more than may be: enough to know that it is too large.
            return services.opened_proof(file.read(services.MOST_READ))
        except ProofRefusedError as error:
            raise forms.ValidationError(error.message) from error
        finally:
            file.seek(0)


class WithdrawForm(forms.Form):
    """Why an activity is withdrawn; it may stay empty."""

    reason = forms.CharField(
        label="Why?",
        max_length=300,
        required=False,
        help_text="For your own record, such as “entered twice”.",
    )


class FilterForm(forms.Form):
    """What the list shows; it lives in the address."""

    q = forms.CharField(label="Words", max_length=200, required=False)
    year = forms.TypedChoiceField(label="Year", required=False, coerce=int, empty_value=None)
    area = forms.ChoiceField(label="Subject area", required=False)

    def __init__(self, *args: Any, years: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        known = areas()
        self.fields["year"].choices = [("", "All years"), *((year, year) for year in years)]  # type: ignore[attr-defined]
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", "All subject areas"),
            *((area, known[area].title) for area in known),
        ]

    def chosen(self) -> Mapping[str, Any]:
        """What to look for; a field that is wrong looks for nothing."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
