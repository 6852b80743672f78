"""The Starlette application: routes, headers, files, and what happens beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import settings
from bot.mediator.desk import Desk
from bot.mediator.pages import PAGES
from bot.mediator.web import internal
from bot.mediator.web.forwarding import Forwarding
from bot.mediator.web.guard import guarded, say_problem

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent.parent / "static"
# Those who wait are told within that time what has become of the queue.
SWEEP_SECONDS = 15
HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


class RowId(Convertor[int]):
    """A row's number in an address: nine digits at most, so that every database can hold it."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The digits."""
        return str(value)


register_url_convertor("row", RowId())


class Headers:
    """Adds the security headers, and keeps pages out of every cache but the files'."""

    def __init__(self, app: ASGIApp) -> None:
        """Stands before ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [item for item in HEADERS.items() if item[0] not in given]
                if not scope["path"].startswith("/static/"):
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def create_application(desk: Desk) -> Starlette:
    """The application on an open desk."""
    routes = [
        Route(page.path, guarded(desk, page), methods=[page.method], name=f"{page.method} {page.path}")
        for page in PAGES
    ]

    async def health(_: Request) -> Response:
        is_up = await run_in_threadpool(desk.is_healthy)
        if not is_up:
            return PlainTextResponse("store", 503)
        # The desk goes on serving: taking it away from people would be a second harm.
        return PlainTextResponse("journal" if desk.journal_fault else "ok")

    async def missing(request: Request, _: Exception) -> Response:
        return await run_in_threadpool(say_problem, desk, request, 404)

    async def failed(request: Request, error: Exception) -> Response:
        # The frames may hold what a person wrote: only the kind of error is logged.
        logger.error("a page failed: %s", type(error).__name__)
        return await run_in_threadpool(say_problem, desk, request, 500)

    @contextlib.asynccontextmanager
    async def sweeping(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_sweep(desk))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return Starlette(
        routes=[
            *routes,
            *internal.routes(desk),
            Route("/health", health),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Forwarding, proxies=settings.trusted_proxies()), Middleware(Headers)],
        exception_handlers={404: missing, 405: missing, 500: failed, Exception: failed},
        lifespan=sweeping,
    )


def server_config(desk: Desk, **own: Any) -> uvicorn.Config:
    """How the desk is served, wherever it listens; ``own`` are further options of uvicorn's."""
    return uvicorn.Config(
        create_application(desk),
        access_log=False,
        # ``Forwarding`` reads the headers of proxies.
        proxy_headers=False,
        # No page speaks over a websocket, and uvicorn wants a newer library for them than Rasa allows.
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=5,
        **own,
    )


async def _sweep(desk: Desk) -> None:
    """Gives back what was left lying and erases what is over, for as long as the desk runs."""
    while True:
        try:
            await run_in_threadpool(desk.sweep)
        except Exception as error:
            logger.error("sweeping failed: %s", type(error).__name__)
        await asyncio.sleep(SWEEP_SECONDS)
