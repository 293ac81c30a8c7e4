"""Every route of the site, and what the whole database holds."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import URLPattern, URLResolver, get_resolver

from aliquot.api.document import document

# What reading may change: sessions, their bookkeeping, rate counts, and the log of staff reads.
SET_ASIDE = {"sessions.session", "usersessions.usersession", "infra.ratecount"}
READS = ("person.viewed_by_staff",)


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """The full name and the pattern of every route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or pattern.app_name or ""
            yield from routes(pattern.url_patterns, f"{namespace}{inner}:" if inner else namespace)
        else:
            yield f"{namespace}{pattern.name}", pattern


def api_operations() -> set[str]:
    """The routes of the API, whose users bring tokens: their rows are in tests/api/matrix.py."""
    paths = document()["paths"].values()
    return {f"api:{each['operationId']}" for path in paths for each in path.values()}


def database_state() -> dict[str, str]:
    """A digest of the rows of every table but those set aside."""
    return {
        model._meta.label_lower: digest(model)
        for model in apps.get_models()
        if model._meta.label_lower not in SET_ASIDE
    }


def digest(model: Any) -> str:
    """A digest of all rows of one table."""
    rows = model._default_manager.order_by("pk")
    if model._meta.label_lower == "infra.auditentry":
        rows = rows.exclude(action__in=READS)
    encode = DjangoJSONEncoder(sort_keys=True).encode
    text = "\n".join(encode(row) for row in rows.values())
    return hashlib.sha256(text.encode()).hexdigest()
