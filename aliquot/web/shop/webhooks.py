"""Where gateways send their events."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aliquot.commerce.errors import ForgedEventError
from aliquot.flows.receive_event import LARGEST_EVENT, receive_event
from aliquot.infra import clock

logger = logging.getLogger("aliquot.commerce")


@csrf_exempt  # a gateway has no session: its signature over the raw body stands for a token
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """200 once an event is kept, 400 for a forged one, 413 for one too large to read."""
    try:
        size = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        size = 0
    if size > LARGEST_EVENT:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.read(max(size, 0))
    try:
        receive_event(gateway_name=gateway, body=body, headers=request.headers, now=clock.now())
    except ForgedEventError as forged:
        logger.warning("an event in the name of %s was refused: %s", gateway, forged.message)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return HttpResponse("kept\n", content_type="text/plain")


urlpatterns = [
    path("webhooks/<slug:gateway>/", webhook, name="webhook"),
]
