"""How many messages a minute are read: from one conversation, and from one network address.

Counted over the last sixty seconds, in this process or, with REDIS_URL, for all servers together. Redis out
of reach stops no one: each message is then read. Nothing else is kept of an address, and that for a minute.

An address counts only where a person's browser or a site's own programme calls. The messaging platforms call
for everyone from the same few addresses, with a signature; there the conversation alone counts.
"""

from __future__ import annotations

import asyncio
import logging
import os
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
from bot.channels.moving_window import MovingWindow
from bot.channels.notices import notice
from bot.client_address import client_address

logger = logging.getLogger(__name__)

# Where messages come in from a person's own address.
_ADDRESSED = ("/webhooks/rest/", "/socket.io", "/sans-javascript")
# Requests that are no message and are counted by address alone.
_COUNTED = ("/feedback", "/conversations/")
_ANSWER_SECONDS = 1

_here = MovingWindow()
_address: ContextVar[str] = ContextVar("address", default="")


def attach(app: Sanic) -> None:
    """Makes the server know each request's address and count the requests that are no message."""
    app.register_middleware(_note_address, "request")


async def refusal(sender_id: str) -> Dict[str, Any] | None:
    """The notice for a message too many, from the conversation or from the address; None for another."""
    if await _allowed(sender_limit(), "sender", sender_id) and await _allowed_from_here():
        return None
    return notice("utter_notice_too_fast", limit=sender_limit())


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
    if counted and request.method not in ("OPTIONS", "HEAD") and not await _allowed_from_here():
        text = notice("utter_notice_too_fast", limit=address_limit())["text"]
        body = {"status": 429, "message": text}
        return response.json(body, status=429, headers={"Retry-After": "60"}, ensure_ascii=False)
    return None


def _address_of(request: Request) -> str:
    forwarded_for = request.headers.getall("x-forwarded-for", [])
    return client_address(request.ip, forwarded_for, settings.trusted_proxies())


async def _allowed_from_here() -> bool:
    address = _address.get()
    return not address or await _allowed(address_limit(), "address", address)


async def _allowed(most: int, *key: str) -> bool:
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return _here.allows(most, key)
    limiter, item = MovingWindowRateLimiter(_storage(url)), RateLimitItemPerMinute(most)
    try:
        return bool(await asyncio.to_thread(limiter.hit, item, *key))
    except Exception as error:
        # Whatever the storage raises: a limit that cannot be counted must not silence the assistant.
        logger.error("the limits cannot be counted: %s", type(error).__name__)
        return True


@lru_cache(maxsize=2)
def _storage(url: str) -> Storage:
    # Kept here: a limiter holds its storage by a weak reference only.
    patience = {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": _ANSWER_SECONDS}
    return storage_from_string(url, **patience)
