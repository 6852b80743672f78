"""Talk about the answer: where it is written, how old that is, whether it is sure, who says otherwise."""

from __future__ import annotations

from actions import dialogue
from actions.answers import question_of_facts
from actions.dialogue import DialogueAction
from actions.recall import last_answers
from actions.turn import Turn
from bot.procedures.registry import FACTS

# What is said about the last answer, by intent.
RESPONSES = {
    "ask_source": "utter_where_it_is_written",
    "ask_source_date": "utter_how_old_it_is",
    "ask_sure": "utter_how_sure_it_is",
    "contradiction": "utter_somebody_says_otherwise",
}
NEAREST_TOPICS = 3
# Facts of one vehicle and its holder: another one has its own.
FACTS_OF_A_VEHICLE = frozenset(fact.name for fact in FACTS.values() if fact.is_of_the_vehicle)


class ActionTalkAboutAnswer(DialogueAction):
    """Gives the texts behind the last answer, their dates, how sure it is, and holds it against a rumour."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_talk_about_answer"

    def take(self, turn: Turn) -> None:
        """The response for the intent, then the pending question; an opening rumour is one itself."""
        answers = last_answers(turn)
        if answers:
            turn.say(RESPONSES[turn.intent], answer=answers)
        elif turn.intent == "contradiction" and turn.question:
            # "My neighbour says it is free" opens a talk: it asks whether that is so.
            dialogue.answer_question(turn, turn.question)
        else:
            turn.say("utter_nothing_to_explain")
        dialogue.resume(turn)


class ActionNotMyQuestion(DialogueAction):
    """Owns that the answer was beside the point, and offers what else the message may have asked."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_not_my_question"

    def take(self, turn: Turn) -> None:
        """The topics nearest to the message before, without the one just answered."""
        answered = dialogue.topic_of_question(turn.last.get("question") or "")
        others = [topic for topic in turn.nearest_topics_before() if topic != answered]
        turn.say("utter_not_what_was_asked", topics=others[:NEAREST_TOPICS])
        turn.keep(misses=None)


class ActionGoBack(DialogueAction):
    """Says again the answer before the last one of another subject."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_go_back"

    def take(self, turn: Turn) -> None:
        """The earlier answer, else the last one."""
        earlier = turn.last.get("earlier")
        if earlier:
            dialogue.answer_question(turn, earlier)
            dialogue.resume(turn)
        else:
            dialogue.repeat(turn)


class ActionOtherCase(DialogueAction):
    """The last question for another vehicle or person: computed anew, or the same rule."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_other_case"

    def take(self, turn: Turn) -> None:
        """The guided dialogue without the facts of the first vehicle, or the written answer in brief."""
        guide = turn.running or (turn.last.get("guide") if not turn.last.get("question") else None)
        happened = question_of_facts(turn.said) if "reason" in turn.said else None
        if happened and not guide:
            # What happened to the other card is told: that is what is asked about.
            turn.forget(FACTS_OF_A_VEHICLE - turn.said.keys())
            dialogue.answer_question(turn, happened)
        elif guide:
            turn.say("utter_other_case_computed")
            turn.forget(FACTS_OF_A_VEHICLE)
            turn.keep(skipped_facts=[], asked_fact=None, last_answer={})
            dialogue.advance(turn, guide)
        elif answers := last_answers(turn):
            turn.say("utter_other_case_same", answer=answers)
        else:
            turn.say("utter_what_next")
