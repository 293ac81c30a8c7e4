"""Taxes by the table that staff enter; nobody has to be told of a sale."""

from collections.abc import Sequence

from aliquot.commerce.errors import TaxFilingRefusedError
from aliquot.commerce.facts import Returned, TaxAnswer, TaxQuestion
from aliquot.commerce.queries import tax_rows_for
from aliquot.commerce.rules.pricing import taxes_by

NOBODY = "The table of rates keeps no record of sales."


class TableSource:
    """The rates of a state, else of its country; no row, no tax."""

    name = "table"
    is_remote = False

    def calculate(self, question: TaxQuestion) -> TaxAnswer:
        """By the rates that hold there on that day."""
        rows = tax_rows_for(question.country, question.region, on=question.on)
        return TaxAnswer(question, taxes_by(rows, question))

    def record_sale(self, calculation: str, *, reference: str) -> str:
        """Refused: there is nobody to tell."""
        raise TaxFilingRefusedError(NOBODY)

    def record_refund(self, sale: str, parts: Sequence[Returned], *, reference: str) -> str:
        """Refused: there is nobody to tell."""
        raise TaxFilingRefusedError(NOBODY)


def make() -> TableSource:
    """The source."""
    return TableSource()
