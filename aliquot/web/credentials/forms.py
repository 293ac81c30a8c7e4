"""Forms about credentials. They check the shape of what was typed; its meaning is for the rules."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from aliquot.credentials import queries
from aliquot.credentials.errors import InvalidClaimError, UnknownCredentialError
from aliquot.credentials.facts import RequirementVerdict
from aliquot.credentials.models import Cycle, HeldCredential
from aliquot.lib.dates import long_date, read_date

_LONGEST = 40
_YES_OR_NO = (("yes", "Yes"), ("no", "No, or I don't know"))
_UNKNOWN_OR_DATE = "Enter the date, or check “I don't know the date”, not both."


class AmericanDateField(forms.CharField):
    """One line of text for a date; what was understood is shown back in words afterwards."""

    this_year = 0  # the form sets it: it decides what a year of two digits means

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=_LONGEST, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The date, or None for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        found = read_date(text, this_year=self.this_year)
        if found is None:
            raise forms.ValidationError("Enter a date, such as June 30, 2027, or 6/30/2027.")
        return found

    def prepare_value(self, value: Any) -> Any:
        """A stored date as a person writes it."""
        return long_date(value) if isinstance(value, date) else value


class _DayForm(forms.Form):
    """A form that knows what day it is for the holder."""

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        for field in self.fields.values():
            if isinstance(field, AmericanDateField):
                field.this_year = today.year


class _DatesForm(_DayForm):
    """What adding and changing share: the end of the cycle and the first certification."""

    ends_on = AmericanDateField(
        label="When does your cycle end?",
        help_text="As the body's account shows it, such as June 30, 2027, or 6/30/2027.",
        error_messages={"required": "Enter the day your cycle ends."},
    )
    first_certified_on = AmericanDateField(
        label="When were you first certified?",
        help_text="The date of this certification: it decides whether you must take part.",
        error_messages={"required": "Enter the date, or check “I don't know the date”."},
    )
    certified_unknown = forms.BooleanField(label="I don't know the date", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound and self.data.get("certified_unknown"):
            self.fields["first_certified_on"].required = False

    def clean(self) -> dict[str, Any]:
        """A date or "I don't know", not both."""
        said = super().clean() or {}
        if said.get("first_certified_on") and said.get("certified_unknown"):
            self.add_error("first_certified_on", _UNKNOWN_OR_DATE)
        return said

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say beside the fields that they name."""
        for name, message in error.problems.items():
            self.add_error(name if name in self.fields else None, message)


class AddForm(_DatesForm):
    """Four fields, and a fifth only where it decides who must take part."""

    credential = forms.ChoiceField(
        label="Which credential?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose your credential.",
            "invalid_choice": "Choose a credential of the list.",
        },
    )
    formerly_nca = forms.ChoiceField(required=False, widget=forms.RadioSelect, choices=_YES_OR_NO)
    international = forms.ChoiceField(
        label="Is it an international certification, ASCPi?",
        required=False,
        widget=forms.RadioSelect,
        choices=_YES_OR_NO,
    )
    field_order = ("credential", "ends_on", "first_certified_on", "certified_unknown")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.served = queries.served_credentials()
        self.fields["credential"].choices = [  # type: ignore[attr-defined]
            (each.id, f"{each.letters}, {each.title}") for each in self.served
        ]
        self.question: str | None = None
        self.is_asking = False
        self._decide_question()

    def _decide_question(self) -> None:
        """Keep the field of the one open question, drop the other."""
        certified = None
        if self.is_bound:
            text = str(self.data.get("first_certified_on", ""))
            certified = read_date(text, this_year=self.today.year)
            knows = certified is not None or bool(self.data.get("certified_unknown"))
            try:
                pack = queries.pack_by_slug(self.data.get("credential", "").replace("_", "-"))
                self.question = queries.question_left(pack, certified) if knows else None
            except UnknownCredentialError:
                self.question = None
        for name in ("formerly_nca", "international"):
            if name != self.question:
                del self.fields[name]
        if self.question:
            asked = self.fields[self.question]
            asked.required = self.data.get("asked") == self.question
            asked.error_messages["required"] = "Choose one of the answers."
        if self.question == "formerly_nca":
            field = self.fields["formerly_nca"]
            if certified is None:
                field.label = "Did the NCA certify you before it joined ASCP in October 2009?"
            else:
                field.label = f"Who certified you on {long_date(certified)}?"
                field.choices = [  # type: ignore[attr-defined]
                    ("no", "ASCP"),
                    ("yes", "NCA, the National Credentialing Agency"),
                ]

    def clean(self) -> dict[str, Any]:
        """Ask the open question; not answering it is an error only once it was seen."""
        said = super().clean()
        if self.question:
            question = self.fields[self.question]
            self.is_asking = not question.required and not said.get(self.question)
            question.required = True  # from here on it is only shown
        return said

    def claim(self) -> dict[str, Any]:
        """What the holder said, as the deed takes it."""
        said = self.cleaned_data
        is_nca = said.get("formerly_nca") == "yes"
        return {
            "credential": said["credential"],
            "ends_on": said["ends_on"],
            # A date given for the NCA's certification is not one of the body's own.
            "first_certified_on": None if is_nca else said["first_certified_on"],
            "formerly_nca": is_nca,
            "international": said.get("international") == "yes",
        }


class ChangeForm(_DatesForm):
    """What was said about a credential, to be corrected."""

    formerly_nca = forms.BooleanField(
        label="The NCA certified me before it joined ASCP in October 2009", required=False
    )
    international = forms.BooleanField(
        label="It is an international certification, ASCPi", required=False
    )
    expired = forms.BooleanField(
        label="My certification has expired",
        required=False,
        help_text="Then the last three years count toward getting it back.",
    )

    @staticmethod
    def initial_for(held: HeldCredential, cycle: Cycle) -> dict[str, Any]:
        """What was said so far."""
        return {
            "ends_on": cycle.ends_on,
            "first_certified_on": held.first_certified_on,
            "certified_unknown": held.first_certified_on is None,
            "formerly_nca": held.formerly_nca,
            "international": held.international,
            "expired": held.expired,
        }

    def claim(self) -> dict[str, Any]:
        """What the holder says now, as the deed takes it."""
        said = dict(self.cleaned_data)
        del said["certified_unknown"]
        return said


class NextCycleForm(_DayForm):
    """The end of the next cycle."""

    ends_on = AmericanDateField(
        label="When does the next cycle end?",
        error_messages={"required": "Enter the day the next cycle ends."},
    )

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say."""
        self.add_error("ends_on", " ".join(error.problems.values()))


class DeclareForm(_DayForm):
    """When it was declared at the body, and under which number."""

    declared_on = AmericanDateField(
        label="On which day?", error_messages={"required": "Enter the day."}
    )
    confirmation_number = forms.CharField(
        label="Confirmation number",
        required=False,
        max_length=80,
        help_text="As the body shows it or mails it. Leave it empty if there is none.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say beside the fields."""
        for name, message in error.problems.items():
            self.add_error(name, message)


class PinForm(forms.Form):
    """A line of the pack that was typed at the body; its fields are hidden."""

    activity = forms.IntegerField(min_value=1)
    requirement = forms.CharField(max_length=40)
    amount = forms.DecimalField(required=False)

    def refuse(self, error: InvalidClaimError) -> None:
        """Say on top of the page why it cannot be noted."""
        self.add_error(None, " ".join(error.problems.values()))


class PointsField(forms.CharField):
    """An amount of points; empty means none."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=12, required=False, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The amount as an exact decimal."""
        text = super().clean(value)
        try:
            return Decimal(text.removeprefix("+")) if text else Decimal(0)
        except InvalidOperation:
            raise forms.ValidationError("Enter a number, such as 1.5.") from None


class PointsForm(forms.Form):
    """One box for each requirement: points that the body's page already shows."""

    def __init__(
        self, *args: Any, requirements: Iterable[RequirementVerdict], unit: str, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for line in requirements:
            self.fields[line.id] = PointsField(label=line.title)
            self.fields[line.id].needed = line.needed  # type: ignore[attr-defined]
        self.unit = unit

    def points(self) -> dict[str, Decimal]:
        """The amounts by requirement."""
        return dict(self.cleaned_data)

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say beside the boxes."""
        for name, message in error.problems.items():
            self.add_error(name if name in self.fields else None, message)
