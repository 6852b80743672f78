"""Of several servers with a mailbox each, only the one that serves a person's channel speaks to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels import registry
from bot.channels.delivery.message_queue import MessageQueue
from bot.channels.delivery.workers import Delivery, RetryPolicy
from bot.channels.desk_api import handover
from bot.channels.desk_api.handover import NotReached
from bot.channels.platforms.messaging_channel import MessagingChannel
from bot.channels.platforms.telegram import TelegramChannel
from bot.operations.locks import ConversationLocks
from tests.support.platforms.telegram import Telegram

LANE = "telegram-0123456789abcdef"


class Agent:
    """One conversation over Telegram, as both servers read it from their database."""

    def __init__(self) -> None:
        self.domain = Domain.empty()
        self.lock_store = ConversationLocks()
        self.tracker_store = self
        self.tracker = DialogueStateTracker(LANE, ())
        self.tracker.update(UserUttered("bonjour", input_channel="telegram"))

    async def retrieve(self, _: str) -> DialogueStateTracker:
        return self.tracker

    async def save(self, _: DialogueStateTracker) -> None:
        pass

    def answers(self) -> list[str | None]:
        return [event.text for event in self.tracker.events if isinstance(event, BotUttered)]


def without_channels() -> Any:
    """A server that leaves the channels to another, and has no window open."""
    return SimpleNamespace(ctx=SimpleNamespace(input_channels=()))


def server(file: Path, channels: Sequence[MessagingChannel]) -> Any:
    """A server with a mailbox of its own, whose calls wait there."""

    async def take(*_: object) -> list[dict[str, Any]]:
        return []

    app: Any = without_channels()
    app.ctx.delivery = Delivery(app, channels, MessageQueue(file), RetryPolicy(), take)
    app.ctx.delivery._wake = lambda _: None
    return app


@pytest.fixture
def telegram() -> TelegramChannel:
    variables = {variable.name: variable.default or "a-value" for variable in TelegramChannel.variables}
    return TelegramChannel(variables)


def test_an_advisers_reply_goes_by_the_server_that_knows_the_person(
    tmp_path: Path, telegram: TelegramChannel
) -> None:
    agent = Agent()
    app = server(tmp_path / "here.db", [telegram])
    app.ctx.delivery._queue.answer(None, "telegram", LANE, {"chat_id": 1}, (), 0.0)
    assert asyncio.run(handover.say(app, agent, LANE, "Je suis là.", "1"))
    assert app.ctx.delivery._queue.next_call(LANE).call.body["text"] == "Je suis là."
    assert agent.answers() == ["Je suis là."]


def test_another_server_refuses_the_reply_and_keeps_nothing_of_it(
    tmp_path: Path, telegram: TelegramChannel
) -> None:
    agent = Agent()
    with pytest.raises(NotReached):
        asyncio.run(handover.say(server(tmp_path / "there.db", [telegram]), agent, LANE, "Je", "1"))
    with pytest.raises(NotReached):
        asyncio.run(handover.say(without_channels(), agent, LANE, "Je", "1"))
    assert agent.answers() == []


def test_a_server_that_leaves_the_channels_to_another_serves_none() -> None:
    variables = Telegram().environment("http://127.0.0.1:9")
    assert [channel.name() for channel in registry.served(variables)] == ["telegram"]
    assert registry.served({**variables, "CHANNELS_SERVED": "0"}) == []
    # The data-protection page still names the services that the assistant is reached by.
    assert registry.enabled({**variables, "CHANNELS_SERVED": "0"})
