"""What stops the start: settings that are each right and together unsafe. One sentence each.

Asked when the applications are ready, so settings that somebody derived from ours count too. What
is wrong about one value by itself is refused where it is read (infra/environment.py); what is
wrong about ways to pay, by the shop (commerce/apps.py).
"""

import ipaddress
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from aliquot.infra import delivery, environment

SHORTEST_TOKEN = 32  # characters of the token for /metrics
WIDEST = {4: 8, 6: 32}  # a network for /metrics, by version of the protocol: bits at least


def check_settings(settings: Any) -> None:
    """Raise ImproperlyConfigured for the first thing that is unsafe."""
    for problem in _always(settings):
        raise ImproperlyConfigured(problem)
    if not settings.IS_DEMO:
        for problem in _in_production(settings):
            raise ImproperlyConfigured(problem)


def _always(settings: Any) -> Iterator[str]:
    if settings.MAIL_URL:
        delivery.server_options(settings.MAIL_URL)
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield (
            f"ALIQUOT_METRICS_TOKEN is too short; at least {SHORTEST_TOKEN} random characters, or "
            "nothing."
        )
    for item in settings.METRICS_ADDRESSES:
        try:
            network = ipaddress.ip_network(item)
        except ValueError:
            yield (
                f"ALIQUOT_METRICS_ADDRESSES holds {item!r}; accepted: addresses and networks such "
                "as 10.0.0.7, 10.0.0.0/24."
            )
        else:
            if network.prefixlen < WIDEST[network.version]:
                yield f"ALIQUOT_METRICS_ADDRESSES holds {item}, which is nearly everybody."
    if settings.THREADS < 1:
        yield "ALIQUOT_THREADS is 0; accepted: 1 or more."


def _in_production(settings: Any) -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on: it shows settings and source code to visitors; switch it off."
    if not (settings.MAIL_URL and settings.MAIL_FROM):
        yield (
            "ALIQUOT_MAIL_URL and ALIQUOT_MAIL_FROM are missing; set them to your mail server "
            "(smtp://user:password@host:587) and sender."
        )
    mailbox, _, domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")
    if not mailbox or domain in environment.LOCAL:
        yield "ALIQUOT_MAIL_FROM must be an address of yours, such as CE desk <ce@your.host>."
    server = delivery.server_options(settings.MAIL_URL)
    is_open = not (server["use_tls"] or server["use_ssl"])
    if server["password"] and is_open and server["host"] not in environment.LOCAL:
        yield "ALIQUOT_MAIL_URL sends a password over the network without encryption."
    if any(host.startswith((".", "*")) for host in settings.ALLOWED_HOSTS):
        yield "ALIQUOT_ALLOWED_HOSTS must name hosts; a pattern would let strangers choose one."
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield (
            "ALIQUOT_TRUSTED_PROXIES is 0, but in production a proxy with TLS stands before this "
            "server; set it to how many proxies of yours there are, usually 1."
        )
    if settings.SECRET_KEY in settings.SECRET_KEY_FALLBACKS:
        yield "ALIQUOT_SECRET_KEY is also among ALIQUOT_SECRET_KEY_FALLBACKS; take it out there."
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host in environment.LOCAL or host.endswith((".example", ".invalid")):
        yield "ALIQUOT_SITE_URL must be the host by which visitors find the site."
