""" "Pourquoi ?": why a question is asked, or why the answer is what it is."""

from __future__ import annotations

from actions import dialogue
from actions.dialogue import DialogueAction
from actions.turn import Turn
from bot.guides import GUIDES


class ActionExplain(DialogueAction):
    """Says why the last question was asked, or on which facts and rules the last answer rests."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_explain"

    def take(self, turn: Turn) -> None:
        """The reason, then the pending question again; without question or answer, that there was none."""
        last = turn.last
        if turn.asked:
            turn.say(f"utter_why_{turn.asked}")
            dialogue.ask(turn, turn.asked)
        elif last.get("question"):
            turn.say("utter_why_question", answer={"response": f"utter_{last['question']}"})
        elif last.get("guide"):
            turn.reply(GUIDES[last["guide"]].explain(turn.facts, turn.on))
        else:
            turn.say("utter_nothing_to_explain")
