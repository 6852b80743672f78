"""One turn at a time in a conversation: within a server in order, between servers through Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from types import SimpleNamespace

import pytest
from rasa.core.lock_store import LockError

from bot.operations import locks
from bot.operations.locks import ConversationLocks
from tests.support.servers.cluster import Cluster, free_port


def of_a_server(url: str | None) -> ConversationLocks:
    return ConversationLocks(SimpleNamespace(url=url))


async def turns(*stores: ConversationLocks) -> list[str]:
    """The begins and ends of three turns of one conversation, each at one of the stores."""
    happened: list[str] = []

    async def turn(store: ConversationLocks, name: str) -> None:
        async with store.lock("conversation"):
            happened.append(f"begin {name}")
            await asyncio.sleep(0.05)
            happened.append(f"end {name}")

    await asyncio.gather(*(turn(store, str(rank)) for rank, store in enumerate(stores)))
    return happened


def run(work: Awaitable[list[str]]) -> list[str]:
    async def inside() -> list[str]:
        return await work

    return asyncio.run(inside())


def test_turns_at_one_server_come_in_their_order() -> None:
    store = of_a_server(None)
    happened = run(turns(store, store, store))
    assert happened == ["begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"]


def test_a_server_forgets_the_conversations_that_nobody_waits_for() -> None:
    store = of_a_server(None)
    run(turns(store, store))
    assert not store._queues and not store._users


def test_turns_at_several_servers_do_not_overlap(servers: Cluster) -> None:
    async def work() -> list[str]:
        url = servers.environment["REDIS_URL"]
        return await turns(*(of_a_server(url) for _ in range(3)))

    happened = run(work())
    pairs = list(zip(happened[::2], happened[1::2], strict=True))
    assert [begin.replace("begin", "end") for begin, _ in pairs] == [end for _, end in pairs]


def test_a_server_that_dies_holds_a_conversation_no_longer_than_the_lock_lives(
    servers: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LIFETIME_SECONDS", 1.0)

    async def work() -> list[str]:
        url = servers.environment["REDIS_URL"]
        dead = of_a_server(url)
        # The holder neither renews nor releases, as when its process is gone.
        assert await dead._acquire("held") is not None
        async with of_a_server(url).lock("held"):
            return ["taken"]

    assert run(work()) == ["taken"]


def test_a_long_turn_keeps_its_lock(servers: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LIFETIME_SECONDS", 0.6)
    monkeypatch.setattr(locks, "RENEW_SECONDS", 0.2)
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.4)

    async def work() -> list[str]:
        url = servers.environment["REDIS_URL"]
        async with of_a_server(url).lock("long"):
            await asyncio.sleep(1.0)
            with pytest.raises(LockError):
                async with of_a_server(url).lock("long"):
                    return ["taken"]
            return ["kept"]

    assert run(work()) == ["kept"]


def test_without_redis_turns_go_on_and_the_wait_is_paid_once() -> None:
    async def work() -> list[str]:
        store = of_a_server(f"redis://127.0.0.1:{free_port()}/0")
        begun = time.monotonic()
        assert await store._acquire("conversation") is None
        assert store._rests_until > begun
        assert not await store.is_reachable()
        return await turns(store, store)

    assert run(work()) == ["begin 0", "end 0", "begin 1", "end 1"]
