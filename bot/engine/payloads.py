"""Payloads ("/intent{...}") of buttons: which were offered, and what each means."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT

from bot.nlu.topics import FAQ, as_question

PAYLOAD = re.compile(r"^/(?P<label>[a-z_]+(?:/[a-z_.]+)?)(?P<facts>\{.*\})?$")
CERTAIN = 1.0


def offered_payloads(tracker: DialogueStateTracker) -> set[str]:
    """The payloads of every button that this conversation's messages offered."""
    return {
        button["payload"]
        for event in tracker.events
        if isinstance(event, BotUttered)
        for button in event.data.get("buttons") or ()
        if button.get("payload")
    }


def read_payload(text: str) -> dict[str, Any] | None:
    """The parse of a payload: "/faq/cost", "/quote_fee" or "/inform{"moved": true}"; None if it is none."""
    match = PAYLOAD.match(text)
    if match is None:
        return None
    label = match["label"]
    try:
        told = json.loads(match["facts"] or "{}")
    except json.JSONDecodeError:
        return None
    entities = [
        {"entity": name, "value": value, "start": 0, "end": len(text)} for name, value in told.items()
    ]
    parse: dict[str, Any] = {
        "text": text,
        INTENT: {"name": label, "confidence": CERTAIN},
        "entities": entities,
    }
    if label.startswith(f"{FAQ}/"):
        as_question(parse, label)
    return parse
