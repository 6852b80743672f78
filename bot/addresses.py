"""How addresses are written: hosts and ports, origins of web pages, passwords in a database's address."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
ANY_PORT = ":*"
# Where a server listens on every interface, it answers here.
_EVERY_INTERFACE = ("", "0.0.0.0", "::")
_LOOPBACK = "127.0.0.1"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# The name of a user and the password behind it, up to the last "@" before a host.
_CREDENTIALS = re.compile(r"(?P<scheme>[\w+]+)://(?P<user>[^:/?#@]*):(?P<password>.*)@(?P<rest>[^@]*)", re.S)
_ESCAPED = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")


def here(host: str, port: int) -> str:
    """The address at which a server that listens on ``host`` is reached from its own machine."""
    return f"http://{authority(_LOOPBACK if host in _EVERY_INTERFACE else host, port)}"


def authority(host: str, port: int) -> str:
    """``host:port`` as it stands in an address: an IPv6 host in brackets."""
    bare = host.strip("[]")
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def is_host(text: str) -> bool:
    """Whether the text is a host name or an IP address (an IPv6 one with or without its brackets)."""
    return _normal_host(text) is not None


def origin(address: str) -> str | None:
    """The origin of a web address as browsers send it, None where the text is no http(s) address.

    Lower case, punycode, without the scheme's own port: ``HTTPS://Café.example:443/page`` has the origin
    ``https://xn--caf-dma.example``.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return None
    host = _normal_host(parts.netloc.rpartition("@")[2].removesuffix(f":{port}").removesuffix(":"))
    if parts.scheme not in DEFAULT_PORTS or host is None:
        return None
    is_usual = port in (None, DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def is_of_host(page: str, host: str) -> bool:
    """Whether the page's origin is of the server that was called by that ``Host`` header."""
    sent = origin(page)
    return sent is not None and sent == origin(f"{sent.partition(':')[0]}://{host}")


def site(text: str) -> str | None:
    """A site's origin, or one with any port (``http://localhost:*``), None where the text names no site.

    A final slash is no part of an origin; any other path, a question or a name of a user is a mistake.
    """
    has_any_port = text.rstrip("/").endswith(ANY_PORT)
    address = text.rstrip("/").removesuffix(ANY_PORT)
    found = origin(address)
    if found is None or any(sign in address.partition("://")[2] for sign in "/?#@\\"):
        return None
    return found + ANY_PORT if has_any_port else found


def with_escaped_password(address: str) -> str:
    """A database's address whose password may hold any sign: it is percent-encoded where it is not yet.

    ``postgresql://bot:p@ss/w#rd@db/bot`` becomes ``postgresql://bot:p%40ss%2Fw%23rd@db/bot``.
    """
    found = _CREDENTIALS.fullmatch(address)
    if found is None or _has_no_credentials(address):
        return address
    password = found["password"]
    if _ESCAPED.fullmatch(password):
        password = unquote(password)
    return f"{found['scheme']}://{found['user']}:{quote(password, safe='')}@{found['rest']}"


def _has_no_credentials(address: str) -> bool:
    """Whether the only "@" stands behind a host and its port, as in ``postgresql://db:5432/bot?user=a@b``."""
    return re.match(r"[\w+]+://[^:/?#@]+:\d{1,5}/[^?]*\?", address) is not None


def _normal_host(text: str) -> str | None:
    """The host in lower case and punycode, an IPv6 address in brackets; None where it is none."""
    bare = text.removeprefix("[").removesuffix("]")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        pass
    else:
        return f"[{address.compressed}]" if address.version == 6 else str(address)
    try:
        name = text.encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = name.removesuffix(".").split(".")
    return name if all(_LABEL.fullmatch(label) for label in labels) else None
