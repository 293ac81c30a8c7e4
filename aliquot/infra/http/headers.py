"""Headers of every response, beside those of the framework's own middleware."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from aliquot.infra.http.requests import GetResponse

# Nothing here uses a sensor or a device; passkeys are for our own pages.
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "browsing-topics",
                "camera",
                "display-capture",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "serial",
                "usb",
                "xr-spatial-tracking",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")  # each page takes a few


class HeadersMiddleware:
    """What a browser may use, how texts are to be read, and that pages of a session are stored
    nowhere.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers. A session shows by its cookie, so no query is made for static files."""
        if request.method == "TRACE":  # some pages of libraries answer any method
            response: HttpResponse = HttpResponseNotAllowed(METHODS)
        else:
            response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        kind = response.get("Content-Type", "")
        if kind.startswith("text/") and "charset" not in kind:
            response["Content-Type"] = f"{kind}; charset=utf-8"
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            response.setdefault("Cache-Control", "no-store")
        return response
