"""The assistant in this process: its model, stores and actions, without servers in between."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.trackers import DialogueStateTracker

from bot import settings, training
from bot.channels.turns import message_handler
from bot.engine import assistant
from bot.guides.facts import Facts
from bot.procedures.registry import FACT_NAMES

Messages = list[dict[str, Any]]


@contextmanager
def assistant_in(state: Path) -> Iterator[AssistantHere]:
    """The assistant with its files in ``state`` and the model of today's data; trains where it is missing."""
    environment = dict(os.environ)
    os.environ |= {
        **settings.WITHOUT_LIMITS,
        "ACTION_SERVER_URL": "",
        "ASSISTANT_SWITCHES": str(state),
        "CONVERSATIONS_DB": str(state / "conversations.db"),
        # Nobody listens on port 1: the conversations go on without a desk.
        "DESK_URL": "http://127.0.0.1:1",
    }
    settings.apply()
    try:
        yield AssistantHere(training.train_if_needed())
    finally:
        os.environ.clear()
        os.environ |= environment


class AssistantHere:
    """The assistant that this process holds."""

    def __init__(self, model: Path) -> None:
        """Loads the model with the stores that the environment names."""
        endpoints = AvailableEndpoints.read_endpoints(str(settings.ROOT / "endpoints.yml"))
        self._loop = asyncio.new_event_loop()
        self.agent = self.run(assistant.load(model, endpoints))
        self._app: Any = SimpleNamespace(ctx=SimpleNamespace(agent=self.agent))

    def run(self, awaitable: Any) -> Any:
        """What the awaitable returns."""
        return self._loop.run_until_complete(awaitable)

    def conversation(self) -> Person:
        """A new person."""
        return Person(self)

    def take(self, sender: str, text: str) -> Messages:
        """What a person's message is answered, as over REST."""
        messages: Messages = self.run(message_handler.handle_message(self._app, text, sender, "rest"))
        return messages

    def tracker(self, sender: str) -> DialogueStateTracker | None:
        """The conversation, None before its first message."""
        found: DialogueStateTracker | None = self.run(self.agent.tracker_store.retrieve(sender))
        return found


@dataclass(frozen=True)
class State:
    """The facts that a conversation keeps, those of its last guided answer, those of its last message."""

    facts: Facts = field(default_factory=dict)
    answered: Facts = field(default_factory=dict)
    said: Facts = field(default_factory=dict)


@dataclass
class Person:
    """One person's conversation."""

    assistant: AssistantHere
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)

    def send(self, text: str) -> Messages:
        """The assistant's messages."""
        return self.assistant.take(self.sender, text)

    def state(self) -> State:
        """What the conversation keeps now."""
        tracker = self.assistant.tracker(self.sender)
        if tracker is None:
            return State()
        slots = tracker.current_slot_values()
        entities = tracker.latest_message.entities if tracker.latest_message else []
        return State(
            {name: slots[name] for name in FACT_NAMES if slots.get(name) is not None},
            dict((slots.get("last_answer") or {}).get("facts") or {}),
            {one["entity"]: one["value"] for one in entities if one["entity"] in FACT_NAMES},
        )
