"""What is counted of every request: its route, method, status and time. Nothing about who asked.

A line in the log says more of a request that was refused: the number of the person.
"""

import logging
import time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from aliquot.infra import metrics
from aliquot.infra.http.requests import GetResponse

logger = logging.getLogger("aliquot.requests")

# Somebody met a right, a token or a limit. What is another's answers as what is absent, so a 404 of
# somebody signed in counts too.
REFUSALS = {401, 403, 429}


class MeasureMiddleware:
    """Counts each request for ``/metrics``; a line about each refusal, at INFO about every request.

    Who was refused is named by number, if the request had found out; an address never is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Measure; whatever raises has been made a response before it comes here."""
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        route, method = route_of(request), request.method or ""
        metrics.count_request(route=route, method=method, status=response.status_code, seconds=took)
        person = getattr(request, "_cached_user", None)  # if somebody asked; nobody is asked now
        number = person.pk if person else None
        is_hidden = response.status_code == HTTPStatus.NOT_FOUND and number and route != "none"
        is_refusal = response.status_code in REFUSALS or is_hidden
        level = logging.WARNING if is_refusal else logging.INFO
        if logger.isEnabledFor(level):
            facts = {"route": route, "status": response.status_code, "ms": round(took * 1000, 1)}
            if is_refusal:
                facts["person"] = number
            logger.log(level, "%s %s", method, HTTPStatus(response.status_code).phrase, extra=facts)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route; never the path, which may hold codes and is chosen by strangers."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"
