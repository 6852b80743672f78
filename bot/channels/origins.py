"""Which other sites may call the assistant from a browser, and the headers that tell the browser so.

The server's own pages always may. Others are listed in ASSISTANT_ALLOWED_ORIGINS, separated by spaces and
written as in a content security policy: ``https://www.ville.example`` or, for any port,
``http://localhost:*``. Credentials are never allowed: the assistant sets no cookie.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable
from urllib.parse import urlsplit

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings

PREFLIGHT_SECONDS = 3600
ANY_PORT = ":*"

Handler = Callable[..., Awaitable[HTTPResponse]]


def allowed() -> tuple[str, ...]:
    """The origins of other sites that may call, as written in the settings."""
    return tuple(settings.get("ASSISTANT_ALLOWED_ORIGINS").split())


def may_call(origin: str | None, host: str) -> bool:
    """Whether a page of ``origin`` may call the server reached as ``host``; no origin is no browser page."""
    if not origin:
        return True
    try:
        if urlsplit(origin).netloc == host:
            return True
    except ValueError:
        # "http://[": no browser says so.
        return False
    return any(_matches(origin, pattern) for pattern in allowed())


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
    return answer
