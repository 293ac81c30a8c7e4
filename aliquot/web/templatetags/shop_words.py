"""Words of the shop in templates."""

from django import template

from aliquot.lib.money import Money

register = template.Library()


@register.filter
def money(cents: int, currency: str) -> str:
    """Minor units as people read them: "$95.00"."""
    return str(Money(cents, currency))
