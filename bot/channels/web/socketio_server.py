"""A socket.io server that leaves aside what is no packet of ours.

python-socketio and engine.io write a traceback for each such frame: whoever connects could fill the log.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from socketio import AsyncServer

logger = logging.getLogger(__name__)


class Sockets(AsyncServer):
    """The server; its events take one argument."""

    def __init__(self, **options: Any) -> None:
        """Takes the options of socket.io's own."""
        super().__init__(engineio_logger=_Brief(logger, {}), **options)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:
            # Whatever the parser makes of noise; the type alone, since the frame may hold a person's words.
            logger.info("a packet that is none is left aside: %s", type(error).__name__)
            self._binary_packet.pop(eio_sid, None)

    async def _handle_event(self, eio_sid: str, namespace: str, id: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            raise ValueError("an event begins with its name")
        await super()._handle_event(eio_sid, namespace, id, data[:2])


class _Brief(logging.LoggerAdapter):  # type: ignore[type-arg]
    """What engine.io logs: failures by their kind, and no packet, which it holds as it came."""

    def isEnabledFor(self, level: int) -> bool:
        return level >= logging.WARNING and super().isEnabledFor(level)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.warning("a connection ends: %s", type(sys.exc_info()[1]).__name__)
