"""What these pages read from their addresses and fields."""

from datetime import date
from typing import Any

from django import forms

from aliquot.lib import codes


class FilterForm(forms.Form):
    """Words and a period, kept in the address."""

    q = forms.CharField(label="Words or code", max_length=200, required=False)
    from_day = forms.DateField(
        label="Completed from",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Enter the first day as a date, such as 2026-01-31."},
    )
    through_day = forms.DateField(
        label="Completed through",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Enter the last day as a date, such as 2026-12-31."},
    )

    def clean(self) -> dict[str, Any]:
        """The period must not end before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("from_day"), cleaned.get("through_day")
        if first and last and last < first:
            self.add_error("through_day", "The last day is before the first. Exchange them.")
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """What to look for; a field that is wrong looks for nothing."""
        self.is_valid()
        return {
            "words": self.cleaned_data.get("q", ""),
            "from_day": self.cleaned_data.get("from_day"),
            "through_day": self.cleaned_data.get("through_day"),
        }

    def period(self) -> dict[str, date | None]:
        """Only the days: what a transcript asks for."""
        chosen = self.chosen()
        return {"from_day": chosen["from_day"], "through_day": chosen["through_day"]}


class CodeForm(forms.Form):
    """One field for the code of a certificate."""

    code = forms.CharField(
        label="Certificate code",
        max_length=80,
        help_text=(
            "It is on the certificate, below the address, such as 7QK2-M9XD-4TRA-8HB3-W. "
            "Capital letters and hyphens do not matter."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the code of the certificate."},
    )

    def clean_code(self) -> str:
        """The code without hyphens, or what is wrong with it."""
        try:
            return codes.parse(self.cleaned_data["code"])
        except codes.MistypedCodeError as error:
            raise forms.ValidationError(error.message, code=error.code) from error
