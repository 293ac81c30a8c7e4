"""The engine's sentences as people read them on a page, not in a file."""

import re
from datetime import date
from decimal import Decimal

from aliquot.credentials.facts import Pack
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
