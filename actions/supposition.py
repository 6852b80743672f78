""" "Et si… ?": the answer for another case, compared with the last one; the facts told stay as they are."""

from __future__ import annotations

import json

from actions import dialogue, questions
from actions.answers import answer_by_fact, guide_of_last_answer, question_of_facts
from actions.dialogue import DialogueAction
from actions.turn import Turn
from bot.guides import GUIDES
from bot.guides.coherence import settle
from bot.guides.comparison import difference
from bot.guides.facts import told

# "Et en Bretagne ?" asks for the comparison alone; more words ask something of their own.
LONGEST_FOLLOW_UP = 7


class ActionSuppose(DialogueAction):
    """Compares the answer for the facts supposed with the last answer."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_suppose"

    def take(self, turn: Turn) -> None:
        """The comparison; where no answer was given yet, the question that the facts mean, then back."""
        guide = guide_of_last_answer(turn)
        if turn.running or guide is None or not turn.said:
            _answer_instead(turn)
            return
        supposed, _ = settle(turn.facts, turn.said, turn.on)
        values = difference(GUIDES[guide], turn.facts, supposed, turn.on)
        if values["same"] and turn.question and turn.word_count > LONGEST_FOLLOW_UP:
            # "Comment passer le contrôle si je n'ai plus la carte ?": what is supposed is the case itself.
            questions.answer(turn, turn.question)
            return
        if supposed == turn.facts:
            turn.say("utter_supposition_known", supposed=told(turn.said))
            return
        turn.say(
            "utter_supposition",
            supposed=told(turn.said),
            headline=GUIDES[guide].gist(supposed, turn.on).headline,
            choices=[
                {"title": "utter_choice_keep", "payload": f"/inform{json.dumps(turn.said)}"},
                {"title": "utter_choice_return", "payload": "/deny"},
            ],
            **values,
        )
        turn.keep(pending_choice={"suppose": turn.said, "guide": guide})


def _answer_instead(turn: Turn) -> None:
    """What the facts mean by themselves; in a running dialogue, then its pending question again."""
    if turn.said and (question_of_facts(turn.said) or not turn.running):
        answer_by_fact(turn)
    elif turn.running:
        turn.say("utter_compared_later")
    elif turn.question:
        dialogue.answer_question(turn, turn.question)
    else:
        turn.say("utter_nothing_to_compare")
    dialogue.resume(turn)
