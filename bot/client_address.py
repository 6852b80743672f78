"""Whose request it is, behind reverse proxies: what limits and refusals of repeated attempts count by.

Each proxy appends the address that it was called from to ``X-Forwarded-For``. Only the entries that the
trusted proxies wrote are believed: with two of them, the second from the right. What stands before it came
from the client, who may write anything.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

# Who has one IPv6 address usually has 2^64 of them.
_IPV6_PREFIX = 64
# Some proxies add the client's port, for IPv6 behind brackets.
_ENTRY = re.compile(r"(?:\[(?P<bracketed>[^]]+)\]|(?P<bare>[^:]+))(?::\d+)?")


def client_address(connection: str, forwarded_for: Iterable[str], proxies: int) -> str:
    """The client's address, an IPv6 one as its /64 network.

    ``connection`` is the address that the connection comes from, ``forwarded_for`` the values of the header's
    lines in their order, ``proxies`` how many trusted proxies stand in front. The connection's address is
    returned where there is none, where the header has fewer entries than there are proxies, and where the
    entry is no IP address.
    """
    entries = [entry.strip() for line in forwarded_for for entry in line.split(",") if entry.strip()]
    if 0 < proxies <= len(entries):
        return _network(entries[-proxies]) or _network(connection) or connection
    return _network(connection) or connection


def _network(text: str) -> str | None:
    found = _ENTRY.fullmatch(text.strip().strip('"'))
    try:
        address = ipaddress.ip_address((found["bracketed"] or found["bare"]) if found else text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    # A server that listens on both families names an IPv4 client so.
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_PREFIX), strict=False))
