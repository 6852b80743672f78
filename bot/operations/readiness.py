"""Whether the server can answer: alive, ready, or degraded and by what. Names of parts only, no address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.engine.actions_here import ActionsHere
from bot.engine.tracker_store import ConversationStore
from bot.law import parameters
from bot.operations.events import EventStream
from bot.operations.locks import ConversationLocks

logger = logging.getLogger(__name__)

CHECK_SECONDS = 3.0


@dataclass(frozen=True)
class Readiness:
    """``missing``: without it no turn succeeds; ``degraded``: turns succeed with less."""

    missing: tuple[str, ...]
    degraded: tuple[str, ...]
    model: str

    @property
    def is_ready(self) -> bool:
        """Whether a proxy should send people here."""
        return not self.missing


async def readiness(agent: Any, is_draining: bool) -> Readiness:
    """The state of every part, asked now."""
    if agent is None or not agent.is_ready():
        return Readiness(("model",), (), "")
    missing = ["stopping"] if is_draining else []
    store, actions, locks = await asyncio.gather(
        _within(_conversations(agent.tracker_store)),
        _within(_actions(agent.action_endpoint)),
        _within(_locks(agent.lock_store)),
    )
    missing += [] if store else ["conversations"]
    degraded = [name for name, answers in (("actions", actions), ("locks", locks)) if not answers]
    stream = agent.tracker_store.event_broker
    if isinstance(stream, EventStream) and not stream.is_ready():
        degraded.append("events")
    try:
        parameters.validate()
    except parameters.ParameterError as error:
        logger.error("the parameters cannot be read: %s", error)
        degraded.append("parameters")
    return Readiness(tuple(missing), tuple(degraded), str(agent.fingerprint))


async def _within(check: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(check, CHECK_SECONDS)
    except Exception as error:
        logger.warning("a part does not answer: %s", type(error).__name__)
        return False


async def _conversations(store: Any) -> bool:
    if isinstance(store, ConversationStore):
        await store.beside(store.check)
    return True


async def _actions(endpoint: Any) -> bool:
    if isinstance(endpoint, ActionsHere):
        return True
    address = endpoint.url.rsplit("/", 1)[0] + "/health"
    async with aiohttp.ClientSession() as client, client.get(address) as answer:
        return answer.status == 200


async def _locks(store: Any) -> bool:
    return not isinstance(store, ConversationLocks) or await store.is_reachable()
