"""How many messages a minute are read: from one conversation, and from one network address.

A conversation is one person, who writes a few messages a minute. An address may be a whole town hall, a room
of France services or a mobile network: its limit is for many, and its notice blames nobody. A message too
many is neither read nor counted, and whoever sent it is told in how many seconds it would be.

Counted over the last sixty seconds, in this process or, with REDIS_URL, for all servers together. Redis out
of reach stops no one: each message is then read. Nothing else is kept of an address, and that for a minute.

An address counts only where a person's browser or a site's own programme calls. The messaging platforms call
for everyone from the same few addresses, with a signature; there the conversation alone counts.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Dict

from limits import RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings
from bot.channels.turns.moving_window import MovingWindow
from bot.channels.turns.system_messages import notice
from bot.client_address import client_address

logger = logging.getLogger(__name__)

# Where messages come in from a person's own address.
_ADDRESSED = ("/webhooks/rest/", "/socket.io", "/sans-javascript")
# Requests that are no message and are counted by address alone.
_COUNTED = ("/feedback", "/conversations/")
_ANSWER_SECONDS = 1

_here = MovingWindow()
_address: ContextVar[str] = ContextVar("address", default="")


def attach(app: Sanic[Any, Any]) -> None:
    """Makes the server know each request's address and count the requests that are no message."""
    app.register_middleware(_note_address, "request")


async def refusal(sender_id: str) -> Dict[str, Any] | None:
    """The notice for a message too many, from the conversation or from the address; None for another.

    Its metadata hold ``retry_after``, the seconds after which the message would be read.
    """
    seconds = await _wait(sender_limit(), "sender", sender_id)
    if seconds:
        return _told(notice("utter_notice_too_fast", limit=sender_limit(), seconds=seconds), seconds)
    seconds = await _wait_from_here()
    return _told(notice("utter_notice_busy", seconds=seconds), seconds) if seconds else None


def seconds_to_wait(messages: Sequence[Mapping[str, Any]]) -> int:
    """After how many seconds the message that these answer would be read; 0 where it was."""
    return max((int(one["metadata"].get("retry_after") or 0) for one in messages), default=0)


def http_of(messages: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """Status and headers of an HTTP answer to a client that can send the message again by itself."""
    seconds = seconds_to_wait(messages)
    return {"status": 429, "headers": {"Retry-After": str(seconds)}} if seconds else {}


def _told(refused: Dict[str, Any], seconds: int) -> Dict[str, Any]:
    return {**refused, "metadata": {**refused["metadata"], "retry_after": seconds}}


def sender_limit() -> int:
    """Messages a minute from one conversation."""
    return int(settings.get("ASSISTANT_MESSAGES_PER_MINUTE"))


def address_limit() -> int:
    """Messages a minute from one network address."""
    return int(settings.get("ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS"))


async def _note_address(request: Request) -> HTTPResponse | None:
    counted = request.path.startswith(_COUNTED)
    is_addressed = counted or request.path.startswith(_ADDRESSED)
    _address.set(_address_of(request) if is_addressed else "")
    if counted and request.method not in ("OPTIONS", "HEAD"):
        seconds = await _wait_from_here()
        if seconds:
            body = {"status": 429, "message": notice("utter_notice_busy", seconds=seconds)["text"]}
            headers = {"Retry-After": str(seconds)}
            return response.json(body, status=429, headers=headers, ensure_ascii=False)
    return None


def _address_of(request: Request) -> str:
    forwarded_for = request.headers.getall("x-forwarded-for", [])
    return client_address(request.ip, forwarded_for, settings.trusted_proxies())


async def _wait_from_here() -> int:
    address = _address.get()
    return await _wait(address_limit(), "address", address) if address else 0


async def _wait(most: int, *key: str) -> int:
    """0 for a message within the limit, which is counted; else the whole seconds until it would be within."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return _whole(_here.wait(most, key))
    limiter, item = MovingWindowRateLimiter(_storage(url)), RateLimitItemPerMinute(most)
    try:
        if await asyncio.to_thread(limiter.hit, item, *key):
            return 0
        window = await asyncio.to_thread(limiter.get_window_stats, item, *key)
    except Exception as error:
        # Whatever the storage raises: a limit that cannot be counted must not silence the assistant.
        logger.error("the limits cannot be counted: %s", type(error).__name__)
        return 0
    return _whole(max(window.reset_time - time.time(), 0.1))


def _whole(seconds: float) -> int:
    """Whole seconds, never one alone: sentences say "secondes"."""
    return max(2, math.ceil(seconds)) if seconds > 0 else 0


@lru_cache(maxsize=2)
def _storage(url: str) -> Storage:
    # Kept here: a limiter holds its storage by a weak reference only.
    timeouts = {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": _ANSWER_SECONDS}
    storage = storage_from_string(url, **timeouts)
    # Of an address without "async+" it is never the other kind.
    assert isinstance(storage, Storage)
    return storage
