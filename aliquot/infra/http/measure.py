"""What is counted of every request: its route, method, status and time. Nothing about who asked."""

import logging
import time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from aliquot.infra import metrics
from aliquot.infra.http.requests import GetResponse

logger = logging.getLogger("aliquot.requests")


class MeasureMiddleware:
    """Counts each request for ``/metrics`` and, at log level INFO, writes a line about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Measure; whatever raises has been made a response before it comes here."""
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        route, method = route_of(request), request.method or ""
        metrics.count_request(route=route, method=method, status=response.status_code, seconds=took)
        if logger.isEnabledFor(logging.INFO):
            facts = {"route": route, "status": response.status_code, "ms": round(took * 1000, 1)}
            logger.info("%s %s", method, HTTPStatus(response.status_code).phrase, extra=facts)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route; never the path, which may hold codes and is chosen by strangers."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"
