"""Taking turns: which guided dialogue runs, which fact was asked, what was answered last.

The state is a handful of slots: ``guided_dialogue``, ``asked_fact``, ``times_asked``, ``skipped_facts``,
``last_answer``, ``pending_choice``. A question asked in the middle is answered and the dialogue resumes; a
fact told at any time counts.
"""

from __future__ import annotations

from abc import abstractmethod

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import AnsweringAction
from actions.turn import Turn
from bot.guides import GUIDES
from bot.guides.comparison import changed_facts, difference, telling_changes
from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.law.situation import Reason

MISSES_BEFORE_HELP = 2
NEAREST_TOPICS = 3
# The answers that a summary recalls.
MOST_RECALLED = 5
# The third time, the person is offered a way out instead.
MAX_TIMES_ASKED = 2


class DialogueAction(AnsweringAction):
    """An action that takes one turn of the conversation."""

    keeps_facts = False

    @abstractmethod
    def take(self, turn: Turn) -> None:
        """Says something and sets what the conversation keeps."""

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The events of the turn; a choice that was offered holds for one turn."""
        turn = Turn(dispatcher, tracker)
        turn.keep(pending_choice=None)
        if turn.unread:
            turn.reply([turn.unread])
        self.take(turn)
        return turn.events()


def start(turn: Turn, name: str) -> None:
    """Starts the guided dialogue with what is known, after a confirmation where another one would be left."""
    left = turn.running
    if left and left != name and (turn.facts or turn.skipped):
        turn.say(
            "utter_confirm_switch",
            left={"response": f"utter_dialogue_{left}"},
            next={"response": f"utter_dialogue_{name}"},
        )
        turn.keep(pending_choice={"start": name}, asked_fact=None)
        return
    if left != name:
        turn.keep(skipped_facts=[])
    advance(turn, name)


def switch(turn: Turn, name: str) -> None:
    """Leaves the running dialogue for another."""
    turn.keep(skipped_facts=[], asked_fact=None)
    advance(turn, name)


def advance(turn: Turn, name: str, misunderstood: str | None = None) -> None:
    """The next question of the guided dialogue, or its answer; ``misunderstood`` is asked in other words."""
    guide = GUIDES[name]
    if turn.refused:
        turn.say("utter_date_impossible")
    question = guide.next_question(turn.facts, frozenset(turn.skipped), turn.on)
    if question is None:
        conclude(turn, name)
        return
    if turn.corrects:
        turn.say("utter_corrected", changed=changed_facts(_told_before(turn), turn.facts))
    turn.keep(guided_dialogue=name, misses=None)
    # What was wrong with a date is said already.
    ask(turn, question, in_other_words=question == misunderstood and turn.unread is None)


def ask(turn: Turn, question: str, in_other_words: bool = False) -> None:
    """Asks for a fact, but never a third time in a row: then it offers a way out."""
    earlier = turn.slot("times_asked") or {}
    times = earlier["times"] if earlier.get("fact") == question else 0
    if times >= MAX_TIMES_ASKED:
        turn.say("utter_stuck", why={"response": f"utter_why_{question}"})
        times = -1
    else:
        turn.say(f"utter_ask_{question}{'_error' if in_other_words else ''}")
    turn.keep(asked_fact=question, times_asked={"fact": question, "times": times + 1})


def conclude(turn: Turn, name: str) -> None:
    """The answer, after what changed since the last one where the facts are no longer the same."""
    guide, earlier = GUIDES[name], turn.last
    if earlier.get("guide") == name and earlier.get("facts") not in (None, turn.facts):
        before: Facts = earlier["facts"]
        changed = telling_changes(guide, before, turn.facts, turn.on)
        if turn.corrects:
            changed = changed_facts(before, turn.facts)
        if changed:
            turn.say("utter_difference", changed=changed, **difference(guide, before, turn.facts, turn.on))
    elif turn.corrects:
        turn.say("utter_corrected", changed=changed_facts(_told_before(turn), turn.facts))
    turn.reply(guide.reply(turn.facts, turn.on))
    turn.keep(
        guided_dialogue=None,
        asked_fact=None,
        times_asked=None,
        last_answer={
            "guide": name,
            "facts": turn.facts,
            "question": None,
            "earlier": turn.last.get("question") or turn.last.get("earlier"),
            "answered": turn.last.get("answered"),
        },
        misses=None,
    )
    if turn.facts.get("reason") == Reason.THEFT and turn.before.get("reason") not in (None, Reason.THEFT):
        # A loss that turns out to be a theft must be declared, whatever the answer was about.
        turn.say("utter_faq/declare_theft.compulsory")


def answer_question(turn: Turn, label: str, computed: Reply | None = None) -> None:
    """The computed answer to a question, else the written one; the last guided answer stays known.

    Asked on about what was just answered, the written one begins with what is nearest to the message.
    """
    passage = turn.nearest_passage() if label == turn.question == turn.last.get("question") else None
    begun = {} if passage is None else {"passage": passage}
    turn.reply([computed or Reply(f"utter_{label}", begun)])
    until = computed.response if computed else None
    turn.keep(last_answer={**_after(turn.last, label), "until": until}, misses=None)


def _after(last: Facts, label: str) -> Facts:
    """What is remembered of the answers once that question was answered.

    Another subject than the card does not become what the conversation is about. ``earlier``: the question
    of another topic before. ``answered``: the last questions, each once, the latest last.
    """
    if _is_another_subject(label):
        return last
    earlier = last.get("question")
    if not earlier or topic_of_question(earlier) == topic_of_question(label):
        earlier = last.get("earlier")
    answered = [*(one for one in last.get("answered") or () if one != label), label][-MOST_RECALLED:]
    return {**last, "question": label, "earlier": earlier, "answered": answered}


def _is_another_subject(label: str) -> bool:
    return "out_of_scope" in label


def topic_of_question(label: str) -> str:
    """The topic of a question's label: "cost" of "faq/cost.old_plate"."""
    return label.removeprefix("faq/").partition(".")[0]


def resume(turn: Turn) -> None:
    """After an interruption: the pending question again, or the answer where none is left to ask."""
    name = turn.running
    if name:
        turn.say("utter_back_to_dialogue")
        advance(turn, name)


def repeat(turn: Turn, **slots: str | None) -> None:
    """The pending question, else the last answer, else what the assistant can do, said with ``slots``."""
    last = turn.last
    turn.keep(**slots)
    if turn.asked:
        ask(turn, turn.asked)
    elif last.get("question") or not last.get("guide"):
        turn.reply([Reply(f"utter_{last.get('question') or 'help'}")], **slots)
    else:
        turn.reply(GUIDES[last["guide"]].reply(turn.facts, turn.on), **slots)


def not_understood(turn: Turn) -> None:
    """Says so with the nearest questions as buttons; the second time in a row, gives real help."""
    misses = int(turn.slot("misses") or 0) + 1
    if misses >= MISSES_BEFORE_HELP:
        turn.say("utter_not_understood_twice")
        turn.keep(misses=None)
        return
    turn.say("utter_not_understood", topics=turn.nearest_topics()[:NEAREST_TOPICS])
    turn.keep(misses=misses)


def offer_other_topics(turn: Turn) -> None:
    """Below an answer given a second time: what else the message may have asked."""
    answered = topic_of_question(turn.last.get("question") or "")
    others = [topic for topic in turn.nearest_topics() if topic != answered]
    turn.say("utter_if_another_question", topics=others[:NEAREST_TOPICS])


def _told_before(turn: Turn) -> Facts:
    """The facts told before that this message makes others: what is new alone is no correction."""
    return {**{name: turn.facts[name] for name in turn.facts if name not in turn.before}, **turn.before}
