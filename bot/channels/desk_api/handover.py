"""What the desk does with a conversation: read it, silence the bot, speak, hand it back, ask it aside.

Everything that the person hears is an event of the conversation, stored before it is sent: a window that was
closed meanwhile gets it when it comes back. A mediator's words are masked before they are stored, as a
person's are.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any, Dict, Iterable, List, Sequence

from rasa.core.actions.action import create_bot_utterance
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from bot.channels import registry
from bot.channels.delivery import refusals
from bot.channels.site.open_windows import WINDOWS
from bot.channels.turns import conversations, message_handler
from bot.channels.turns.pushed import PUSHED, name_of_pushed, speaker_of
from bot.privacy.masking import mask
from bot.procedures.registry import FACT_NAMES
from bot.takeaway import store
from bot.takeaway.addresses import TOKEN_IN_ADDRESS

TAKEN, TAKEN_AT_DESK = "utter_handoff_taken", "utter_handoff_taken_at_desk"
RETURNED, RETURNED_BY_TIME = "utter_handoff_returned", "utter_handoff_returned_by_time"
PASSED = "utter_handoff_passed"
# Stands for a sentence that is not masked; nobody types these brackets.
MARK = "⟦{}⟧"
# What those who wait are told without asking.
NEWS = {
    what: f"utter_handoff_{what}"
    for what in ("moved_first", "moved", "closed_meanwhile", "left_alone", "nobody")
}
# How the messages asked aside are worded: as on the site's own pages.
ASIDE = "desk"
MESSAGING = frozenset(channel.name() for channel in registry.CHANNELS)


class NotReached(Exception):
    """The person is on a messaging service that this server does not serve, or no longer knows them on."""


async def opened(agent: Any, conversation: str, app: Sanic[Any, Any] | None = None) -> Dict[str, Any]:
    """All that was said (masked), in former sessions too; of the current one the facts and the wording.

    ``resumed_at``: when the bot was last woken, in seconds, None where it never was. ``reach``: the messaging
    service that the person is on, and whether a reply reaches them there (as ``delivery.Reach``, "elsewhere"
    where another server serves it); None in a window. A message that a service did not deliver bears
    ``not_delivered``, a word of ``refusals``.
    """
    tracker = await agent.tracker_store.retrieve(conversation)
    whole = await agent.tracker_store.retrieve_full_tracker(conversation)
    if tracker is None or whole is None:
        unknown: Dict[str, Any] = {
            "messages": [],
            "facts": {},
            "wording": None,
            "last_text": "",
            "reach": None,
        }
        return {"known": False, **_state(None), **unknown}
    messages = _messages(whole.events)
    if app is not None:
        await _mark_undelivered(messages, app, conversation)
    by_person = [message["text"] for message in messages if message["by"] == "person"]
    return {
        "known": True,
        **_state(tracker),
        "messages": messages,
        "facts": _facts_of(tracker),
        "wording": tracker.get_slot("wording"),
        "last_text": by_person[-1] if by_person else "",
        "reach": await _reach(app, tracker),
    }


async def presence(agent: Any, names: Iterable[str]) -> Dict[str, Dict[str, Any]]:
    """Of each conversation: whether it is still there, who speaks in it, and whether its window is open."""
    found = {}
    for conversation in names:
        tracker = await agent.tracker_store.retrieve(conversation)
        found[conversation] = {
            "known": tracker is not None,
            **_state(tracker),
            **WINDOWS.of(conversation),
        }
    return found


async def take(app: Sanic[Any, Any], agent: Any, conversation: str, at_desk: bool = False) -> bool:
    """Silences the bot and says so to the person; False where there is no such conversation."""
    said = TAKEN_AT_DESK if at_desk else TAKEN
    return await _change(app, agent, conversation, paused=False, event=ConversationPaused(), response=said)


async def give_back(app: Sanic[Any, Any], agent: Any, conversation: str, by_time: bool = False) -> bool:
    """Says that the bot answers again, and lets it; False where there is no such conversation."""
    said = RETURNED_BY_TIME if by_time else RETURNED
    return await _change(app, agent, conversation, paused=True, event=ConversationResumed(), response=said)


async def pass_on(app: Sanic[Any, Any], agent: Any, conversation: str) -> bool:
    """Tells a person that a colleague goes on; False where there is no such conversation."""
    return await _change(app, agent, conversation, paused=True, event=None, response=PASSED)


async def tell(
    app: Sanic[Any, Any], agent: Any, conversation: str, what: str, values: Dict[str, Any]
) -> bool:
    """Tells a person who waits one of the ``NEWS``; False where there is no such conversation."""
    return await _change(app, agent, conversation, paused=False, event=None, response=NEWS[what], **values)


async def show_typing(app: Sanic[Any, Any], conversation: str) -> None:
    """Tells the open windows that the mediator writes; they show it for some seconds."""
    for window in _windows(app):
        await window.send_typing(conversation)


async def say(
    app: Sanic[Any, Any],
    agent: Any,
    conversation: str,
    text: str,
    message_id: str,
    author: str | None = None,
    public: Sequence[str] = (),
) -> bool:
    """Sends a mediator's message, once for each id; False where there is no such conversation.

    ``author`` tells the desk's mediators from one another without naming them. ``public`` are sentences that
    the desk publishes, such as its own telephone number: they are not masked.
    Raises NotReached, and keeps nothing, where the person is on a messaging service that another server
    serves.
    The person gets it as typed, in an open window or on a messaging service: nothing on the way there keeps
    it. Whatever keeps it, the queue of a messaging service too, gets it masked.
    """
    kept = _masked(text, public)
    async with agent.lock_store.lock(conversation):
        tracker = await agent.tracker_store.retrieve(conversation)
        if tracker is None:
            return False
        if any(name_of_pushed(event) == message_id for event in tracker.events):
            return True
        if not await _is_reached(app, tracker):
            raise NotReached
        for token in TOKEN_IN_ADDRESS.findall(text):
            await asyncio.to_thread(store.opened().tie, token, conversation)
        by_mediator = {
            "speaker": "mediator",
            "masked": kept != text,
            **({"author": author} if author else {}),
        }
        said = _pushed(kept, message_id, by_mediator)
        tracker.update(said, agent.domain)
        await agent.tracker_store.save(tracker)
    await _send(app, conversation, said, _pushed(text, message_id, by_mediator))
    return True


async def erase(app: Sanic[Any, Any], agent: Any, conversation: str) -> bool:
    """Erases the conversation, at the desk and in every open window of it."""
    await conversations.erase(agent, conversation)
    for channel in _windows(app):
        await channel.send_erased(conversation)
    return True


async def keep_facts(agent: Any, conversation: str, facts: Dict[str, Any]) -> bool:
    """Makes these the facts of the case; those left out are forgotten."""
    async with agent.lock_store.lock(conversation):
        tracker = await agent.tracker_store.retrieve(conversation)
        if tracker is None:
            return False
        for name in FACT_NAMES:
            if tracker.get_slot(name) != facts.get(name):
                tracker.update(SlotSet(name, facts.get(name)), agent.domain)
        await agent.tracker_store.save(tracker)
    return True


async def answers(
    agent: Any, text: str, facts: Dict[str, Any], wording: str | None, conversation: str | None
) -> List[Dict[str, Any]]:
    """What the bot would say to ``text``, after the facts or after the conversation so far; nothing is kept.

    Goes through the steps of Rasa's ``handle_message`` but the storing, which has no switch.
    """
    aside = f"{ASIDE}-{uuid.uuid4().hex}"
    tracker = DialogueStateTracker(aside, agent.domain.slots)
    for event in await _before(agent, conversation) if conversation else _told(facts, wording):
        tracker.update(event, agent.domain)
    if text.startswith("/"):
        # A button of the answer before, which was not kept either.
        tracker.update(BotUttered(data={"buttons": [{"title": "", "payload": text}]}), agent.domain)
    collector = message_handler.MessageCollector(ASIDE)
    processor = agent.processor
    await processor._handle_message_with_tracker(UserMessage(mask(text), collector, aside), tracker)
    tracker = await processor.run_action_extract_slots(collector, tracker)
    await processor._run_prediction_loop(collector, tracker)
    messages: List[Dict[str, Any]] = collector.messages
    return messages


async def _change(
    app: Sanic[Any, Any],
    agent: Any,
    conversation: str,
    paused: bool,
    event: Event | None,
    response: str,
    **values: Any,
) -> bool:
    async with agent.lock_store.lock(conversation):
        tracker = await agent.tracker_store.retrieve(conversation)
        if tracker is None:
            return False
        if tracker.is_paused() is not paused:
            return True
        draft = await agent.nlg.generate(response, tracker, "", **values)
        said = _pushed(draft["text"], uuid.uuid4().hex, draft["metadata"], draft["buttons"])
        for each in filter(None, (event, said)):
            tracker.update(each, agent.domain)
        await agent.tracker_store.save(tracker)
    await _send(app, conversation, said)
    if event is not None:
        for window in _windows(app):
            await window.send_speaker(conversation, speaker_of(tracker))
    return True


def _state(tracker: DialogueStateTracker | None) -> Dict[str, Any]:
    """Who answers, where the person writes from and when they last did."""
    if tracker is None:
        return {"paused": False, "resumed_at": None, "said_at": None, "channel": None}
    said = tracker.get_last_event_for(UserUttered)
    resumed = tracker.get_last_event_for(ConversationResumed)
    return {
        "paused": tracker.is_paused(),
        "resumed_at": resumed.timestamp if resumed else None,
        "said_at": said.timestamp if said else None,
        "channel": tracker.get_latest_input_channel(),
    }


def _masked(text: str, public: Sequence[str]) -> str:
    """The text masked, but for the sentences that the desk publishes."""
    # One that masking leaves alone needs no mark, and would only cut up what stands around it.
    said = [sentence for sentence in public if sentence in text and mask(sentence) != sentence]
    said.sort(key=len, reverse=True)
    # A mark in its place, so that what stands around it is read as a whole.
    marked = text
    for rank, sentence in enumerate(said):
        marked = marked.replace(sentence, MARK.format(rank))
    kept = mask(marked)
    for rank, sentence in enumerate(said):
        kept = kept.replace(MARK.format(rank), sentence)
    return kept


def _pushed(
    text: str, message_id: str, metadata: Dict[str, Any], buttons: List[Dict[str, Any]] | None = None
) -> BotUttered:
    told = {**metadata, PUSHED: message_id}
    return create_bot_utterance({"text": text, "buttons": buttons or [], "metadata": told})


async def _is_reached(app: Sanic[Any, Any], tracker: DialogueStateTracker) -> bool:
    """Whether what is said to the conversation arrives: in its windows, or on its messaging service."""
    if tracker.get_latest_input_channel() not in MESSAGING:
        return True
    delivery = getattr(app.ctx, "delivery", None)
    return delivery is not None and await delivery.reaches(tracker.sender_id)


async def _reach(app: Sanic[Any, Any] | None, tracker: DialogueStateTracker) -> Dict[str, Any] | None:
    channel = tracker.get_latest_input_channel()
    if app is None or channel not in MESSAGING:
        return None
    delivery = getattr(app.ctx, "delivery", None)
    found = await delivery.reach(tracker.sender_id) if delivery is not None else None
    if delivery is None or found is None:
        return {"channel": channel, "state": "elsewhere", "until": None, "template": False}
    has_template = found.state == refusals.WINDOW and await delivery.reaches(tracker.sender_id)
    return {"channel": channel, "state": found.state, "until": found.until, "template": has_template}


async def _mark_undelivered(messages: List[Dict[str, Any]], app: Sanic[Any, Any], conversation: str) -> None:
    """Gives each message that was not delivered its ``not_delivered``.

    What was pushed is known by its name; an answer of the bot is the last one said before it was to be sent.
    """
    delivery = getattr(app.ctx, "delivery", None)
    said = [message for message in messages if message["by"] != "person"]
    for missed in await delivery.undelivered(conversation) if delivery is not None else ():
        named = [each for each in said if each["metadata"].get("pushed") == missed.answer]
        before = [
            each for each in said if not each["metadata"].get("pushed") and each["at"] <= missed.answered
        ]
        for message in named or before[-1:]:
            message["not_delivered"] = missed.why


async def _send(
    app: Sanic[Any, Any], conversation: str, said: BotUttered, now: BotUttered | None = None
) -> None:
    """To every open window of the conversation, and to its messaging service where it has one.

    ``now`` is what the person gets in place of what is kept.
    """
    for window in _windows(app):
        await window.send_response(conversation, (now or said).message())
    delivery = getattr(app.ctx, "delivery", None)
    if delivery is not None:
        as_typed = [message_handler.shown(conversation, now.message())] if now else None
        await delivery.push(conversation, [message_handler.shown(conversation, said.message())], as_typed)


def _windows(app: Sanic[Any, Any]) -> List[Any]:
    """The way to the open windows, where the server has one."""
    outputs = (each.get_output_channel() for each in app.ctx.input_channels if each.name() == "socket")
    return [output for output in outputs if output is not None]


async def _before(agent: Any, conversation: str) -> List[Event]:
    """The conversation up to its last message by the person, with the bot awake."""
    tracker = await agent.tracker_store.retrieve(conversation)
    events = list(tracker.events) if tracker else []
    last = max((rank for rank, event in enumerate(events) if isinstance(event, UserUttered)), default=None)
    return [*events[:last], ConversationResumed(), ActionExecuted(ACTION_LISTEN_NAME)]


def _told(facts: Dict[str, Any], wording: str | None) -> List[Event]:
    """A new session in which these facts were told."""
    slots = [SlotSet(name, facts[name]) for name in FACT_NAMES if name in facts]
    if wording:
        slots.append(SlotSet("wording", wording))
    begin = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    return [*begin, *slots, ActionExecuted(ACTION_LISTEN_NAME)]


def _facts_of(tracker: DialogueStateTracker) -> Dict[str, Any]:
    told = {name: tracker.get_slot(name) for name in FACT_NAMES}
    return {name: value for name, value in told.items() if value is not None}


def _messages(events: Iterable[Event]) -> List[Dict[str, Any]]:
    """The messages, oldest first; a payload is shown as its button's title."""
    titles: Dict[str, str] = {}
    messages: List[Dict[str, Any]] = []
    for event in events:
        if isinstance(event, UserUttered) and event.text:
            text = mask(titles.get(event.text, event.text))
            messages.append({"by": "person", "text": text, "at": event.timestamp})
        elif isinstance(event, BotUttered) and event.text:
            message = message_handler.shown("", event.message())
            titles |= {button["payload"]: button["title"] for button in message.get("buttons", ())}
            by = "mediator" if message["metadata"].get("speaker") == "mediator" else "bot"
            author = message["metadata"].get("author")
            messages.append({"by": by, "author": author, "at": event.timestamp, **message})
    return messages
