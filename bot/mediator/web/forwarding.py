"""The requests as the client sent them, where trusted proxies pass them on."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.client_address import client_address

_SCHEMES = ("http", "https")


class Forwarding:
    """Gives each request its client's address, and the scheme that the client used.

    uvicorn's own reading of these headers is switched off: it trusts proxies by their address, which a
    container network does not fix; told to trust all of them, it believes the entry that the client wrote.
    """

    def __init__(self, app: ASGIApp, proxies: int) -> None:
        """Stands before ``app``, behind that many proxies; with 0, no header is believed."""
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] == "http":
            scope = {**scope, **self._forwarded(scope)}
        await self._app(scope, receive, send)

    def _forwarded(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        host, port = scope.get("client") or ("", 0)
        address = client_address(host, headers.getlist("x-forwarded-for"), self._proxies)
        scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        is_told = self._proxies > 0 and scheme in _SCHEMES
        return {"client": (address, port), "scheme": scheme if is_told else scope["scheme"]}
