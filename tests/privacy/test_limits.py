"""Fifteen messages a minute from one conversation, many more from one address; one too many gets a notice."""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from sanic import Sanic

from bot.channels.site import feedback
from bot.channels.turns import rate_limits
from bot.channels.turns.moving_window import MovingWindow
from bot.channels.web.rest import RestChannel
from tests.system.channels import serving

_names = itertools.count()
Post = Callable[..., Awaitable[str]]
FAST, BUSY = "dans une même conversation", "par la même connexion"
# An address that few may share, so that tests are short.
FEW = 5


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    rate_limits._storage.cache_clear()
    monkeypatch.setattr(rate_limits, "_here", MovingWindow())
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("ASSISTANT_SWITCHES", str(tmp_path))
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'feedback.db'}")
    for name in ("", "_AND_ADDRESS"):
        monkeypatch.delenv(f"ASSISTANT_MESSAGES_PER_MINUTE{name}", raising=False)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_MESSAGES_PER_MINUTE_AND_ADDRESS", str(FEW))


def with_server(test: Callable[[Post], Awaitable[None]]) -> None:
    """Runs the test against a server without a model: what is read gets the notice that says so."""

    async def run() -> None:
        Sanic.test_mode = True
        Sanic._app_registry.clear()
        app = Sanic(f"limits-test-{next(_names)}", configure_logging=False)
        app.ctx.agent = None
        rate_limits.attach(app)
        app.blueprint(RestChannel().blueprint(_unused), url_prefix="/webhooks/rest")
        app.blueprint(feedback.FeedbackChannel().blueprint(_unused), url_prefix="/")
        async with serving(app) as server, aiohttp.ClientSession() as client:

            async def post(
                sender: str,
                path: str = "/webhooks/rest/webhook",
                message_id: str | None = None,
                show: str = "",
                **headers: str,
            ) -> str:
                body = {"sender": sender, "message": "bonjour", "message_id": message_id}
                async with client.post(server.address + path, json=body, headers=headers) as reply:
                    shown = [str(reply.status), *([reply.headers.get(show, "-")] if show else [])]
                    return f"{' '.join(shown)} {await reply.text()}"

            await test(post)

    asyncio.run(run())


async def _unused(_: object) -> None:
    raise AssertionError("no turn goes through Rasa's handler")


def test_the_count_outlives_a_collection_of_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_MESSAGES_PER_MINUTE", "1")

    async def two_messages() -> list[bool]:
        read = []
        for _ in range(2):
            read.append(await rate_limits.refusal("somebody") is None)
            gc.collect()
        return read

    assert asyncio.run(two_messages()) == [True, False]


def test_the_sixteenth_message_of_a_conversation_is_not_read() -> None:
    async def test(post: Post) -> None:
        answers = [await post("one") for _ in range(16)]
        assert all(FAST not in answer for answer in answers[:15])
        assert answers[15].startswith("200") and FAST in answers[15] and "15 messages" in answers[15]
        assert FAST not in await post("another")

    with_server(test)


def test_a_whole_room_writes_from_one_address() -> None:
    """Twenty people who each write five messages in a minute."""

    async def test(post: Post) -> None:
        answers = [await post(f"person-{rank}") for rank in range(20) for _ in range(5)]
        assert not any(FAST in answer or BUSY in answer for answer in answers)

    with_server(test)


def test_one_message_too_many_from_an_address_is_not_read_and_blames_nobody(few: None) -> None:
    async def test(post: Post) -> None:
        answers = [await post(f"sender-{rank}") for rank in range(FEW + 1)]
        assert all(BUSY not in answer for answer in answers[:FEW])
        assert BUSY in answers[FEW] and "vite" not in answers[FEW]

    with_server(test)


@pytest.mark.parametrize("address_too", [False, True])
def test_a_client_that_sends_again_by_itself_is_told_when(
    monkeypatch: pytest.MonkeyPatch, address_too: bool
) -> None:
    name = "_AND_ADDRESS" if address_too else ""
    monkeypatch.setenv(f"ASSISTANT_MESSAGES_PER_MINUTE{name}", "1")

    async def test(post: Post) -> None:
        assert (await post("one", message_id="a" * 32)).startswith("200")
        status, seconds, text = (await post("one", message_id="b" * 32, show="Retry-After")).split(" ", 2)
        assert status == "429" and 50 <= int(seconds) <= 60
        assert f"dans {seconds} secondes" in text and f'"retry_after":{seconds}' in text

    with_server(test)


def test_a_forged_address_changes_nothing_without_a_trusted_proxy(few: None) -> None:
    async def test(post: Post) -> None:
        forged = [{"X-Forwarded-For": f"203.0.113.{rank}"} for rank in range(FEW + 1)]
        answers = [await post(f"sender-{rank}", **forged[rank]) for rank in range(FEW + 1)]
        assert BUSY in answers[FEW]

    with_server(test)


def test_behind_a_trusted_proxy_each_address_has_its_own_limit(
    monkeypatch: pytest.MonkeyPatch, few: None
) -> None:
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "1")

    async def test(post: Post) -> None:
        for rank in range(FEW):
            await post(f"sender-{rank}", **{"X-Forwarded-For": f"203.0.113.7:{50_000 + rank}"})
        # What a client puts before the proxy's own entry is not believed.
        assert BUSY in await post("more", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
        assert BUSY not in await post("more", **{"X-Forwarded-For": "203.0.113.8"})

    with_server(test)


def test_one_network_of_ipv6_is_one_address(monkeypatch: pytest.MonkeyPatch, few: None) -> None:
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "1")

    async def test(post: Post) -> None:
        for rank in range(FEW):
            await post(f"sender-{rank}", **{"X-Forwarded-For": f"[2001:db8:1:2::{rank + 1}]:443"})
        assert BUSY in await post("more", **{"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
        assert BUSY not in await post("more", **{"X-Forwarded-For": "2001:db8:1:3::1"})

    with_server(test)


def test_opinions_are_counted_too(few: None) -> None:
    async def test(post: Post) -> None:
        answers = [await post("one", "/feedback", show="Retry-After") for _ in range(FEW + 1)]
        assert answers[FEW - 1].startswith("400")
        status, seconds, text = answers[FEW].split(" ", 2)
        assert status == "429" and 50 <= int(seconds) <= 60 and BUSY in text

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
    assert [window.wait(2, ("address", "a")) for _ in range(2)] == [0, 0]
    clock.seconds = 20.0
    assert window.wait(2, ("address", "a")) == 40
    # What was not read does not count.
    clock.seconds = 60.0
    assert [window.wait(2, ("address", "a")) for _ in range(3)] == [0, 0, 60]


def test_a_limit_that_was_lowered_says_when_the_oldest_messages_are_over() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    for clock.seconds in (0.0, 10.0, 20.0):
        window.wait(3, ("sender", "a"))
    assert window.wait(2, ("sender", "a")) == 50


def test_an_address_is_forgotten_a_minute_after_its_last_message() -> None:
    clock = Clock()
    window = MovingWindow(clock)
    window.wait(1, ("address", "a"))
    clock.seconds = 120.0
    window.wait(1, ("address", "b"))
    assert len(window) == 1
