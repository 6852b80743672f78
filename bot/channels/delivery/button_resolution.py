"""Which button a typed answer means: "2", "le deuxième" or the button's title, on every channel alike.

The buttons are those of the last turn, which the conversation's tracker holds.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker

Button = Mapping[str, Any]

# A longer text is a question of its own.
MAX_CHARACTERS = 60
TOKEN = "#"

_CARDINALS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_ORDINALS = (
    ("premier", "premiere", "1er", "1ere", "1re"),
    ("deuxieme", "second", "seconde", "2e", "2eme", "2nd", "2nde"),
    *(
        (word, f"{rank}e", f"{rank}eme")
        for rank, word in enumerate(
            ("troisieme", "quatrieme", "cinquieme", "sixieme", "septieme", "huitieme", "neuvieme", "dixieme",
             "onzieme", "douzieme"),
            start=3,
        )
    ),
)  # fmt: skip
_INTRODUCED = re.compile(
    r"^(?:(?:le|la|l|je (?:choisis|prends|veux)|plutot) )*"
    r"(?:(?:choix|option|reponse|numero|no|n|bouton) )?(.+)$"
)


async def resolve(agent: Agent | None, conversation: str, text: str, payload: str | None = None) -> str:
    """The text to take: the payload of the button meant, or the text itself.

    ``payload`` is what a tapped button sent, ``text`` its title; a payload that this conversation was never
    offered counts for nothing, and the title is taken as if it had been typed.
    """
    if agent is None or (payload is None and len(text) > MAX_CHARACTERS):
        return text
    tracker = await agent.tracker_store.retrieve(conversation)
    if tracker is None:
        return text
    if payload is not None:
        return _offered(tracker, payload) or text
    buttons = last_buttons(tracker)
    # "2" answers what a person asked, not what the assistant offered before it fell silent.
    return (named(text, buttons) if tracker.is_paused() else meant(text, buttons)) or text


def last_buttons(tracker: DialogueStateTracker) -> list[Button]:
    """The buttons of the last turn, in the order they were shown."""
    buttons: list[Button] = []
    for event in reversed(tracker.events):
        if event.type_name == "user":
            break
        if event.type_name == "bot":
            buttons = [*(event.data.get("buttons") or ()), *buttons]
    return buttons


def named(text: str, buttons: Sequence[Button]) -> str | None:
    """The payload of the button whose title the text is, or None."""
    said = bare(text)
    titled = (str(button["payload"]) for button in buttons if said and said == bare(str(button["title"])))
    return next(titled, None)


def meant(text: str, buttons: Sequence[Button]) -> str | None:
    """The payload of the button that the text names, or None where it names none."""
    by_title = named(text, buttons)
    if by_title is not None:
        return by_title
    said = bare(text)
    # A lone button is named by its title alone: a number or "le 1er" answers the question itself.
    rank = _rank(said, len(buttons), are_numbered(buttons)) if len(buttons) > 1 else None
    return str(buttons[rank]["payload"]) if rank is not None else None


def are_numbered(buttons: Sequence[Button]) -> bool:
    """True where a bare number means a button: not for one alone, nor where a number is asked for."""
    return len(buttons) > 1 and not any(_sets_a_number(str(button["payload"])) for button in buttons)


def token(payload: str) -> str:
    """A short name for a payload that is too long for a platform; ``resolve`` knows it again."""
    return TOKEN + hashlib.sha256(payload.encode()).hexdigest()[:24]


def _offered(tracker: DialogueStateTracker, payload: str) -> str | None:
    for event in reversed(tracker.events):
        for button in (event.data.get("buttons") or ()) if event.type_name == "bot" else ():
            if payload in (button.get("payload"), token(str(button.get("payload")))):
                return str(button["payload"])
    return None


def _rank(said: str, count: int, numbered: bool) -> int | None:
    match = _INTRODUCED.match(said)
    word = match[1] if match else ""
    introduced = word != said
    rank = None
    if word in ("dernier", "derniere"):
        rank = count - 1
    elif word.isascii() and word.isdigit() and (numbered or introduced):
        rank = int(word[:3]) - 1
    elif word in _CARDINALS and (numbered or introduced):
        rank = _CARDINALS.index(word)
    else:
        rank = next((rank for rank, words in enumerate(_ORDINALS) if word in words), None)
    return rank if rank is not None and 0 <= rank < count else None


def _sets_a_number(payload: str) -> bool:
    _, _, facts = payload.partition("{")
    try:
        values = json.loads("{" + facts).values() if facts else ()
    except json.JSONDecodeError:
        return False
    return any(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def bare(text: str) -> str:
    """Lower case, without accents, signs or doubled spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", kept).split())
