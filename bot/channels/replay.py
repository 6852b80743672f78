"""What was already answered, found in the conversation itself, so that a message sent twice is taken once.

The client's id of a message is kept in its event. Events of a turn are stored in one transaction at its
end, so a server killed in the middle leaves no trace of the turn and the message sent again is a first one.
"""

from __future__ import annotations

from rasa.core.channels.channel import OutputChannel
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered


async def answered(store: TrackerStore, sender_id: str, message_id: str, channel: OutputChannel) -> bool:
    """Whether the message was answered before; if so its answer is sent again through ``channel``."""
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
