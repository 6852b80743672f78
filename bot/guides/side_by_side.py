"""The replies of the guided dialogues when all of them are shown together (personal sheet, desk)."""

from __future__ import annotations

import datetime as dt

from bot.guides import GUIDES
from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.guides.price import is_out_of_reach


def replies(name: str, facts: Facts, on: dt.date) -> list[Reply]:
    """The answer of one dialogue beside the others'; raises ValueError where the facts contradict each other.

    The decision stands on the sheet already: a "no" has no price of a duplicate beside it, but one line.
    """
    if name == "price" and is_out_of_reach(facts, on):
        return [Reply("utter_quote_no_duplicate")]
    return GUIDES[name].reply(facts, on)


def questions(name: str, facts: Facts, on: dt.date) -> tuple[str, ...]:
    """The facts that would make that answer more exact."""
    if name == "price" and is_out_of_reach(facts, on):
        return ()
    return GUIDES[name].questions(facts, frozenset(), on)
