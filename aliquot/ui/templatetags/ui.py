"""Tags and filters of the face: icons, amounts, dates, subject areas, tubes."""

import datetime
import functools
import math
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import lucide
from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

from aliquot.lib import dates
from aliquot.ui import devices, stoppers

register = template.Library()

UNKNOWN = "not known"


@register.simple_tag
def icon(name: str, *, size: int = 20, label: str = "") -> SafeString:
    """An inline Lucide icon; silent for assistive technology unless it carries a label."""
    return _icon(str(name), size, str(label))


@functools.lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    attributes: dict[str, object] = {"class": f"icon icon-{name}", "focusable": "false"}
    if label:
        attributes |= {"role": "img", "aria-label": label}
    else:
        attributes["aria-hidden"] = "true"
    # The drawing comes from the package, and its serializer escapes every attribute value.
    return mark_safe(lucide._render_icon(name, size, **attributes))  # noqa: S308


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shortest(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def amount(value: object) -> str:
    """A number of points, hours or things in its shortest form; unknown stays unknown."""
    number = _decimal(value)
    return UNKNOWN if number is None else _shortest(number)


@register.filter
def units(value: object, unit: str) -> str:
    """The number with its unit, given in either form: "1 point", "1.5 points"."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    singular = unit.removesuffix("s")
    return f"{_shortest(number)} {singular if number == 1 else singular + 's'}"


@register.filter(expects_localtime=True)
def long_date(day: datetime.date | None) -> str:
    """A date for a sentence: "June 30, 2027"; of a moment the day in the page's time zone."""
    return dates.long_date(day) if day else ""


@register.filter(expects_localtime=True)
def short_date(day: datetime.date | None) -> str:
    """A date for a table: "Jun 30, 2027"; of a moment the day in the page's time zone."""
    return dates.short_date(day) if day else ""


@register.filter
def area_name(area: object) -> str:
    """The words for a subject area or requirement id."""
    return stoppers.area_name(area)


@register.filter
def stopper(area: object) -> str:
    """The stopper of a subject area as a class name: "blood-bank"."""
    return stoppers.stopper_of(area).replace("_", "-")


@register.filter
def share(value: object, whole: object) -> str:
    """How many hundredths of the whole: 0 to 100, fit for an SVG attribute."""
    part, total = _decimal(value), _decimal(whole)
    if part is None or total is None or total <= 0:
        return "0"
    return _shortest(round(max(Decimal(0), min(part / total, Decimal(1))) * 100, 2))


@register.filter
def device(user_agent: object) -> str:
    """A session's browser in words: "Firefox on Windows"."""
    return devices.device_name(str(user_agent))


@register.filter
def inline_svg(svg: str) -> SafeString:
    """The QR code that the sign-in library draws, for use in the page: no XML declaration."""
    # Drawn by the library from a secret it made; there is no text of a person in it.
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308


# The sign-in library's labels, in our words.
_LABELS = {
    "Email": "E-mail address",
    "Remember Me": "Keep me signed in on this device",
    "Password (again)": "Password, again",
    "Current Password": "Current password",
    "New Password": "New password",
    "New Password (again)": "New password, again",
    "Passwordless": "Let this passkey sign me in alone",
}


@register.filter
def label_words(label: object) -> str:
    """A field's label; the sign-in library's become ours."""
    return _LABELS.get(str(label), str(label))


@register.filter
def widget_kind(field: BoundField) -> str:
    """How a form field is laid out: `checkbox`, `choices` (radios or boxes) or `line`."""
    if field.widget_type == "checkbox":
        return "checkbox"
    return "choices" if field.use_fieldset else "line"


@register.filter
def naming(error: object, field: BoundField) -> str:
    """An error as it reads far from its field: Django's "This field …" says which field."""
    text = str(error)
    generic = text.startswith("This field ")
    if not generic:
        return text
    label = label_words(field.label).rstrip("?.:")
    return f"{label}: this field {text.removeprefix('This field ')}"


class Tube(NamedTuple):
    """A requirement ready to show: words, and the outline of the liquid in a tube of 56 by 176."""

    name: str
    stopper: str
    needed: str
    counted: str
    missing: str
    met: bool
    known: bool
    percent: str
    liquid: str
    surface: str
    url: str


_CENTER, _RADIUS, _FLOOR, _BRIM = 28.0, 14.5, 168.0, 40.0


def _liquid(percent: float) -> tuple[str, str]:
    """The outline of the liquid and the line of its surface, as SVG path data."""
    if percent <= 0:
        return "", ""
    height = max(percent / 100 * (_FLOOR - _BRIM), 5.0)  # a first tenth of a point must be seen
    top = _FLOOR - height
    reach = _RADIUS if height >= _RADIUS else math.sqrt(_RADIUS**2 - (_RADIUS - height) ** 2)
    left, right = round(_CENTER - reach, 1), round(_CENTER + reach, 1)
    if height >= _RADIUS:
        bottom = _FLOOR - _RADIUS
        bowl = f"V{bottom:g}a{_RADIUS:g} {_RADIUS:g} 0 0 0 {2 * _RADIUS:g} 0V{top:g}Z"
    else:
        bowl = f"A{_RADIUS:g} {_RADIUS:g} 0 0 0 {right:g} {top:g}Z"
    top = round(top, 1)
    return f"M{left:g} {top:g}{bowl}", f"M{left:g} {top:g}H{right:g}v2.5H{left:g}z"


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@register.simple_tag
def tube(requirement: Any) -> Tube:
    """A requirement, object or mapping; `ui/rack.html` lists what it needs."""
    area = _read(requirement, "area") or _read(requirement, "stopper") or _read(requirement, "id")
    needed, counted = (
        _decimal(_read(requirement, "needed")),
        _decimal(_read(requirement, "counted")),
    )
    percent = share(counted, needed)
    liquid, surface = _liquid(float(percent))
    return Tube(
        name=str(_read(requirement, "name") or stoppers.area_name(area)),
        stopper=stopper(area),
        needed=amount(needed),
        counted=amount(counted),
        missing=amount(_read(requirement, "missing")),
        met=bool(_read(requirement, "met")),
        known=needed is not None,
        percent=percent,
        liquid=liquid,
        surface=surface,
        url=str(_read(requirement, "url") or ""),
    )
