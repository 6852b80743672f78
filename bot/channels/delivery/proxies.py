"""The proxy by which a platform is reached, as the environment says (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).

Asked for each call: aiohttp's ``trust_env`` would also take passwords from a .netrc, beside the call's own.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import (  # type: ignore[attr-defined]  # typeshed leaves the second out
    getproxies_environment,
    proxy_bypass_environment,
)


def of(address: str) -> str | None:
    """The proxy's address, None for a call that goes straight: to this machine always does."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if _is_here(host):
        return None
    found = getproxies_environment()
    proxy = found.get(parts.scheme) or found.get("all")
    netloc = f"{host}:{parts.port}" if parts.port else host
    if not proxy or proxy_bypass_environment(netloc, found):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
