"""What a client has not heard of a conversation: messages that answered none, turns held elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Dict, List, Tuple

from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.channels.turns import conversations, message_handler
from bot.channels.turns.pushed import PUSHED, pushed_since


async def pushed(
    agent: Any, conversation: str, heard: str | None, message_id: str | None
) -> List[Dict[str, Any]]:
    """The messages that answered none and that a client by requests alone lacks, oldest first.

    After the one named ``heard``; where it names none, since its last message before ``message_id``, or
    before now: what came after a message cannot have been in its answer.
    """
    store = agent.tracker_store
    if not await conversations.may_hold(store, conversation, PUSHED):
        return []
    tracker = await store.retrieve(conversation)
    events = list(tracker.events) if tracker else []
    if heard is None:
        events, heard = _since_last_message(events, message_id), ""
    return [message_handler.shown(conversation, message) for message in pushed_since(events, heard)]


def since(
    conversation: str, events: Iterable[Event], answered: str, heard: str
) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """The events of the socket that a window has missed, oldest first: ``exchange`` and ``bot_uttered``.

    ``answered`` names the last message whose answer the window has, "" where it has none: then every turn is
    told. Where the stored session no longer holds that message, none is.
    """
    events = list(events)
    asked = [event.message_id for event in events if isinstance(event, UserUttered)]
    is_told = not answered
    unheard = [_id_of(message) for message in pushed_since(events, heard)]
    titles: Dict[str, str] = {}
    turns: List[Tuple[str, Dict[str, Any]]] = []
    current: List[Dict[str, Any]] = []
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            current = []
            if is_told:
                shown = titles.get(event.text, event.text)
                told = {"message_id": event.message_id, "messages": current, "shown": shown}
                turns.append(("exchange", told))
            is_told = is_told or event.message_id == answered
        elif isinstance(event, BotUttered):
            message = message_handler.shown(conversation, event.message())
            titles |= {button["payload"]: button["title"] for button in message.get("buttons", ())}
            name = _id_of(message)
            if not name:
                current.append(message)
            elif name in unheard:
                turns.append(("bot_uttered", message))
    if not answered or answered in asked:
        return iter(turns)
    return iter([(event, told) for event, told in turns if event == "bot_uttered"])


def _since_last_message(events: List[Event], message_id: str | None) -> List[Event]:
    """The events between the person's last message and the one named ``message_id``, or the end."""
    ranks = [rank for rank, event in enumerate(events) if isinstance(event, UserUttered)]
    named = [rank for rank in ranks if message_id and events[rank].message_id == message_id]
    end = named[0] if named else len(events)
    start = max((rank for rank in ranks if rank < end), default=0)
    return events[start:end]


def _id_of(message: Dict[str, Any]) -> str:
    return str((message.get("metadata") or {}).get(PUSHED) or "")
