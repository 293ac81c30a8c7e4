"""Attempts without their forms, which are large and held, and the answers given in them."""

from typing import Any

from django.db import connection

from aliquot.assessment.models import Attempt, Response
from aliquot.infra.statements import Given, Statement, columns_of, instance

LIGHT = tuple(name for name in columns_of(Attempt) if name != "form")


def light_attempt(*values: Any) -> Attempt:
    """An attempt from the values of ``LIGHT``; its form is read when it is asked for."""
    return Attempt.from_db(connection.alias, LIGHT, values)


locked_attempts = Statement(
    light_attempt,
    lambda: Attempt.objects.filter(pk=Given("attempt")).values_list(*LIGHT),
    locks=True,
)
_responses = Statement(
    lambda *values: instance(Response, values),
    lambda: Response.objects.filter(attempt=Given("attempt")).values_list(*columns_of(Response)),
)


def responses_of(attempt: Attempt) -> dict[str, Response]:
    """The answers stored so far, by the key of their question."""
    known = getattr(attempt, "_prefetched_objects_cache", {})
    rows = attempt.responses.all() if "responses" in known else _responses.rows(attempt=attempt.pk)
    return {each.question_key: each for each in rows}
