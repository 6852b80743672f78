"""One turn at a time in each conversation, on any number of servers.

Within a server the turns of a conversation wait in their order of arrival. Between servers a key in Redis
says who is at work. It lapses in seconds unless its holder renews it, so a server that dies holds up nobody
for long. Rasa's own lock asks Redis from the event loop (a stalled Redis stops every conversation) and looks
again only every second.

While Redis does not answer, turns go on under the server's own lock: an assistant that falls silent costs
more than the rare case of one person's two messages on two servers at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError as NotHeld
from redis.exceptions import RedisError

from bot.operations import metrics

logger = logging.getLogger(__name__)

# A holder renews four times in a lifetime, so that one slow answer of Redis loses nothing.
LIFETIME_SECONDS = 10.0
RENEW_SECONDS = 2.5
WAIT_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05
ANSWER_SECONDS = 1.0
# After a failure Redis is left alone, so that its time-out is paid once and not at every turn.
REST_SECONDS = 3.0
KEY = "assistant:turn:"


class ConversationLocks(LockStore):
    """The locks; without a URL they hold for this server alone."""

    def __init__(self, endpoint_config: Any = None) -> None:
        """Takes Redis's address from the configuration's ``url``; connects when first needed."""
        super().__init__()
        url = endpoint_config.url if endpoint_config else None
        self._redis: Redis | None = connect(url) if url else None
        self._queues: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()
        self._rests_until = 0.0

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> AsyncGenerator[TicketLock, None]:
        """Holds the conversation; raises Rasa's LockError where its turn does not come in time."""
        async with self._local(conversation_id), self._shared(conversation_id):
            yield TicketLock(conversation_id)

    async def is_reachable(self) -> bool:
        """Whether the servers can see each other's locks; true for a server on its own."""
        if self._redis is None:
            return True
        try:
            return bool(await asyncio.wait_for(self._redis.ping(), ANSWER_SECONDS))
        except (TimeoutError, RedisError, OSError):
            return False

    @asynccontextmanager
    async def _local(self, conversation: str) -> AsyncIterator[None]:
        queue = self._queues.setdefault(conversation, asyncio.Lock())
        self._users[conversation] += 1
        try:
            async with _in_time(queue):
                yield
        finally:
            self._users[conversation] -= 1
            if not self._users[conversation]:
                del self._users[conversation], self._queues[conversation]

    @asynccontextmanager
    async def _shared(self, conversation: str) -> AsyncIterator[None]:
        lock = await self._acquire(conversation)
        if lock is None:
            yield
            return
        renewal = asyncio.create_task(_renew(lock))
        try:
            yield
        finally:
            renewal.cancel()
            # Not released, it lapses by itself.
            with contextlib.suppress(NotHeld, RedisError, OSError, asyncio.TimeoutError):
                await asyncio.wait_for(lock.release(), ANSWER_SECONDS)

    async def _acquire(self, conversation: str) -> Lock | None:
        """Redis's lock, or None where Redis is not used or does not answer."""
        if self._redis is None:
            return None
        if time.monotonic() < self._rests_until:
            metrics.LOCK_FALLBACKS.inc()
            return None
        lock = self._redis.lock(
            KEY + conversation,
            timeout=LIFETIME_SECONDS,
            sleep=LOOK_AGAIN_SECONDS,
            blocking_timeout=WAIT_SECONDS,
        )
        try:
            acquired = await lock.acquire()
        except (TimeoutError, RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            metrics.LOCK_FALLBACKS.inc()
            logger.error("the shared lock is out of reach, going on without it: %s", type(error).__name__)
            return None
        if not acquired:
            raise LockError("the conversation's other turn does not end")
        return lock


def connect(url: str) -> Redis:
    """A client that waits briefly and finds its way back after an interruption."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        health_check_interval=10,
    )
    return client


@asynccontextmanager
async def _in_time(queue: asyncio.Lock) -> AsyncIterator[None]:
    try:
        await asyncio.wait_for(queue.acquire(), WAIT_SECONDS)
    except TimeoutError as error:
        raise LockError("the conversation's other turn does not end") from error
    try:
        yield
    finally:
        queue.release()


async def _renew(lock: Lock) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        with contextlib.suppress(NotHeld, RedisError, OSError):
            await lock.reacquire()
