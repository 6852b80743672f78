"""The stream of events to RabbitMQ, which never holds up an answer nor a start.

Rasa's own broker makes the server wait up to 100 seconds for RabbitMQ before it starts and then end; what is
published before the connection stands is dropped, and what failed waits for a *next* reconnection. Here the
connection is sought behind, and what could not be sent is kept in order and sent once it stands.

An event may come twice (RabbitMQ died before it confirmed) and events still unsent when a server dies are
missing: the database of conversations is the truth, the stream a copy for statistics.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

from rasa.core.brokers.pika import PikaEventBroker

logger = logging.getLogger(__name__)

MOST_KEPT = 20_000
RETRY_SECONDS = 2.0
PUBLISH_SECONDS = 5.0
QUEUE = "conversation_events"
DEFAULT_PORT = 5672


class EventStream(PikaEventBroker):
    """Publishes every event to a durable queue."""

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Any, event_loop: AbstractEventLoop | None = None
    ) -> EventStream | None:
        """The stream to the configuration's ``url``; None where there is none."""
        if broker_config is None or not broker_config.url:
            return None
        stream = cls(broker_config.url, broker_config.kwargs.get("queue") or QUEUE)
        stream.open()
        return stream

    def __init__(self, url: str, queue: str) -> None:
        """Prepares the stream; must be called where an event loop runs."""
        parts = urlsplit(url)
        super().__init__(
            # With its scheme Rasa hands the whole address on, virtual host and options included.
            host=f"{parts.scheme}://{parts.hostname}{parts.path}{'?' if parts.query else ''}{parts.query}"
            if parts.scheme == "amqps"
            else parts.hostname or "localhost",
            username=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            port=parts.port or DEFAULT_PORT,
            queues=[queue],
            event_loop=asyncio.get_running_loop(),
            connection_attempts=1,
            retry_delay_in_seconds=0,
        )
        self._unpublished_events: deque[dict[str, Any]] = deque(maxlen=MOST_KEPT)
        self._order = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Seeks the connection behind, again and again."""
        self._opening = self._loop.create_task(self._connect_at_last())

    def publish(self, event: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """Queues the event behind those that wait, and sends what can be sent."""
        self._unpublished_events.append(event)
        self._publish_unpublished_messages()

    @property
    def waiting(self) -> int:
        """How many events wait to be sent."""
        return len(self._unpublished_events)

    async def close(self) -> None:
        """Ends the connection and the search for one."""
        if self._opening is not None:
            self._opening.cancel()
        await super().close()

    def _publish_unpublished_messages(self, *_: Any, **__: Any) -> None:
        if self._exchange is None or self._order.locked():
            return
        task = self._loop.create_task(self._send_all())
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)

    async def _send_all(self) -> None:
        async with self._order:
            while self._unpublished_events:
                event = self._unpublished_events[0]
                try:
                    assert self._exchange is not None
                    publishing = self._exchange.publish(self._message(event, None), "")
                    await asyncio.wait_for(publishing, PUBLISH_SECONDS)
                except Exception as error:
                    logger.error("an event waits for the broker: %s", type(error).__name__)
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                if self._unpublished_events and self._unpublished_events[0] is event:
                    self._unpublished_events.popleft()

    async def _connect_at_last(self) -> None:
        while True:
            try:
                await self.connect()
                break
            except Exception as error:
                logger.error("the event broker is out of reach: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
        self._publish_unpublished_messages()
