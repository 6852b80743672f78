"""Erases a conversation from the store; Rasa's stores have no such operation."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore


async def erase(agent: Any, sender_id: str) -> None:
    """Removes every event of the conversation, after the turn that may be under way.

    Raises NotImplementedError for a kind of store that it cannot erase from.
    """
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    async with agent.lock_store.lock(sender_id):
        if isinstance(store, SQLTrackerStore):
            with store.session_scope() as session:
                session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == sender_id).delete()
                session.commit()
        elif isinstance(store, InMemoryTrackerStore):
            store.store.pop(sender_id, None)
        else:
            raise NotImplementedError(f"cannot erase from {type(store).__name__}")
