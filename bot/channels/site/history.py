"""What was said in a conversation, as the page without JavaScript shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable

from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.channels import turn
from bot.nlg import formatting
from bot.nlg.pieces import Piece, pieces


@dataclass(frozen=True)
class Said:
    """One message: by whom (user or bot), its blocks, and what may follow it."""

    speaker: str
    blocks: tuple[formatting.Block, ...]
    buttons: tuple[Dict[str, Any], ...] = ()
    sources: tuple[Dict[str, Any], ...] = ()
    downloads: tuple[Dict[str, Any], ...] = ()
    caution: tuple[Piece, ...] = ()


def by_user(text: str) -> Said:
    """A person's message, shown as it is."""
    return Said("user", (formatting.Block("paragraph", ((Piece("text", text),),)),))


def by_bot(message: Dict[str, Any]) -> Said:
    """One of the assistant's messages."""
    metadata = message.get("metadata") or {}
    return Said(
        "bot",
        formatting.blocks(metadata.get("body") or message.get("text") or ""),
        tuple(message.get("buttons") or ()),
        tuple(metadata.get("sources") or ()),
        tuple(metadata.get("downloads") or ()),
        pieces(metadata.get("caution") or ""),
    )


def of(events: Iterable[Event]) -> list[Said]:
    """The messages of a conversation's events, oldest first; a payload is shown as its button's title."""
    said: list[Said] = []
    titles: Dict[str, str] = {}
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            said.append(by_user(titles.get(event.text, event.text)))
        elif isinstance(event, BotUttered):
            message = turn.shown("", event.message())
            titles |= {button["payload"]: button["title"] for button in message.get("buttons", ())}
            said.append(by_bot(message))
    return said
