"""Which other sites may call the assistant from a browser, and the headers that tell the browser so.

The server's own pages always may, known by the host that was called or, where a proxy writes another one, by
ASSISTANT_PUBLIC_URL. Others are listed in ASSISTANT_ALLOWED_ORIGINS, separated by spaces and written as in a
content security policy: ``https://www.ville.example`` or, for any port, ``http://localhost:*``. Credentials
are never allowed: the assistant sets no cookie.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Awaitable, Callable

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import addresses, settings
from bot.addresses import ANY_PORT

PREFLIGHT_SECONDS = 3600

Handler = Callable[..., Awaitable[HTTPResponse]]


def allowed() -> tuple[str, ...]:
    """The origins of other sites that may call, as browsers write them."""
    return _sites(settings.get("ASSISTANT_ALLOWED_ORIGINS"))


@lru_cache(maxsize=2)
def _sites(listed: str) -> tuple[str, ...]:
    # What names no site stopped the start (bot/settings.py).
    return tuple(site for one in settings.origins_in(listed) if (site := addresses.site(one)))


def may_call(origin: str | None, host: str) -> bool:
    """Whether a page of ``origin`` may call the server reached as ``host``; no origin is no browser page."""
    if not origin or addresses.is_of_host(origin, host):
        return True
    sent = addresses.origin(origin)
    public = os.environ.get("ASSISTANT_PUBLIC_URL", "")
    return sent is not None and (
        sent == addresses.origin(public) or any(_matches(sent, pattern) for pattern in allowed())
    )


def _matches(origin: str, pattern: str) -> bool:
    if not pattern.endswith(ANY_PORT):
        return origin == pattern
    bare = pattern.removesuffix(ANY_PORT)
    rest = origin.removeprefix(bare)
    return origin.startswith(bare) and (not rest or (rest[0] == ":" and rest[1:].isdigit()))


def socket_may_call(origin: str | None, environ: dict[str, Any]) -> bool:
    """``may_call`` in the form that the socket server asks for."""
    return may_call(origin, environ.get("HTTP_HOST", ""))


def open_to_sites(routes: Blueprint, address: str, methods: str) -> Callable[[Handler], Handler]:
    """Makes a handler answer preflights of ``address`` and allowed sites; a page of another site gets 403."""

    @routes.options(address, name=f"preflight_{address.strip('/').partition('/')[0]}")
    async def preflight(request: Request, **_: Any) -> HTTPResponse:
        answer = response.empty()
        if may_call(request.headers.get("origin"), request.host):
            answer.headers["Access-Control-Allow-Methods"] = methods
            answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
            answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        return _with_origin(request, answer)

    return readable_by_sites


def readable_by_sites(handler: Handler) -> Handler:
    """Makes a handler answer allowed sites where no preflight is needed; a page of another gets 403."""

    async def checked(request: Request, **parts: Any) -> HTTPResponse:
        if not may_call(request.headers.get("origin"), request.host):
            return response.json({"status": 403}, status=403)
        return _with_origin(request, await handler(request, **parts))

    checked.__name__ = handler.__name__
    return checked


def _with_origin(request: Request, answer: HTTPResponse) -> HTTPResponse:
    origin = request.headers.get("origin")
    answer.headers["Vary"] = "Origin"
    if origin and may_call(origin, request.host):
        answer.headers["Access-Control-Allow-Origin"] = origin
        # Whoever is refused for a while reads for how long.
        answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return answer
