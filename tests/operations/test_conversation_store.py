"""The conversations' database, when it comes late and when the clock moves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy.exc
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.tracker_store import ConversationStore

NOON = 1_795_000_000.0
DAY = 86_400.0


def store_at(file: Path) -> ConversationStore:
    return ConversationStore(Domain.empty(), f"sqlite:///{file}")


def tell(store: ConversationStore, *events: UserUttered | SlotSet | SessionStarted) -> DialogueStateTracker:
    """Adds the events to the conversation and reads it again."""

    async def work() -> DialogueStateTracker:
        tracker = await store.retrieve("someone") or DialogueStateTracker("someone", [AnySlot("fact", [{}])])
        for event in events:
            tracker.update(event)
        await store.save(tracker)
        found = await store.retrieve("someone")
        assert found is not None
        return found

    return asyncio.run(work())


def test_what_is_said_after_the_clock_was_set_back_is_kept(tmp_path: Path) -> None:
    store = store_at(tmp_path / "conversations.db")
    tell(store, SessionStarted(timestamp=NOON), UserUttered("avant", timestamp=NOON + 1))
    found = tell(store, UserUttered("après", timestamp=NOON - DAY))
    said = [event.text for event in found.events if isinstance(event, UserUttered)]
    assert said == ["avant", "après"]


def test_the_conversation_is_read_from_its_last_session_on(tmp_path: Path) -> None:
    store = store_at(tmp_path / "conversations.db")
    tell(store, SessionStarted(timestamp=NOON), UserUttered("hier", timestamp=NOON + 1))
    found = tell(store, SessionStarted(timestamp=NOON + DAY), UserUttered("ce jour", timestamp=NOON + DAY))
    said = [event.text for event in found.events if isinstance(event, UserUttered)]
    assert said == ["ce jour"]
    everything = asyncio.run(store.retrieve_full_tracker("someone"))
    assert everything is not None
    assert [one.text for one in everything.events if isinstance(one, UserUttered)] == ["hier", "ce jour"]


def test_a_database_that_comes_late_gets_its_table_then(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    store = store_at(folder / "conversations.db")
    with pytest.raises(sqlalchemy.exc.OperationalError):
        tell(store, UserUttered("trop tôt"))
    folder.mkdir()
    tell(store, UserUttered("à temps"))
    store.check()
