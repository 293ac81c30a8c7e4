"""The frame of one request: its id, one view of the cache, where it came from."""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from aliquot.infra import cache, trace
from aliquot.infra.database import believe_fresh_connection, note_use

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a proxy or a client may call a request: plain, not too short to be told from others, as long
# as an audit row holds, and not as jobs are called.
SANE_ID = re.compile(r"(?!job-)[A-Za-z0-9][A-Za-z0-9_-]{11,39}")


class RequestIdMiddleware:
    """Gives each request an id that appears in logs, audit rows, error pages and the answer.

    It is the one of ``X-Request-ID`` where that is sane, so that a proxy's log and ours agree.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request; generation numbers are read once in it."""
        believe_fresh_connection()
        given = request.headers.get("X-Request-ID", "")
        wanted = given if SANE_ID.fullmatch(given) else ""
        with trace.tracing(wanted) as request_id, cache.one_view():
            request.request_id = request_id  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
        note_use()
        return response


class ProbeMiddleware:
    """Lets probes and monitors name the server as they like: a load balancer writes its address,
    and ``curl`` on the machine itself 127.0.0.1.

    Nothing that answers there makes a link of the name, so none can be put into one.
    """

    PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.host = urlsplit(settings.SITE_URL).netloc

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The site's own name is as good as any; all other paths keep what was written."""
        if request.path_info in self.PATHS:
            request.META["HTTP_HOST"] = self.host
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The address of who asks, as the last proxy of ours saw it; ``""`` if there is none.

    With n trusted proxies it is the n-th entry of X-Forwarded-For from the right: everything
    further left was typed by the client.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    address = request.META.get("REMOTE_ADDR", "")
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        address = hops[-proxies] if len(hops) >= proxies else ""
    return str(address)


def monitor_address(request: HttpRequest) -> str:
    """As ``client_address``, but who comes past the proxies is known by the connection itself.

    A proxy of ours names the client in a header, so who has none came straight to this server. For
    what is read by the machine itself only: no proxy hands ``/metrics`` on.
    """
    is_direct = not {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"} & request.META.keys()
    return str(request.META.get("REMOTE_ADDR", "")) if is_direct else client_address(request)


def client_network(request: HttpRequest) -> str:
    """What rate limits count by: the IPv4 address, or the /64 an IPv6 household owns."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
