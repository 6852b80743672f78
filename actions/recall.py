"""The answers given before, as the lines of another answer."""

from __future__ import annotations

from actions.turn import Turn
from bot.guides import GUIDES
from bot.guides.guide import Line


def last_answers(turn: Turn) -> list[Line]:
    """The last answer as responses with their values: the written one, or what the guide computes."""
    last = turn.last
    if last.get("question"):
        return [{"response": f"utter_{last['question']}", "values": {}}]
    if last.get("guide"):
        replies = GUIDES[last["guide"]].reply(turn.facts, turn.on)
        return [{"response": reply.response, "values": reply.values} for reply in replies]
    return []


def earlier_answers(turn: Turn) -> list[Line]:
    """The answers before, then the last one; each as its first response with its values."""
    last = turn.last.get("question")
    before = [label for label in turn.last.get("answered") or () if label != last]
    return [*({"response": f"utter_{label}", "values": {}} for label in before), *last_answers(turn)[:1]]
