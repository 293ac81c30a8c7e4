"""The addresses of the API, version 1."""

from django.urls import path
from ninja import NinjaAPI

from aliquot.api import (
    accounts,
    catalog,
    certificates,
    credentials,
    learning,
    ledger,
    meta,
    shop,
    staff,
)
from aliquot.api.frame import bodies, problems

app_name = "api"

api = NinjaAPI(
    title="Aliquot API",
    version="1.0",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=bodies.StrictParser(),
)
problems.install(api)
for area in (
    *catalog.AREAS,
    *accounts.AREAS,
    *learning.AREAS,
    certificates.area,
    *ledger.AREAS,
    *credentials.AREAS,
    *shop.AREAS,
    *staff.AREAS,
):
    api.add_router("", area.router)

urlpatterns = [
    path("openapi.json", meta.openapi, name="openapi"),
    path("docs", meta.docs, name="docs"),
    *(each for each in api.urls[0] if getattr(each, "name", "") != "api-root"),
]
