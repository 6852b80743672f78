"""The socket.io rooms of several servers: a message reaches a conversation's windows wherever they are."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from socketio import AsyncManager, AsyncRedisManager

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 1.0


class Rooms(AsyncRedisManager):
    """Rooms shared through Redis; while it does not answer, those of this server go on."""

    async def _publish(self, data: dict[str, Any]) -> None:
        # A room named after a connection has its one member here.
        if data.get("method") == "emit" and self.is_connected(data.get("room"), data.get("namespace")):
            return
        try:
            await asyncio.wait_for(super()._publish(data), ANSWER_SECONDS)
        except TimeoutError:
            self.connected = False
            logger.error("the other servers' windows are out of reach")


def rooms(url: str) -> AsyncManager:
    """The rooms of one server, or with a ``url`` those of all."""
    return Rooms(url) if url else AsyncManager()
