"""What the store holds of a conversation: an answer found again, everything erased.

The client's id of a message is kept in its event. Events of a turn are stored in one transaction at its end,
so a server killed in the middle leaves no trace of the turn, and the message sent again is a first one.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered

from bot import settings
from bot.engine.tracker_store import ConversationStore
from bot.privacy import retention


async def answered(store: TrackerStore, sender_id: str, message_id: str, channel: OutputChannel) -> bool:
    """Whether the message was answered before; if so its answer is sent again through ``channel``."""
    if not await may_hold(store, sender_id, message_id):
        return False
    tracker = await store.retrieve(sender_id)
    found = False
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered):
            if found:
                break
            found = event.message_id == message_id
        elif found and isinstance(event, BotUttered):
            await channel.send_response(sender_id, event.message())
    return found


async def may_hold(store: TrackerStore, sender_id: str, word: str) -> bool:
    """Whether the conversation's events may hold ``word``, a key or a value; True where that costs."""
    inner = unwrapped(store)
    if not isinstance(inner, ConversationStore):
        return True
    return bool(await inner.beside(_may_hold, inner, sender_id, word))


async def erase(agent: Any, sender_id: str) -> None:
    """Removes all that is held of the conversation (``retention.yml``), after the turn that may be under way.

    FeedbackStore on answers name no conversation: they stay.
    Rasa's stores cannot. Raises NotImplementedError for a kind of store that this cannot erase from either.
    """
    store = unwrapped(agent.tracker_store)
    async with agent.lock_store.lock(sender_id):
        await asyncio.to_thread(retention.erase, settings.get, sender_id)
        if isinstance(store, ConversationStore):
            await store.beside(_erase_from, store, sender_id)
        elif isinstance(store, InMemoryTrackerStore):
            store.store.pop(sender_id, None)
        else:
            raise NotImplementedError(f"cannot erase from {type(store).__name__}")


def _erase_from(store: ConversationStore, sender_id: str) -> None:
    with store.session_scope() as session:
        session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == sender_id).delete()
        session.commit()


def _may_hold(store: ConversationStore, sender_id: str, word: str) -> bool:
    # Rebuilding a long conversation for each new message would cost more than the rest of the turn's storage.
    if not word.isascii() or not word.isalnum():
        return True
    event = store.SQLEvent
    with store.session_scope() as session:
        named = event.data.contains(f'"{word}"')
        return session.query(event.id).filter(event.sender_id == sender_id, named).first() is not None


def unwrapped(store: Any) -> Any:
    """The store itself, without the wrappers that Rasa puts around it."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store
