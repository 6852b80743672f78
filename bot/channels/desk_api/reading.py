"""What the bot reads in what a mediator writes: facts for the case sheet, a day for one of its fields.

Nothing is kept: no conversation is begun and no event is stored.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Dict, List

from rasa.core.channels.channel import UserMessage

from bot.guides.coherence import settle
from bot.guides.facts import Facts
from bot.law import local_days
from bot.nlu import facts as fact_reader
from bot.nlu.text import normalise
from bot.privacy.masking import mask
from bot.procedures.registry import FACT_NAMES

# A day that is told without saying of what.
BARE_DATE = "date"
# "6 semaines", in a field that asks when.
AGO = "il y a "


async def read(agent: Any, text: str, known: Facts) -> Dict[str, Any]:
    """The facts after ``text`` as the bot understands it, the names of those told, and what it left out.

    ``left_out`` has the words and why: a date that cannot be (``bot.nlu.dates.Unread``), one that says not of
    what ("unplaced"), or a fact that the others rule out ("refused").
    """
    message = UserMessage(mask(text), sender_id=f"desk-{uuid.uuid4().hex}")
    parsed = await agent.processor.parse_message(message)
    entities = parsed.get("entities") or []
    said = {entity["entity"]: entity["value"] for entity in entities if entity["entity"] in FACT_NAMES}
    on = local_days.day_of_case([*known.values(), *said.values()], dt.datetime.now(dt.UTC))
    facts, refused = settle(known, said, on)
    return {
        "facts": facts,
        "told": [name for name in said if name in facts],
        "left_out": [*_left_out(entities), *({"words": name, "why": "refused"} for name in refused)],
    }


def day(words: str, now: dt.datetime) -> Dict[str, Any]:
    """The ISO day or interval that a field's words mean (``day``, None for none), and ``why`` not."""
    words = normalise(words)
    found = _days_in(words, now) or _days_in(AGO + words, now)
    if not found:
        return {"day": None, "why": "not_a_date"}
    if found[0].name == fact_reader.UNREAD_DATE:
        return {"day": None, "why": found[0].why}
    return {"day": found[0].value, "why": None}


def _days_in(text: str, now: dt.datetime) -> List[fact_reader.FoundFact]:
    found = fact_reader.find(text, local_days.today(now), (), local_days.latest(now))
    return [
        fact
        for fact in found
        if fact.name in (BARE_DATE, fact_reader.UNREAD_DATE, "first_registration")
        or fact.name.endswith("_on")
    ]


def _left_out(entities: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    unread = [
        {"words": entity["value"], "why": entity.get("role")}
        for entity in entities
        if entity["entity"] == fact_reader.UNREAD_DATE
    ]
    bare = [
        {"words": entity["value"], "why": "unplaced"} for entity in entities if entity["entity"] == BARE_DATE
    ]
    return [*unread, *bare]
