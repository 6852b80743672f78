"""Fifteen messages a minute from one conversation or one address; more gets a polite notice."""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from sanic import Sanic

from bot.channels import feedback, limits
from bot.channels.moving_window import MovingWindow
from bot.channels.rest import RestChannel
from bot.evaluation.messaging.channels import serving

_names = itertools.count()
Post = Callable[..., Awaitable[str]]
FAST = "plus vite"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    limits._storage.cache_clear()
    monkeypatch.setattr(limits, "_here", MovingWindow())
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("ASSISTANT_SWITCHES", str(tmp_path))
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'feedback.db'}")
    for name in ("", "_AND_ADDRESS"):
        monkeypatch.delenv(f"ASSISTANT_MESSAGES_PER_MINUTE{name}", raising=False)


def with_server(test: Callable[[Post], Awaitable[None]]) -> None:
    """Runs the test against a server without a model: what is read gets the notice that says so."""

    async def run() -> None:
        Sanic.test_mode = True
        Sanic._app_registry.clear()
        app = Sanic(f"limits-test-{next(_names)}", configure_logging=False)
        app.ctx.agent = None
        limits.attach(app)
        app.blueprint(RestChannel().blueprint(_unused), url_prefix="/webhooks/rest")
        app.blueprint(feedback.FeedbackChannel().blueprint(_unused), url_prefix="/")
        async with serving(app) as server, aiohttp.ClientSession() as client:

            async def post(sender: str, path: str = "/webhooks/rest/webhook", **headers: str) -> str:
                body = {"sender": sender, "message": "bonjour"}
                async with client.post(server.address + path, json=body, headers=headers) as reply:
                    return f"{reply.status} {await reply.text()}"

            await test(post)

    asyncio.run(run())


async def _unused(_: object) -> None:
    raise AssertionError("no turn goes through Rasa's handler")


def test_the_count_outlives_a_collection_of_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_MESSAGES_PER_MINUTE", "1")

    async def two_messages() -> list[bool]:
        read = []
        for _ in range(2):
            read.append(await limits.refusal("somebody") is None)
            gc.collect()
        return read

    assert asyncio.run(two_messages()) == [True, False]


def test_the_sixteenth_message_of_a_conversation_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS", "1000")

    async def test(post: Post) -> None:
        answers = [await post("one") for _ in range(16)]
        assert all(FAST not in answer for answer in answers[:15])
        assert answers[15].startswith("200") and FAST in answers[15] and "15 messages" in answers[15]
        assert FAST not in await post("another")

    with_server(test)


def test_the_sixteenth_message_of_an_address_is_not_read() -> None:
    async def test(post: Post) -> None:
        answers = [await post(f"sender-{rank}") for rank in range(16)]
        assert all(FAST not in answer for answer in answers[:15])
        assert FAST in answers[15]

    with_server(test)


def test_a_forged_address_changes_nothing_without_a_trusted_proxy() -> None:
    async def test(post: Post) -> None:
        forged = [{"X-Forwarded-For": f"203.0.113.{rank}"} for rank in range(16)]
        answers = [await post(f"sender-{rank}", **forged[rank]) for rank in range(16)]
        assert FAST in answers[15]

    with_server(test)


def test_behind_a_trusted_proxy_each_address_has_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "1")

    async def test(post: Post) -> None:
        for rank in range(15):
            await post(f"sender-{rank}", **{"X-Forwarded-For": "203.0.113.7"})
        # What a client puts before the proxy's own entry is not believed.
        assert FAST in await post("more", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
        assert FAST not in await post("more", **{"X-Forwarded-For": "203.0.113.8"})

    with_server(test)


def test_one_network_of_ipv6_is_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "1")

    async def test(post: Post) -> None:
        for rank in range(15):
            await post(f"sender-{rank}", **{"X-Forwarded-For": f"2001:db8:1:2::{rank + 1}"})
        assert FAST in await post("more", **{"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
        assert FAST not in await post("more", **{"X-Forwarded-For": "2001:db8:1:3::1"})

    with_server(test)


def test_opinions_are_counted_too() -> None:
    async def test(post: Post) -> None:
        answers = [await post("one", "/feedback") for _ in range(16)]
        assert answers[14].startswith("400")
        assert answers[15].startswith("429") and FAST in answers[15]

    with_server(test)


def test_a_counter_out_of_reach_silences_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    async def test(post: Post) -> None:
        assert FAST not in await post("one")

    with_server(test)


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        """The seconds it shows."""
        return self.seconds


def test_the_window_moves_with_the_clock() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    assert [window.allows(2, ("address", "a")) for _ in range(3)] == [True, True, False]
    clock.seconds = 59.9
    assert not window.allows(2, ("address", "a"))
    clock.seconds = 60.0
    assert window.allows(2, ("address", "a"))


def test_an_address_is_forgotten_a_minute_after_its_last_message() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    window.allows(1, ("address", "a"))
    clock.seconds = 120.0
    window.allows(1, ("address", "b"))
    assert len(window) == 1
