"""The sockets that servers listen on: ``::`` is every interface, with IPv4 as well as IPv6.

asyncio, uvicorn and Sanic each treat an IPv6 host in a way of their own; the first two leave IPv4 out.
"""

from __future__ import annotations

import socket

EVERY_INTERFACE = "::"
# So many connections may wait to be taken.
BACKLOG = 128


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises OSError where it cannot."""
    if host.strip("[]") == EVERY_INTERFACE and socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True)
    found = socket.getaddrinfo(single(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # A name such as localhost may have both kinds: whoever calls 127.0.0.1 must find it.
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)


def single(host: str) -> str:
    """The host for a library that listens by itself: ``::`` only on a machine with IPv6."""
    bare = host.strip("[]")
    return "0.0.0.0" if bare == EVERY_INTERFACE and not socket.has_dualstack_ipv6() else bare
