"""What the store holds of a conversation: an answer found again, everything erased.

The client's id of a message is kept in its event. Events of a turn are stored in one transaction at its end,
so a server killed in the middle leaves no trace of the turn, and the message sent again is a first one.
"""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered


async def answered(store: TrackerStore, sender_id: str, message_id: str, channel: OutputChannel) -> bool:
    """Whether the message was answered before; if so its answer is sent again through ``channel``."""
    if not _may_hold(_innermost(store), sender_id, message_id):
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


async def erase(agent: Any, sender_id: str) -> None:
    """Removes every event of the conversation, after the turn that may be under way.

    Rasa's stores cannot. Raises NotImplementedError for a kind of store that this cannot erase from either.
    """
    store = _innermost(agent.tracker_store)
    async with agent.lock_store.lock(sender_id):
        if isinstance(store, SQLTrackerStore):
            with store.session_scope() as session:
                session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == sender_id).delete()
                session.commit()
        elif isinstance(store, InMemoryTrackerStore):
            store.store.pop(sender_id, None)
        else:
            raise NotImplementedError(f"cannot erase from {type(store).__name__}")


def _may_hold(store: TrackerStore, sender_id: str, message_id: str) -> bool:
    # Rebuilding a long conversation for each new message would cost more than the rest of the turn's storage.
    if not isinstance(store, SQLTrackerStore) or not message_id.isascii() or not message_id.isalnum():
        return True
    event = store.SQLEvent
    with store.session_scope() as session:
        named = event.data.contains(f'"{message_id}"')
        return session.query(event.id).filter(event.sender_id == sender_id, named).first() is not None


def _innermost(store: Any) -> Any:
    """The store itself, without the wrappers that Rasa puts around it."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store
