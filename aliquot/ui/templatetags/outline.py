"""The contents of a course: a line is drawn once, only its address is each learner's own."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from aliquot.ui.templatetags.components import drawn

register = template.Library()

ADDRESS = "#address-of-the-line"


@register.simple_tag
def outline_line(label: str, url: str | None, state: str, minutes: int | None) -> SafeString:
    """One line (``_outline_line.html``); a locked one leads nowhere, whatever its address."""
    is_link = bool(url) and state != "locked"
    line = drawn(
        "ui/_outline_line.html",
        label=label,
        address=ADDRESS if is_link else "",
        state=state,
        minutes=str(minutes) if minutes else "",
    )
    return SafeString(line.replace(f'"{ADDRESS}"', f'"{escape(url)}"', 1)) if is_link else line
