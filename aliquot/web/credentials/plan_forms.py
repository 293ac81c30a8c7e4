"""Forms of the planner: what is asked of a plan, and a course of another provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from aliquot.catalog import data as catalog
from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.queries import CycleStanding
from aliquot.flows.course_offers import Candidate
from aliquot.flows.plan_credentials import MARGIN, Wish
from aliquot.lib.decimals import shortest

PARTS = 4
_LONGEST_ID, _MOST_IDS = 60, 100


class NumberField(forms.CharField):
    """A number with at most two decimals, from ``least`` to ``most``; empty: None."""

    def __init__(
        self, *, most: int, least: Decimal = Decimal(0), what: str, unit: str = "", **options: Any
    ) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=12, widget=widget, **options)
        self.most, self.least, self.what, self.unit = most, least, what, unit

    def clean(self, value: Any) -> Any:
        """The number as an exact decimal."""
        text = super().clean(value).removeprefix("$").replace(",", "")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError(f"Enter {self.what}, such as 1.5.") from None
        if not number.is_finite() or not self.least <= number <= self.most:
            range_ = f"from {shortest(self.least)} to {self.most:,}"
            raise forms.ValidationError(f"Enter {self.what} {range_}.")
        if number * 100 % 1:
            raise forms.ValidationError(f"Enter {self.what} with at most two decimals.")
        return number


class PlanForm(forms.Form):
    """What is asked of a plan. All of it stands in the address, so a plan can be kept and sent."""

    by = forms.ChoiceField(
        label="Keep low",
        choices=(("hours", "Hours"), ("price", "Price")),
        widget=forms.RadioSelect,
        required=False,
        initial="hours",
        error_messages={"invalid_choice": "Choose hours or price."},
    )
    margin = NumberField(
        label="To spare above each total",
        help_text="Points or hours. 0 plans exactly what is needed.",
        what="a number",
        most=100,
        required=False,
    )
    most = NumberField(
        label="At most so many hours a month",
        help_text="Leave it empty for an even load.",
        what="a number of hours",
        least=Decimal("0.25"),
        most=200,
        required=False,
    )
    only = forms.MultipleChoiceField(
        label="Plan for",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Choose credentials of the list."},
    )
    with_ = forms.CharField(label="Add a course", required=False, max_length=_LONGEST_ID)

    def __init__(self, data: Any, *, standings: list[CycleStanding]) -> None:
        given = data.copy()
        given.setdefault("by", "hours")
        given.setdefault("margin", shortest(Decimal(MARGIN) / 100))
        if not given.getlist("only"):
            given.setlist("only", [str(each.held.pk) for each in standings])
        self.without = _ids(given.getlist("without"))
        self.asked = _ids([*given.getlist("with"), *given.getlist("with_")])
        super().__init__(given)
        self.fields["only"].choices = [  # type: ignore[attr-defined]
            (str(each.held.pk), each.pack.letters) for each in standings
        ]

    def wish(self) -> Wish:
        """What is asked; a field that cannot be right is as if it was not given."""
        self.full_clean()
        said = self.cleaned_data
        margin = said.get("margin")
        only = {int(number) for number in said.get("only", ())}
        return Wish(
            by=said.get("by") or "hours",
            margin=MARGIN if margin is None else int(margin * 100),
            only=frozenset(only) or None,
            without=self.without - self.asked,
            with_=self.asked,
            most=said.get("most"),
        )


def _ids(values: list[str]) -> frozenset[str]:
    return frozenset(value for value in values[:_MOST_IDS] if 0 < len(value) <= _LONGEST_ID)


def choices_for_adding(candidates: tuple[Candidate, ...]) -> list[tuple[str, str]]:
    """Courses to add to a plan: id and words."""
    return [(each.id, f"{each.title}, {shortest(each.offer.hours)} h") for each in candidates]


@dataclass(frozen=True, slots=True)
class PartRow:
    """The fields of one part."""

    number: int
    hours: forms.BoundField
    area: forms.BoundField
    also: forms.BoundField


class OfferForm(forms.Form):
    """A course of another provider."""

    title = forms.CharField(
        label="Title of the course",
        max_length=300,
        error_messages={"required": "Enter the title of the course."},
    )
    provider_name = forms.CharField(label="Provider", max_length=200, required=False)
    price = NumberField(
        label="Price in dollars",
        help_text="Without a price it is never chosen when the price is kept low.",
        what="a price",
        most=100_000,
        required=False,
    )
    approvals_known = forms.ChoiceField(
        label="Who approved it?",
        widget=forms.RadioSelect,
        choices=(
            ("yes", "These bodies"),
            ("none", "Nobody"),
            ("unknown", "I don't know: count it, and warn me"),
        ),
        error_messages={"required": "Choose who approved it."},
    )
    approvals = forms.MultipleChoiceField(
        label="Approved by",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Choose approvals of the list."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = [("", "Choose a subject"), *((a.id, a.title) for a in catalog.areas().values())]
        wrong = {"invalid_choice": "Choose a subject area of the list."}
        for number in range(1, PARTS + 1):
            self.fields[f"hours_{number}"] = NumberField(
                label="Contact hours",
                what="contact hours",
                least=Decimal("0.01"),
                most=1000,
                required=number == 1,
                error_messages={"required": "Enter the contact hours."},
            )
            self.fields[f"area_{number}"] = forms.ChoiceField(
                label="Subject",
                choices=areas,
                required=number == 1,
                error_messages={"required": "Choose the subject of the hours.", **wrong},
            )
            self.fields[f"also_{number}"] = forms.ChoiceField(
                label="Or also about",
                choices=[("", "Nothing else"), *areas[1:]],
                required=False,
                error_messages=wrong,
            )
        self.fields["approvals"].choices = list(catalog.approvals().items())  # type: ignore[attr-defined]

    def parts(self) -> Iterator[PartRow]:
        """The rows of fields for the parts."""
        for number in range(1, PARTS + 1):
            yield PartRow(number, *(self[f"{name}_{number}"] for name in ("hours", "area", "also")))

    def clean(self) -> dict[str, Any]:
        """Hours and subject of a part belong together; approvals are named or denied."""
        said = super().clean() or {}
        for number in range(2, PARTS + 1):
            hours, area = said.get(f"hours_{number}"), said.get(f"area_{number}")
            if hours is not None and not area and f"area_{number}" not in self.errors:
                self.add_error(f"area_{number}", "Choose the subject of these hours.")
            if area and hours is None and f"hours_{number}" not in self.errors:
                self.add_error(f"hours_{number}", "Enter the contact hours of this subject.")
        named = said.get("approvals") or "approvals" in self.errors
        if said.get("approvals_known") == "yes" and not named:
            self.add_error("approvals", "Choose at least one, or “Nobody”.")
        return said

    def offered(self) -> Offered:
        """What was said, as the deed takes it."""
        said = self.cleaned_data
        parts = []
        for number in range(1, PARTS + 1):
            if said.get(f"hours_{number}") is not None:
                areas = [said[f"area_{number}"], said[f"also_{number}"]]
                named = tuple(dict.fromkeys(area for area in areas if area))
                parts.append(Part(said[f"hours_{number}"], named))
        approvals = {"yes": tuple(sorted(said["approvals"])), "none": (), "unknown": None}
        price = said["price"]
        return Offered(
            title=said["title"],
            provider_name=said["provider_name"],
            parts=tuple(parts),
            approvals=approvals[said["approvals_known"]],
            cents=None if price is None else int(price * 100),
        )

    def refuse(self, error: InvalidOfferError) -> None:
        """Show what the rules say beside the fields."""
        for name, message in error.problems.items():
            field = "hours_1" if name == "parts" else name
            self.add_error(field if field in self.fields else None, message)

    @staticmethod
    def initial_for(offered: Offered) -> dict[str, Any]:
        """What was said so far."""
        approved = "yes" if offered.approvals else "none"
        if offered.approvals is None:
            approved = "unknown"
        said: dict[str, Any] = {
            "title": offered.title,
            "provider_name": offered.provider_name,
            "price": None if offered.cents is None else shortest(Decimal(offered.cents) / 100),
            "approvals_known": approved,
            "approvals": list(offered.approvals or ()),
        }
        for number, part in enumerate(offered.parts[:PARTS], start=1):
            said[f"hours_{number}"] = shortest(part.amount)
            said[f"area_{number}"] = part.areas[0]
            said[f"also_{number}"] = part.areas[1] if len(part.areas) > 1 else ""
        return said
