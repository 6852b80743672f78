"""Taking turns: which guided dialogue runs, which fact was asked, what was answered last.

The state is a handful of slots: ``guided_dialogue``, ``asked_fact``, ``skipped_facts``, ``last_answer``.
A question asked in the middle is answered and the dialogue resumes; a fact told at any time counts.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import changes, facts_of, facts_said_now, intent_of, today
from bot.guides import GUIDES
from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.law.situation import CHOICES, FIELDS

YES_NO_FACTS = frozenset(
    {*FIELDS, "refusal_states_remedies", "urgent"} - CHOICES.keys() - {"first_registration"}
)

MISSES_BEFORE_HELP = 2
NEAREST_TOPICS = 3


def say(dispatcher: CollectingDispatcher, replies: list[Reply], **values: Any) -> None:
    """Names each response with its values, and those common to all."""
    for reply in replies:
        dispatcher.utter_message(response=reply.response, **reply.values, **values)


def start(name: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Starts the guided dialogue, with what is known already: its first question or its answer."""
    return proceed(name, dispatcher, tracker, facts_of(tracker), skipped=[])


def proceed(
    name: str,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    facts: Facts,
    skipped: list[str],
    misunderstood: str | None = None,
) -> list[EventType]:
    """The next question of the guided dialogue, or its answer; ``misunderstood`` is asked again otherwise."""
    guide, on = GUIDES[name], today()
    question = guide.next_question(facts, frozenset(skipped), on)
    told = {key: value for key, value in facts.items() if tracker.get_slot(key) != value}
    if question is not None:
        suffix = "_error" if question == misunderstood else ""
        dispatcher.utter_message(response=f"utter_ask_{question}{suffix}")
        return changes(
            tracker, **told, guided_dialogue=name, asked_fact=question, skipped_facts=skipped, misses=None
        )
    say(dispatcher, guide.reply(facts, on))
    return changes(
        tracker,
        **told,
        guided_dialogue=None,
        asked_fact=None,
        skipped_facts=skipped,
        last_answer={"guide": name},
        misses=None,
    )


def resume(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """After an interruption: the pending question again, or the answer where none is left to ask."""
    name = tracker.get_slot("guided_dialogue")
    if not name:
        return []
    dispatcher.utter_message(response="utter_back_to_dialogue")
    return proceed(name, dispatcher, tracker, facts_of(tracker), tracker.get_slot("skipped_facts") or [])


def take_fact(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """The running dialogue with the fact just told, or with one more fact that the person cannot tell."""
    name, asked = tracker.get_slot("guided_dialogue"), tracker.get_slot("asked_fact")
    skipped = list(tracker.get_slot("skipped_facts") or [])
    told = fact_told(tracker)
    if intent_of(tracker) == "dont_know" and asked not in skipped:
        skipped.append(asked)
    is_new = bool(told) or bool(facts_said_now(tracker))
    facts = {**facts_of(tracker), **told}
    return proceed(name, dispatcher, tracker, facts, skipped, misunderstood=None if is_new else asked)


def repeat(dispatcher: CollectingDispatcher, tracker: Tracker, **slots: Any) -> list[EventType]:
    """The pending question, else the last answer, else what the assistant can do, said with ``slots``."""
    last = tracker.get_slot("last_answer") or {}
    asked = tracker.get_slot("asked_fact")
    if asked:
        replies = [Reply(f"utter_ask_{asked}")]
    elif last.get("guide"):
        replies = GUIDES[last["guide"]].reply(facts_of(tracker), today())
    else:
        replies = [Reply(f"utter_{last.get('question') or 'help'}")]
    say(dispatcher, replies, **slots)
    return [SlotSet(name, value) for name, value in slots.items()]


def not_understood(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Says so with the nearest questions as buttons; the second time in a row, gives real help."""
    misses = int(tracker.get_slot("misses") or 0) + 1
    if misses >= MISSES_BEFORE_HELP:
        dispatcher.utter_message(response="utter_not_understood_twice")
        return changes(tracker, misses=None)
    dispatcher.utter_message(response="utter_not_understood", topics=nearest_topics(tracker))
    return changes(tracker, misses=misses)


def nearest_topics(tracker: Tracker) -> list[str]:
    """The topics of questions nearest to the latest message, the nearest first."""
    ranking = tracker.latest_message.get("topic_ranking") or []
    return [topic["name"] for topic in ranking if topic["is_question"]][:NEAREST_TOPICS]


def fact_told(tracker: Tracker) -> Facts:
    """The value that the message gives to the fact just asked for, {} if it gives none."""
    asked = tracker.get_slot("asked_fact")
    if not asked:
        return {}
    said = facts_said_now(tracker)
    if asked in said:
        return {asked: said[asked]}
    if (asked.endswith("_on") or asked == "first_registration") and "date" in said:
        return {asked: said["date"]}
    if asked in YES_NO_FACTS and intent_of(tracker) in ("affirm", "deny"):
        return {asked: intent_of(tracker) == "affirm"}
    return {}
