"""Every sentence of the assistant, rendered with sample values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from bot.nlg.sentences import PLACEHOLDER, Sentences
from tests.data_files import content, files

ON = dt.date(2026, 11, 21)
WORDINGS = (None, "easy", "short")
# A long list, as the longest decisions have.
ITEMS = [{"response": "utter_fact_sample", "values": {}}] * 8
SAMPLE = "Préparez ce document avant de commencer la demande en ligne, il vous sera demandé."
VALUES: dict[str | None, Any] = {
    None: "Bretagne",
    "amount": 1376,
    "date": "2026-12-03",
    "list": ["la perte", "le vol", "la détérioration"],
    "say": ITEMS[0],
    "items": ITEMS,
    "line": ITEMS,
    "steps": ITEMS,
    "first": [{"response": "utter_faq/cost", "values": {}}],
    "firsts": [{"response": "utter_faq/cost", "values": {}}],
    "texts": [{"response": "utter_faq/cost", "values": {}}],
}


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """Every response of the data, by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in files():
        found |= content(file).get("responses") or {}
    return found


@lru_cache(maxsize=1)
def generator() -> Sentences:
    """The assistant's own generator over every response."""
    return Sentences({**responses(), "utter_fact_sample": [{"text": SAMPLE}]})


def messages(channel: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each answer in each of its wordings as that channel gets it: its name, and the message."""
    for name, variations in sorted(responses().items()):
        written = {_wording(variation) for variation in variations}
        for wording in WORDINGS:
            if wording in written or wording is None:
                yield f"{name} {wording}" if wording else name, _rendered(name, wording, channel == "sms")


@cache
def _rendered(name: str, wording: str | None, short: bool) -> dict[str, Any]:
    texts = " ".join(variation["text"] for variation in responses()[name])
    values = {
        match[1]: VALUES.get(match[2], "x") for match in PLACEHOLDER.finditer(texts) if "." not in match[1]
    }
    message = generator().render(name, {"wording": wording}, "sms" if short else "", values, ON)
    assert message is not None, name
    return message


def _wording(variation: dict[str, Any]) -> str | None:
    for condition in variation.get("condition") or ():
        if condition.get("name") == "wording":
            return str(condition["value"])
    return None


def letters(text: str) -> str:
    """The text's letters and digits alone."""
    return re.sub(r"[\W_]+", "", text)
