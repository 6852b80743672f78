"""What was said in a conversation, as the page without JavaScript shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Dict

from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.channels.turns import message_handler
from bot.nlg import formatting
from bot.nlg.pieces import Piece, pieces


@dataclass(frozen=True)
class Said:
    """One message: by whom (user, bot or mediator), its blocks, and what may follow it.

    ``language`` is that of its text where it is not French, ``titles`` are the names of the addresses in it.
    """

    speaker: str
    blocks: tuple[formatting.Block, ...]
    buttons: tuple[Dict[str, Any], ...] = ()
    sources: tuple[Dict[str, Any], ...] = ()
    downloads: tuple[Dict[str, Any], ...] = ()
    caution: tuple[Piece, ...] = ()
    language: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, address: str) -> str:
        """What a link to the address is called: its title, or its site where the message gives none."""
        site, _, rest = address.split("://", 1)[-1].removeprefix("www.").rstrip("/").partition("/")
        return self.titles.get(address) or (f"{site}/…" if rest else site)


def by_user(text: str) -> Said:
    """A person's message, shown as it is."""
    return Said("user", (formatting.Block("paragraph", ((Piece("text", text),),)),))


def by_bot(message: Mapping[str, Any]) -> Said:
    """One of the assistant's messages."""
    metadata = message.get("metadata") or {}
    files = [
        *(metadata.get("sources") or ()),
        *(metadata.get("links") or ()),
        *(metadata.get("downloads") or ()),
    ]
    return Said(
        "mediator" if metadata.get("speaker") == "mediator" else "bot",
        formatting.blocks(metadata.get("body") or message.get("text") or ""),
        tuple(message.get("buttons") or ()),
        tuple(metadata.get("sources") or ()),
        tuple(metadata.get("downloads") or ()),
        pieces(metadata.get("caution") or ""),
        str(metadata.get("language") or ""),
        {each["url"]: each["title"] for each in files if each.get("url") and each.get("title")},
    )


def of(events: Iterable[Event]) -> list[Said]:
    """The messages of a conversation's events, oldest first; a payload is shown as its button's title."""
    said: list[Said] = []
    titles: Dict[str, str] = {}
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            said.append(by_user(titles.get(event.text, event.text)))
        elif isinstance(event, BotUttered):
            message = message_handler.shown("", event.message())
            titles |= {button["payload"]: button["title"] for button in message.get("buttons", ())}
            said.append(by_bot(message))
    return said
