""" "Je me suis trompé": which fact is wrong, where the message does not say it."""

from __future__ import annotations

import json
from typing import Any

from actions import dialogue
from actions.answers import ActionTakeAnswer
from actions.dialogue import DialogueAction
from actions.turn import Turn
from bot.guides import GUIDES
from bot.guides.facts import CASE_FIELDS
from bot.procedures.fact import Group, Kind
from bot.procedures.registry import FACTS

MAX_CHOICES = 10


class ActionCorrectFact(DialogueAction):
    """Asks which fact is wrong, or asks anew for the one that is named."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_correct_fact"

    def take(self, turn: Turn) -> None:
        """The answer with what is told; the question of the fact named; a button for each; nothing told."""
        named = turn.entities.get("corrected")
        if turn.said and turn.corrects:
            # "La vente, c'était le 10, pas le 29": the message says itself what is right.
            ActionTakeAnswer().take(turn)
        elif named in turn.before and FACTS[named].is_asked:
            turn.keep(guided_dialogue=turn.running or _guide_of(turn, named))
            dialogue.ask(turn, named)
        elif turn.before:
            turn.say("utter_correct_which", choices=_choices(turn))
            turn.keep(asked_fact=None)
        else:
            turn.say("utter_recap_empty")
            dialogue.resume(turn)


def _guide_of(turn: Turn, fact: str) -> str:
    """The guided dialogue to go on with: the last one answered, else the one that uses the fact."""
    if turn.last.get("guide"):
        return str(turn.last["guide"])
    if fact in CASE_FIELDS:
        return "remedy"
    return "price" if FACTS[fact].group is Group.PRICE else "eligibility"


def _choices(turn: Turn) -> list[dict[str, str]]:
    """A button for each fact, those that the dialogue or answer rests on first."""
    guide = turn.running or turn.last.get("guide")
    replies = GUIDES[guide].reply(turn.before, turn.on) if guide else []
    counting = {
        name for reply in replies for line in reply.values.get("facts", []) for name in line["values"]
    }
    ordered = sorted(turn.before.items(), key=lambda fact: fact[0] not in counting)
    return [
        {"title": f"utter_name_{name}", "payload": _payload(name, value)}
        for name, value in ordered
        if FACTS[name].is_asked or FACTS[name].kind in (Kind.YES_NO, Kind.CHOICE)
    ][:MAX_CHOICES]


def _payload(name: str, value: Any) -> str:
    if FACTS[name].is_asked:
        return f"/correct_fact{json.dumps({'corrected': name})}"
    return f"/inform{json.dumps({name: not value if isinstance(value, bool) else 'none'})}"
