"""From a plan to the plain data of the contract's JSON: amounts as text in the shortest form."""

from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.credentials.facts import Plan
from aliquot.interop.transcript.writer import verdict_document
from aliquot.lib.decimals import shortest


def plan_document(as_of: date, plan: Plan) -> dict[str, Any]:
    """The whole answer, with the keys of the contract in the contract's order.

    ``price`` is null if the price of a chosen course is not stated.
    """
    return {
        "objective": plan.objective,
        "courses": [course.activity.id for course in plan.courses],
        "hours": shortest(plan.hours),
        "price": None if plan.cents is None else shortest(Decimal(plan.cents) / 100),
        "optimal": plan.is_proven,
        "unmet": [
            {
                "credential": verdict.pack.id,
                "requirement": line.id,
                "missing": shortest(line.missing),
            }
            for verdict in plan.verdicts
            for line in verdict.requirements
            if line.missing
        ],
        "verdict": verdict_document(as_of, plan.verdicts),
    }
