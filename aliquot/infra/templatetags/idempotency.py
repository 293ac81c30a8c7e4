"""``{% load idempotency %}{% idempotency_key %}`` inside a form whose deed must happen once."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aliquot.infra.idempotency import FIELD, new_key

register = template.Library()


@register.simple_tag
def idempotency_key() -> SafeString:
    """A hidden field with a fresh key: a form shown again after a mistake is a new request."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
