"""The tax table, and the exemptions that hold for a buyer."""

from datetime import date

from django.db.models import F, Q, QuerySet

from aliquot.accounts.models import User
from aliquot.commerce.models import TaxExemption, TaxRate


def tax_rates() -> QuerySet[TaxRate]:
    """All rates, by place, the newest first."""
    return TaxRate.objects.order_by("jurisdiction", "tax_code", "-valid_from", "-pk")


def exemptions_for(person: User, country: str, region: str, *, on: date) -> QuerySet[TaxExemption]:
    """The approved certificates by which this buyer pays no tax at a place on a day.

    One for the whole country holds in its states; one for a state holds there only.
    """
    places = [country, f"{country}-{region}"] if region else [country]
    return TaxExemption.objects.filter(
        Q(valid_through=None) | Q(valid_through__gte=on),
        person=person,
        jurisdiction__in=places,
        approved_at__isnull=False,
        withdrawn_at=None,
    ).order_by("-approved_at", "-pk")


def exemptions_of(person: User) -> QuerySet[TaxExemption]:
    """What a buyer has sent, the newest first."""
    return TaxExemption.objects.filter(person=person).order_by("-added_at", "-pk")


def exemptions_to_see() -> QuerySet[TaxExemption]:
    """For staff: what waits first, the longest waiting on top; then what was decided."""
    return TaxExemption.objects.select_related("person", "file").order_by(
        F("withdrawn_at").asc(nulls_first=True),
        F("approved_at").asc(nulls_first=True),
        "added_at",
        "pk",
    )
