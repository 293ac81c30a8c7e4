"""Forms about a credential held: only the questions that its rules depend on are asked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from aliquot.credentials import queries
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import Pack
from aliquot.credentials.models import Cycle, HeldCredential
from aliquot.lib.dates import long_date, read_date
from aliquot.web.credentials import asking
from aliquot.web.credentials.forms import AmericanDateField, DayForm

_YES_OR_NO = (("yes", "Yes"), ("no", "No, or I don't know"))
_UNKNOWN_OR_DATE = "Enter the date, or check “I don't know the date”, not both."
_NONE_OR_SOME = "Choose your specialties, or check that none counts this time, not both."


def end_field(pack: Pack, ends: Sequence[date], *, today: date) -> forms.Field:
    """The end of a cycle: chosen where the body fixes it, else typed from the body's account."""
    label, hint, required = asking.about_the_end(pack)
    errors = {"required": required}
    if not ends:
        return AmericanDateField(label=label, help_text=hint, error_messages=errors)
    return forms.TypedChoiceField(
        label=label,
        choices=[(day.isoformat(), asking.end_choice(day, today)) for day in ends],
        coerce=date.fromisoformat,
        widget=forms.RadioSelect,
        error_messages=errors
        | {"invalid_choice": f"Choose one of these days: {' or '.join(map(long_date, ends))}."},
    )


class _HeldForm(DayForm):
    """What adding and changing share: the questions that the rules of one credential depend on."""

    def __init__(
        self, *args: Any, pack: Pack, today: date, ends: Sequence[date] = (), **options: Any
    ) -> None:
        self.pack = pack
        self.asked = queries.questions_of(pack, today=today)
        choices = tuple(sorted({*self.asked.ends, *ends})) if self.asked.ends else ()
        super().__init__(*args, today=today, **options)
        self.fields["ends_on"] = end_field(pack, choices, today=today)
        if self.asked.certified:
            self._ask_when_certified()
        if self.asked.specialties:
            self._ask_specialties()
        if self.asked.roles:
            self.fields["roles"] = forms.MultipleChoiceField(
                label="Are you licensed as one of these?",
                help_text=asking.about_roles(pack),
                required=False,
                choices=[(role, pack.role_titles[role]) for role in self.asked.roles],
                widget=forms.CheckboxSelectMultiple,
            )
        if self.asked.first_renewal:
            self._ask_first_renewal()
        if self.asked.expired:
            label, hint = asking.about_expiry(pack)
            self.fields["expired"] = forms.BooleanField(label=label, help_text=hint, required=False)
        self.set_year()

    def _ask_when_certified(self) -> None:
        is_unknown = self.is_bound and bool(self.data.get("certified_unknown"))
        self.fields["first_certified_on"] = AmericanDateField(
            label="When were you first certified?",
            help_text="The date of this certification: it decides whether you must take part.",
            required=not is_unknown,
            error_messages={
                "required": "Enter the date, or check “I don't know the date”.",
                "invalid": (
                    "Enter the date with its day, such as May 14, 2011; if you know no more than "
                    "the year, check “I don't know the date”."
                ),
            },
        )
        self.fields["certified_unknown"] = forms.BooleanField(
            label="I don't know the date", required=False
        )

    def _ask_specialties(self) -> None:
        has_none = self.is_bound and bool(self.data.get("no_specialty"))
        self.fields["specialties"] = forms.MultipleChoiceField(
            label="Which specialties are on your license?",
            help_text=asking.about_specialties(self.pack),
            required=not has_none and not (self.is_bound and self.data.get("first_renewal")),
            choices=list(self.pack.specialty_titles.items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose each specialty that counts this time."},
        )
        self.fields["no_specialty"] = forms.BooleanField(
            label="No specialty counts this time", required=False
        )

    def _ask_first_renewal(self) -> None:
        self.fields["first_renewal"] = forms.BooleanField(
            label=f"This is my first renewal of this {self.pack.kind}",
            help_text=asking.about_first_renewal(self.pack),
            required=False,
        )
        if self.asked.licensed_on:
            self.fields["licensed_on"] = AmericanDateField(
                label="When were you first licensed?",
                help_text="Only for a first renewal: the date decides how many hours it asks for.",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """A date or "I don't know", specialties or none: not both."""
        said = super().clean() or {}
        if said.get("first_certified_on") and said.get("certified_unknown"):
            self.add_error("first_certified_on", _UNKNOWN_OR_DATE)
        if said.get("specialties") and said.get("no_specialty"):
            self.add_error("specialties", _NONE_OR_SOME)
        return said

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say beside the fields that they name."""
        for name, message in error.problems.items():
            self.add_error(name if name in self.fields else None, message)

    def shared_claim(self) -> dict[str, Any]:
        """What both forms say, as the deeds take it; what was not asked is none."""
        said = self.cleaned_data
        is_first = bool(said.get("first_renewal"))
        return {
            "ends_on": said["ends_on"],
            "first_certified_on": said.get("first_certified_on"),
            "expired": bool(said.get("expired")),
            "first_renewal": is_first,
            "licensed_on": said.get("licensed_on") if is_first else None,
            "specialties": tuple(said.get("specialties") or ()),
            "roles": tuple(said.get("roles") or ()),
        }


class ChooseForm(forms.Form):
    """Which credential: one of all that this site knows the rules of."""

    credential = forms.ChoiceField(
        error_messages={
            "required": "Choose your credential.",
            "invalid_choice": "Choose a credential of the list.",
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].choices = [  # type: ignore[attr-defined]
            (each.id, each.letters) for each in queries.served_credentials()
        ]


class AddForm(_HeldForm):
    """The questions of one credential, and one more only where it decides who must take part."""

    credential = forms.CharField(widget=forms.HiddenInput, max_length=40)
    formerly_nca = forms.ChoiceField(required=False, widget=forms.RadioSelect, choices=_YES_OR_NO)
    international = forms.ChoiceField(
        label="Is it an international certification, ASCPi?",
        required=False,
        widget=forms.RadioSelect,
        choices=_YES_OR_NO,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"].initial = self.pack.id
        self.question: str | None = None
        self.is_asking = False
        self._decide_question()

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All fields but the open question, which stands apart."""
        return [field for field in self.visible_fields() if field.name != self.question]

    def _decide_question(self) -> None:
        """Keep the field of the one open question, drop the other."""
        certified = None
        if self.is_bound and self.asked.certified:
            text = str(self.data.get("first_certified_on", ""))
            certified = read_date(text, this_year=self.today.year)
            knows = certified is not None or bool(self.data.get("certified_unknown"))
            self.question = queries.question_left(self.pack, certified) if knows else None
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
        claim = self.shared_claim()
        is_nca = self.cleaned_data.get("formerly_nca") == "yes"
        if is_nca:
            # A date given for the NCA's certification is not one of the body's own.
            claim["first_certified_on"] = None
        return claim | {
            "credential": self.pack.id,
            "formerly_nca": is_nca,
            "international": self.cleaned_data.get("international") == "yes",
        }


class ChangeForm(_HeldForm):
    """What was said about a credential, to be corrected."""

    formerly_nca = forms.BooleanField(
        label="The NCA certified me before it joined ASCP in October 2009", required=False
    )
    international = forms.BooleanField(
        label="It is an international certification, ASCPi", required=False
    )

    def __init__(self, *args: Any, held: HeldCredential, cycle: Cycle, **options: Any) -> None:
        said = self._said(held, cycle)
        super().__init__(*args, ends=[cycle.ends_on], initial=said, **options)
        if self.asked.ends:
            self.initial["ends_on"] = cycle.ends_on.isoformat()
        if not self.asked.former_nca:
            del self.fields["formerly_nca"]
        if not self.asked.international:
            del self.fields["international"]
        self.order_fields(["ends_on", "first_certified_on", "certified_unknown"])

    @staticmethod
    def _said(held: HeldCredential, cycle: Cycle) -> dict[str, Any]:
        return {
            "ends_on": cycle.ends_on,
            "first_certified_on": held.first_certified_on,
            "certified_unknown": held.first_certified_on is None,
            "formerly_nca": held.formerly_nca,
            "international": held.international,
            "expired": held.expired,
            "first_renewal": cycle.first_renewal,
            "licensed_on": held.licensed_on,
            "specialties": held.specialties,
            "no_specialty": not held.specialties,
            "roles": held.roles,
        }

    def claim(self) -> dict[str, Any]:
        """What the holder says now, as the deed takes it."""
        return self.shared_claim() | {
            "formerly_nca": bool(self.cleaned_data.get("formerly_nca")),
            "international": bool(self.cleaned_data.get("international")),
        }


class NextCycleForm(DayForm):
    """The end of the next cycle: chosen where the body fixes it."""

    def __init__(
        self, *args: Any, pack: Pack, today: date, later_than: date, **options: Any
    ) -> None:
        super().__init__(*args, today=today, **options)
        ends = queries.possible_ends(pack, today=today, later_than=later_than)
        self.fields["ends_on"] = end_field(pack, ends, today=today)
        self.fields["ends_on"].label = "When does the next cycle end?"
        self.fields["ends_on"].error_messages["required"] = "Enter the day the next cycle ends."
        self.set_year()

    def refuse(self, error: InvalidClaimError) -> None:
        """Show what the rules say."""
        self.add_error("ends_on", " ".join(error.problems.values()))
