"""Tags and filters of the face: icons, amounts, dates, subject areas, tubes."""

import datetime
import functools
import hashlib
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import lucide
from django import template
from django.utils.safestring import SafeString, mark_safe

from aliquot.lib import dates
from aliquot.ui import stoppers

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
    return mark_safe(lucide._render_icon(name, size, **attributes))  # noqa: S308, SLF001


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
    """The number with its unit, singular for exactly one: "1 point", "1.5 points"."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    return f"{_shortest(number)} {unit if number == 1 else unit + 's'}"


@register.filter
def long_date(day: datetime.date | None) -> str:
    """A date for a sentence: "June 30, 2027"."""
    return dates.long_date(day) if day else ""


@register.filter
def short_date(day: datetime.date | None) -> str:
    """A date for a table: "Jun 30, 2027"."""
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
    """How many hundredths of the whole the value is, between 0 and 100, fit for an SVG attribute."""
    part, total = _decimal(value), _decimal(whole)
    if part is None or total is None or total <= 0:
        return "0"
    return _shortest(round(max(Decimal(0), min(part / total, Decimal(1))) * 100, 2))


class Tube(NamedTuple):
    """A requirement ready to draw: a tube 40 wide and 160 high whose inside spans 116 units."""

    id: str
    name: str
    stopper: str
    needed: str
    counted: str
    missing: str
    met: bool
    known: bool
    percent: str
    level: str
    height: str
    url: str


TUBE_INSIDE = Decimal(116)
TUBE_FLOOR = Decimal(152)


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@register.simple_tag
def tube(requirement: Any, example: bool = False) -> Tube:
    """A requirement (object or mapping) as a tube; `example` keeps ids apart from a real rack's."""
    area = _read(requirement, "area") or _read(requirement, "stopper") or _read(requirement, "id")
    needed, counted = _decimal(_read(requirement, "needed")), _decimal(_read(requirement, "counted"))
    name = _read(requirement, "name") or stoppers.area_name(area)
    percent = share(counted, needed)
    height = (TUBE_INSIDE * Decimal(percent) / 100).quantize(Decimal("0.1"))
    if counted and height < 4:  # a first tenth of a point must be seen in the round bottom
        height = Decimal(4)
    key = f"{area}{name}{counted}{needed}{example}"
    return Tube(
        id="tube-" + hashlib.sha256(key.encode()).hexdigest()[:8],
        name=str(name),
        stopper=stopper(area),
        needed=amount(needed),
        counted=amount(counted),
        missing=amount(_read(requirement, "missing")),
        met=bool(_read(requirement, "met")),
        known=needed is not None,
        percent=percent,
        level=_shortest(TUBE_FLOOR - height),
        height=_shortest(height),
        url=str(_read(requirement, "url") or ""),
    )
