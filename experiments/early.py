"""A control: acknowledge a POST at once, do it a moment later. What is killed between is lost."""

import io
import threading
import time
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

DELAY_SECONDS = 0.1


class AcknowledgeEarlyMiddleware:
    """As a cache that is written back later would behave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the body, answer, and let a thread do the work."""
        if request.method != "POST":
            return self.get_response(request)
        body = request.body
        request._stream = io.BytesIO(body)  # type: ignore[attr-defined]
        threading.Thread(target=self.later, args=(request,)).start()
        if request.content_type == "application/json":
            return JsonResponse({"sequence": 0})
        return HttpResponseRedirect("/")

    def later(self, request: HttpRequest) -> None:
        """The work itself."""
        time.sleep(DELAY_SECONDS)
        try:
            self.get_response(request)
        finally:
            connection.close()
