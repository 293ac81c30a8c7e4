"""Forms about credentials. They check the shape of what was typed; its meaning is for the rules."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import RequirementVerdict
from aliquot.lib.dates import long_date, read_date

_LONGEST = 40

_NO_DATE = "Enter a date, such as June 30, 2027, or 6/30/2027."


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
            raise forms.ValidationError(self.error_messages.get("invalid", _NO_DATE))
        return found

    def prepare_value(self, value: Any) -> Any:
        """A stored date as a person writes it."""
        return long_date(value) if isinstance(value, date) else value


class DayForm(forms.Form):
    """A form that knows what day it is for the holder."""

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.set_year()

    def set_year(self) -> None:
        """Tell every date field which year it is; again after fields were added."""
        for field in self.fields.values():
            if isinstance(field, AmericanDateField):
                field.this_year = self.today.year


class DeclareForm(DayForm):
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
