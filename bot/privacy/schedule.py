"""The purge inside the running server: once at the start and then every hour."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from typing import Any

from sanic import Sanic

from bot import settings
from bot.privacy import retention

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


def attach(app: Sanic[Any, Any]) -> None:
    """Gives the server its purge; several servers of one database may purge at the same time."""

    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.purge = asyncio.create_task(_keep_purging())

    async def stop(app: Sanic[Any, Any]) -> None:
        app.ctx.purge.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app.ctx.purge

    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")


async def _keep_purging() -> None:
    while True:
        try:
            await asyncio.to_thread(retention.purge, settings.get, dt.datetime.now(dt.UTC))
        except Exception as error:
            # A temporary database outage must not end the purge task.
            logger.error("the purge failed: %s", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
