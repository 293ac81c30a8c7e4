"""Where a webhook may go: https, a public address, and to that very address.

A name is resolved once; every address it has must be public, and the connection is made to one of
the addresses checked, so a name that answers otherwise a moment later (DNS rebinding) gains
nothing. Redirects are not followed.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from aliquot.lib.errors import AliquotError

PORTS = {443, 8443}
LONGEST = 500
# Neither global nor private by the library's list: site-local (deprecated, still routed inside),
# documentation, the relays of 6to4, and identifiers that are no addresses.
_NOWHERE = [
    ipaddress.ip_network(each)
    for each in ("fec0::/10", "3fff::/20", "192.88.99.0/24", "2001:20::/28")
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(AliquotError):
    """The address of a webhook is not one that we speak to."""

    code = "address_refused"
    field = "url"


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the name for TLS and Host, and the addresses to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def check_shape(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address. Raises AddressRefusedError."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefusedError(f"Accepted: an address of at most {LONGEST} plain characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefusedError("This is no address.") from None
    accepted = {"https", "http"} if settings.IS_DEMO else {"https"}
    if parts.scheme not in accepted or not host:
        raise AddressRefusedError("The address must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefusedError("The address must not hold a user, a password or a fragment.")
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    if port not in PORTS and not settings.IS_DEMO:
        raise AddressRefusedError("The port must be 443 or 8443.")
    path = parts.path or "/"
    return parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path


def resolve(url: str) -> Target:
    """The address with where it leads now. Raises AddressRefusedError if any of it is private."""
    scheme, host, port, path = check_shape(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefusedError(f"The host {host} has no address.") from None
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    if not addresses or not all(is_public(each) for each in addresses):
        raise AddressRefusedError(f"The host {host} leads to an address that is not public.")
    return Target(scheme, host, port, path, addresses)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also behind any way to write IPv4 as 6."""
    try:
        parsed: IpAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return is_public(str(parsed.ipv4_mapped))
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified:
        return False
    if any(parsed in network for network in _NOWHERE):
        return False
    return all(is_public(str(each)) for each in _inner(parsed))


def _inner(parsed: IpAddress) -> list[IpAddress]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(parsed, ipaddress.IPv4Address):
        return []
    found: list[IpAddress | None] = [parsed.sixtofour]
    found += list(parsed.teredo or ())
    if parsed in _NAT64 or parsed in _COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
