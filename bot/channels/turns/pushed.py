"""Messages that answer none: a mediator's own, and those on taking over and handing back."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List

from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

# The key of the metadata that names such a message.
PUSHED = "pushed"


def speaker_of(tracker: DialogueStateTracker | None) -> str:
    """Who answers in the conversation now: "mediator" or "assistant"."""
    return "mediator" if tracker is not None and tracker.is_paused() else "assistant"


def name_of_pushed(event: Event) -> str:
    """The message's name where it answers none, "" for every other event."""
    if not isinstance(event, BotUttered):
        return ""
    return str((event.metadata.get("metadata") or {}).get(PUSHED) or "")


def pushed_since(events: Iterable[Event], heard: str) -> List[Dict[str, Any]]:
    """The messages that answered none (a person's, or on handing over) after the one named ``heard``."""
    pushed = [event for event in events if isinstance(event, BotUttered) and name_of_pushed(event)]
    ids = [name_of_pushed(event) for event in pushed]
    later = pushed[ids.index(heard) + 1 :] if heard in ids else pushed
    return [event.message() for event in later]
