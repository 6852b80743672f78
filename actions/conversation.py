"""The conversation itself: wording, stopping, starting again, recalling, not understanding."""

from __future__ import annotations

from actions import dialogue, questions
from actions.answers import question_of_facts, take_fact
from actions.dialogue import DialogueAction
from actions.recall import earlier_answers
from actions.turn import Turn
from bot.guides import GUIDES
from bot.guides.facts import told
from bot.guides.guide import Gist

WORDINGS = {"make_simpler": "easy", "make_shorter": "short", "make_standard": None}
STATE = ("guided_dialogue", "asked_fact", "times_asked", "skipped_facts", "last_answer", "misses")
# The languages in which one line is written; any other gets it in English.
LANGUAGES = frozenset("ar de en es it nl pl pt ro ru tr uk zh".split())


class ActionChangeWording(DialogueAction):
    """Keeps the wording asked for, and says the last answer again in it."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_change_wording"

    def take(self, turn: Turn) -> None:
        """The sentences are written before the slot is set, so the wording goes with them."""
        wording = WORDINGS[turn.intent]
        turn.say(f"utter_wording_{wording or 'standard'}", wording=wording)
        dialogue.repeat(turn, wording=wording)


class ActionRestartCase(DialogueAction):
    """Forgets the case."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_restart_case"

    def take(self, turn: Turn) -> None:
        """Every fact and the running dialogue are dropped; the wording stays."""
        turn.say("utter_restarted")
        turn.forget()
        turn.keep(**{name: None for name in STATE})


class ActionCancelDialogue(DialogueAction):
    """Stops the guided dialogue; the facts told stay known."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_cancel_dialogue"

    def take(self, turn: Turn) -> None:
        """Says that it is stopped, or that nothing was running."""
        turn.say("utter_cancelled" if turn.running else "utter_nothing_to_cancel")
        turn.keep(guided_dialogue=None, asked_fact=None, skipped_facts=None)


class ActionRecap(DialogueAction):
    """Tells the facts known, the gist of the answers and what the dialogue still asks, then goes on."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_recap"

    def take(self, turn: Turn) -> None:
        """The facts in one list, the answers in another, or that there is nothing yet."""
        name = turn.running
        open_ = GUIDES[name].questions(turn.facts, frozenset(turn.skipped), turn.on) if name else ()
        answers = earlier_answers(turn)
        todo = _todo(turn)
        if turn.facts or answers:
            turn.say(
                "utter_recap",
                facts=told(turn.facts),
                answers=answers,
                steps=list(todo.steps) if todo else [],
                papers=list(todo.papers) if todo else [],
                dialogue=[{"response": f"utter_dialogue_{name}"}] if name else [],
                remaining=[{"response": f"utter_name_{fact}"} for fact in open_],
            )
        else:
            turn.say("utter_recap_empty")
        dialogue.resume(turn)


def _todo(turn: Turn) -> Gist | None:
    """What is to be done and prepared for a duplicate, once it is known what happened to the card."""
    return GUIDES["eligibility"].gist(turn.facts, turn.on) if "reason" in turn.facts else None


class ActionRepeat(DialogueAction):
    """Says the last answer or question again."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_repeat"

    def take(self, turn: Turn) -> None:
        """The pending question, else the last answer, else what the assistant can do."""
        dialogue.repeat(turn)


class ActionResumeDialogue(DialogueAction):
    """After a greeting or another answer of the bot's own: back to the guided dialogue, if one runs."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_resume_dialogue"

    def take(self, turn: Turn) -> None:
        """The pending question with a reminder; nothing without a dialogue."""
        dialogue.resume(turn)


class ActionSayInTheirLanguage(DialogueAction):
    """One line in the language of the message, with the official site."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_say_in_their_language"

    def take(self, turn: Turn) -> None:
        """The line; then, in French, the pending question of a guided dialogue."""
        language = turn.language()
        turn.say(f"utter_foreign_language_{language if language in LANGUAGES else 'en'}")
        dialogue.resume(turn)


class ActionAskBetween(DialogueAction):
    """Asks which of the two nearest questions was meant; in the middle of a talk answers the nearer one."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_ask_between"

    def take(self, turn: Turn) -> None:
        """Both topics by name and as buttons, unless a fact or the talk settles which is meant."""
        if turn.running and turn.asked in turn.said:
            take_fact(turn)
            return
        first, second = turn.nearest_topics()[:2]
        meant = question_of_facts(turn.said)
        if meant and dialogue.topic_of_question(meant) in (first, second):
            dialogue.answer_question(turn, meant)
            dialogue.resume(turn)
            return
        if turn.last and turn.question:
            # Who is in the middle of a talk reads a choice between two subjects as a refusal to answer.
            questions.answer(turn, turn.question)
            turn.say("utter_or_meant", second={"response": f"utter_topic_{second}"}, topics=[second])
            dialogue.resume(turn)
            return
        turn.say(
            "utter_close_call",
            first={"response": f"utter_topic_{first}"},
            second={"response": f"utter_topic_{second}"},
            topics=[first, second],
        )
        turn.keep(misses=None)


class ActionNotUnderstood(DialogueAction):
    """Says so, offers the nearest topics, and after two misses gives real help."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_not_understood"

    def take(self, turn: Turn) -> None:
        """A fact that was asked for is taken all the same; else the miss is counted."""
        if turn.running:
            take_fact(turn)
        else:
            dialogue.not_understood(turn)
