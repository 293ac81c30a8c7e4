"""Addresses and bodies of the pages of a test."""

import json
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from aliquot.assessment.models import Attempt
from aliquot.learning.models import Enrollment


def url(name: str, enrollment: Enrollment, attempt: Attempt | None = None) -> str:
    return reverse(
        f"learning:{name}", args=[enrollment.pk, *([attempt.pk] if attempt is not None else [])]
    )


def keys_by_kind(attempt: Attempt) -> dict[str, str]:
    return {entry["kind"]: entry["key"] for entry in attempt.form}


def send(client: Client, where: str, **body: Any) -> Any:
    return client.post(where, json.dumps(body), content_type="application/json")


def fields_of(html: str) -> dict[str, str]:
    """The hidden fields of the attempt page: what a browser without script sends along."""
    return {
        name: value.replace("&quot;", '"')
        for name, value in re.findall(r'name="((?:sequence|was)\.[^"]+)" value="([^"]*)"', html)
    }


def typed(attempt: Attempt, answers: dict[str, Any]) -> dict[str, Any]:
    """An answer to every question as the fields of the form."""
    fields: dict[str, Any] = {}
    for entry in attempt.form:
        answer, prefix = answers[entry["kind"]], f"q-{entry['key']}"
        if isinstance(answer, dict):
            fields |= {f"{prefix}.{name}": value for name, value in answer.items()}
        else:
            fields[prefix] = answer
    return fields
