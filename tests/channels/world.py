"""A small world for the tests: a server with its channels on, the platforms' stand-ins, a scripted assistant.

The assistant's sentences are the real ones; only the choice of the sentence is scripted.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sanic import Sanic

from bot import settings
from bot.channels import registry
from bot.channels.delivery.message_queue import Failure
from bot.channels.delivery.types import Rate
from bot.operations.locks import ConversationLocks
from tests.channels.catalogue import generator
from tests.support.platforms.base import Platform, Shown, Webhook
from tests.system.channels import Assistant, serving, stand_ins

SECONDS = 20.0
_names = itertools.count()

# What the scripted assistant answers to a text; anything else gets the price.
SCRIPT = {
    "bonjour": "utter_greet",
    "aide": "utter_help",
    "perdue": "utter_faq/declare_loss",
    "documents": "utter_faq/documents_needed",
    "plaque": "utter_ask_vehicle_kind",
}


class ScriptedAgent:
    """Keeps conversations as Rasa's tracker store does, as far as the channels read them."""

    def __init__(self) -> None:
        """Nobody has spoken."""
        self.tracker_store = self
        self.lock_store = ConversationLocks()
        self.events: dict[str, list[Any]] = {}
        self.pause = 0.0
        self.silent = False

    async def retrieve(self, conversation: str) -> Any:
        """The conversation, or None."""
        events = self.events.get(conversation)
        return None if events is None else SimpleNamespace(events=events, is_paused=lambda: False)

    def texts(self) -> list[str]:
        """Everything that was taken, in order."""
        everything = [event for events in self.events.values() for event in events]
        return [event.text for event in everything if event.type_name == "user"]

    async def take(self, _: object, text: str, conversation: str, channel: str) -> list[dict[str, Any]]:
        """The scripted answer: in place of ``message_handler.handle_message``."""
        if "panne" in text:
            raise RuntimeError(text)
        await asyncio.sleep(self.pause)
        events = self.events.setdefault(conversation, [])
        events.append(SimpleNamespace(type_name="user", text=text))
        if self.silent:
            return []
        name = f"utter_{text[1:]}" if text.startswith("/faq/") else SCRIPT.get(text, "utter_faq/cost")
        message = generator().render(name, {}, channel, {})
        assert message is not None
        events.append(SimpleNamespace(type_name="bot", data={"buttons": message["buttons"]}))
        return [message]


class World:
    """The running server, one platform and the people on it."""

    def __init__(self, assistant: Assistant, platform: Platform, agent: ScriptedAgent) -> None:
        """Everything is up."""
        self.assistant = assistant
        self.platform = platform
        self.agent = agent

    async def post(self, *webhooks: Webhook) -> list[int]:
        """Posts at once, and waits until everything is answered; the statuses."""
        statuses = await asyncio.gather(
            *(self.assistant.post(self.platform.channel, webhook) for webhook in webhooks)
        )
        assert not await self.assistant.app.ctx.delivery.settle(SECONDS)
        return list(statuses)

    async def say(self, user: str, text: str) -> list[Shown]:
        """A person writes; what is shown then."""
        before = len(self.platform.shown[user])
        assert await self.post(self.platform.says(user, text)) == [200]
        return self.platform.shown[user][before:]

    def count(self, what: str) -> int:
        """A count of the channel."""
        counts: dict[str, dict[str, int]] = self.assistant.app.ctx.delivery._queue.counts()
        return counts.get(self.platform.channel, {}).get(what, 0)

    def failures(self) -> list[Failure]:
        """The calls given up."""
        failures: list[Failure] = self.assistant.app.ctx.delivery._queue.failures()
        return failures


@asynccontextmanager
async def server(
    platform: Platform,
    folder: Path,
    agent: ScriptedAgent,
    variables: dict[str, str],
    give_up: float = 30.0,
    quiet: float = 0.0,
    database: str = "",
) -> AsyncIterator[World]:
    """The server alone; the stand-in listens already, or not."""
    os.environ.update(
        CHANNELS_DB=database or str(folder / "channels.db"),
        CHANNELS_FIRST_RETRY_SECONDS="0.02",
        CHANNELS_GIVE_UP_SECONDS=str(give_up),
        CHANNELS_QUIET_SECONDS=str(quiet),
    )
    # Without it Sanic rewrites its own methods once and for all, and no second server can start.
    Sanic.test_mode = True
    app = Sanic(f"channels-test-{next(_names)}", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 256 * 1024
    app.ctx.agent = agent
    channels = [
        channel
        for channel in registry.enabled({**settings.DEFAULTS, **variables})
        if channel.name() == platform.channel
    ]
    for channel in channels:
        # The platforms' rates would make the tests as slow as people; test_delivery.py has them.
        channel.rate = channel.rate_of_one = Rate(per_second=10_000, burst=10_000)  # type: ignore[misc]
        app.blueprint(channel.blueprint(_unused), url_prefix=f"/webhooks/{channel.url_prefix()}")
    registry.attach(app, channels, agent.take)
    async with serving(app) as assistant:
        yield World(assistant, platform, agent)


@asynccontextmanager
async def world(kind: type[Platform], folder: Path, give_up: float = 30.0) -> AsyncIterator[World]:
    """The server and its platform."""
    platform = kind()
    async with stand_ins([platform]) as variables:
        async with server(platform, folder, ScriptedAgent(), variables, give_up) as running:
            yield running


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a test's coroutine."""
    asyncio.run(test())


def texts(shown: Sequence[Shown]) -> str:
    """What a person reads, in one text."""
    return "\n".join(message.text for message in shown)


async def _unused(_: Any) -> None:
    raise AssertionError("no turn goes through Rasa's handler")
