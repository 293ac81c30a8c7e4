"""Sources of taxes behind one interface, one folder each with the same files.

To add one: 1. copy ``table/`` to a folder named as the source, and answer every method of
``TaxSource`` in its ``source.py``; 2. read its secrets in ``settings.py`` and refuse there what is
unsafe; 3. name it in ``NAMES``; 4. give it to the contract test ``tests/commerce/taxes``, which
every source passes; 5. describe it in docs/operations.md.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from aliquot.commerce.facts import Returned, TaxAnswer, TaxQuestion

NAMES = ("table", "stripe")


class TaxSource(Protocol):
    """What the shop asks of whoever knows the taxes.

    Every method may raise TaxUnknownError: then nothing is known and nothing may be assumed.
    """

    name: str
    is_remote: bool  # asked over the network, so never inside a transaction; told of sales

    def calculate(self, question: TaxQuestion) -> TaxAnswer:
        """The taxes of the lines. Raises TaxPlaceError when the place is not enough."""

    def record_sale(self, calculation: str, *, reference: str) -> str:
        """A calculated sale was paid; gives the source's name for it.

        The same reference is recorded once. Raises TaxFilingRefusedError.
        """

    def record_refund(self, sale: str, parts: Sequence[Returned], *, reference: str) -> str:
        """Parts of a recorded sale were given back; empty: all of it. As ``record_sale``."""


def check_taxes() -> None:
    """Stop the start, in one sentence, when the source of taxes cannot work."""
    if settings.TAX_SOURCE not in NAMES:
        raise ImproperlyConfigured(
            f"ALIQUOT_TAX is {settings.TAX_SOURCE!r}; accepted: {', '.join(NAMES)}."
        )
    import_module(f"{__name__}.{settings.TAX_SOURCE}.settings").check()


@cache
def source_called(name: str) -> TaxSource:
    """The source of this name, made once; ValueError for a name that none has."""
    if name not in NAMES:
        raise ValueError(f"no source of taxes {name!r}; accepted: {', '.join(NAMES)}")
    made: TaxSource = import_module(f"{__name__}.{name}.source").make()
    return made


def tax_source() -> TaxSource:
    """The source that this site uses for new orders."""
    return source_called(settings.TAX_SOURCE)
