"""The engine's sentences as people read them on a page, not in a file."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts import Pack, Requirement, RuleSet
from aliquot.credentials.queries.packs import body_of
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest

# What a holder does at the end of a cycle, by the verb of the body: the thing, and that it is done.
NOUNS = {"declare": "declaration", "renew": "renewal", "file": "filing"}
PAST = {"declare": "declared", "renew": "renewed", "file": "filed"}
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CITATION = re.compile(r"\s*(?:Rules for cycles that end from [0-9-]+|Current rules); sources .*$")


def american(text: str) -> str:
    """The text with dates such as 2027-06-30 written as "June 30, 2027"."""
    return _ISO_DATE.sub(lambda found: long_date(date(*map(int, found.groups()))), text)


def reason(text: str) -> str:
    """A sentence of the engine without its citation: a page lists the sources once."""
    return american(_CITATION.sub("", text))


def in_units(amount: Decimal | None, unit: str) -> str:
    """``9.5 points``, ``1 point``; unknown stays unknown. ``unit`` is the plural."""
    if amount is None:
        return "an unknown number of " + unit
    return f"{shortest(amount)} {unit.removesuffix('s') if amount == 1 else unit}"


def verb(pack: Pack) -> str:
    """What a holder does at the end of a cycle: declare (ASCP), renew (states), file (AMT)."""
    return body_of(pack).files


def taken_areas(accepts: Sequence[str] | None, pack: Pack) -> str:
    """The areas that fill a requirement, in words, with those that count as one of them."""
    if accepts is None:
        return "Any area"
    if not accepts:
        return "The specialty itself"
    first, *rest = [pack.area_titles.get(area, area) for area in accepts]
    named = " or ".join([first, *map(inside, rest)])
    below = [
        inside(pack.area_titles[area])
        for area, parent in pack.area_parents.items()
        if parent in accepts and area not in accepts
    ]
    if not below:
        return named
    return f"{named}; our reading: also {', '.join(below)}"


def taken_by_the_rest(rule_set: RuleSet, pack: Pack) -> str:
    """The areas that fill what no named area must fill, in words."""
    areas = rule_set.remainder_areas
    if areas is None:
        return "Which areas count is not known; every area is taken to count"
    if isinstance(areas, tuple):
        return taken_areas(areas, pack)
    return "Any area that is not refused" if pack.excluded else "Any area"


def inside(title: str) -> str:
    """A title inside a sentence; names and abbreviations keep their capitals."""
    is_name = title.startswith("Florida") or title[:2].isupper()
    return title if is_name else title[:1].lower() + title[1:]


def asks_of(minimum: Requirement, pack: Pack) -> str:
    """What a line asks beyond its areas: whose approval, how long, of whom."""
    found = []
    if minimum.per_specialty:
        found.append("one line for each specialty on the license")
    if minimum.if_roles:
        found.append(f"only for a {' or '.join(sorted(minimum.if_roles))}")
    if minimum.min_activity:
        found.append(f"in courses of at least {in_units(minimum.min_activity, pack.unit)}")
    if minimum.approvals_accepted:
        titles = [
            title
            for approval, title in pack.approval_titles.items()
            if approval in minimum.approvals_accepted
        ]
        found.append(f"approved by: {' or '.join(titles)}")
    text = "; ".join(found)
    return text[:1].upper() + text[1:]
