"""Rasa's agent and message processor with the gaps of the stock ones closed.

* A payload ("/intent{...}") counts only where it comes from a button that this conversation was offered.
* A message is read where the conversation stands, and each of its questions counts (``bot/nlu``).
* A conversation goes on after a silence, and says so (``silence.py``).
* An action server that fails or is down gives a French answer, never silence (``steady_action.py``).
* While a person answers, no time ends the session and the assistant is silent, unless it is asked for again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from rasa.core.actions.action import Action, RemoteAction, create_bot_utterance
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, RESPONSE_SELECTOR, TEXT

from bot.engine import model_loading, silence
from bot.engine.actions_here import ActionsHere
from bot.engine.payloads import offered_payloads, read_payload
from bot.engine.recent_turns import recent_tracker
from bot.engine.steady_action import SteadyRemoteAction
from bot.engine.within_message import WithinMessage
from bot.nlu import context
from bot.nlu.dialogue_context import DialogueContext
from bot.nlu.intents import ASK_BETWEEN, set_intent
from bot.nlu.leaving import asks_for_the_robot
from bot.nlu.several import cuts_of, questions_in
from bot.nlu.text import normalise
from bot.nlu.topics import FAQ, OUT_OF_SCOPE, as_question, is_question, topic_of
from bot.procedures.registry import DIALOGUE_OF_INTENT

logger = logging.getLogger(__name__)

# Below this confidence, a part of a message is not treated as a question of its own.
SURE_FROM = 0.4
# Where only the classifier tells that a second request begins, it must be surer: measured on written talks.
_SURE_OF_PART = 0.6
# Order of answers to one message: written answers first, then a guided dialogue, then out of scope.
_QUESTION = 0
# The one thing asked of the assistant while a person answers: to leave them.
LEAVE = "leave_queue"


async def load(model: Path, endpoints: AvailableEndpoints) -> AssistantAgent:
    """The agent with its stores and, where ``model`` can be loaded, its model."""
    loop = asyncio.get_running_loop()
    broker = await EventBroker.create(endpoints.event_broker, loop=loop)
    agent = AssistantAgent(
        generator=endpoints.nlg,
        tracker_store=TrackerStore.create(endpoints.tracker_store, event_broker=broker),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action if endpoints.action.url else ActionsHere(),
    )
    try:
        agent.load_model(model)
    except Exception:
        # Whatever is wrong with the model, the server must stand and say so.
        logger.exception("the model in %s cannot be loaded; train it again with: make train", model.name)
    return agent


class AssistantAgent(Agent):
    """Rasa's agent with AssistantProcessor as its message processor."""

    @staticmethod
    def _create_tracker_store(store: Optional[TrackerStore], domain: Domain) -> TrackerStore:
        # Rasa would go on in memory when the database fails, and answer as if nothing had been said before.
        assert store is not None
        store.domain = domain
        return store

    def load_model(self, model_path: Union[str, Path], fingerprint: Optional[str] = None) -> None:
        """Loads the model; raises as Rasa's agent does where it cannot be read."""
        self._use(self._read_model(model_path))

    async def replace_model(self, model_path: Path) -> None:
        """Loads another model while the current one answers, then switches; running turns keep the old one.

        Raises as ``load_model`` does, and the one in use stays.
        """
        self._use(await asyncio.to_thread(self._read_model, model_path))

    def _read_model(self, model_path: Union[str, Path]) -> AssistantProcessor:
        return AssistantProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )

    def _use(self, processor: AssistantProcessor) -> None:
        self.processor = processor
        self.domain = processor.domain
        self._set_fingerprint(processor.model_filename.partition(".")[0])
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses
        _set_aside()


class AssistantProcessor(MessageProcessor):
    """A processor that trusts only its own buttons and survives its action server."""

    _load_model = staticmethod(model_loading.load)

    async def parse_message(
        self,
        message: UserMessage,
        tracker: Optional[DialogueStateTracker] = None,
        only_output_properties: bool = True,
    ) -> Dict[str, Any]:
        """The intent and entities of a message: an offered button's payload, or the text understood."""
        text = (message.text or "").strip()
        if text.startswith("/"):
            payload = read_payload(text) if tracker and await self._was_offered(text, tracker) else None
            if payload is not None:
                return payload
            message.text = text.lstrip("/ ")
        if tracker is not None and self._leaves(message.text or "", tracker):
            return {TEXT: message.text, INTENT: {"name": LEAVE, "confidence": 1.0}, ENTITIES: []}
        parse = await super().parse_message(message, tracker, only_output_properties)
        if tracker is not None:
            context.interpret(parse, context.Context.of(tracker.current_slot_values()))
            self._add_questions(parse, tracker)
        return parse

    @staticmethod
    def _leaves(text: str, tracker: DialogueStateTracker) -> bool:
        """Whether a person who is with somebody, or was offered to leave the queue, does so in words."""
        is_possible = tracker.is_paused() or f"/{LEAVE}" in offered_payloads(tracker)
        return is_possible and asks_for_the_robot(text)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        """As Rasa's, but never while a person answers: a new session would wake the assistant."""
        return not tracker.is_paused() and super()._has_session_expired(tracker)

    @staticmethod
    def _should_handle_message(tracker: DialogueStateTracker) -> bool:
        """Whether the assistant acts: it is awake, or asked for again. Rasa's own wakes at any "restart"."""
        said = tracker.latest_message
        return not tracker.is_paused() or (said is not None and said.intent.get("name") == LEAVE)

    async def log_message(
        self, message: UserMessage, should_save_tracker: bool = True
    ) -> DialogueStateTracker:
        """As Rasa's; who comes back after a silence hears first that what they told is still known."""
        tracker = await super().log_message(message, should_save_tracker=False)
        channel = message.output_channel
        if channel is not None and silence.is_back(tracker):
            draft = await self.nlg.generate(silence.WELCOME_BACK, tracker, channel.name())
            said = [create_bot_utterance(draft)] if draft else []
            await self._send_bot_messages(said, tracker, channel)
            tracker.update_with_events(said, self.domain)
        if should_save_tracker:
            await self.save_tracker(tracker)
        return tracker

    async def _was_offered(self, payload: str, tracker: DialogueStateTracker) -> bool:
        """Whether a message of the conversation had a button with that payload, however long ago."""
        was_recently = payload in offered_payloads(tracker)
        if was_recently or not getattr(tracker, "left_out", 0):
            return was_recently
        whole = await self.tracker_store.retrieve(tracker.sender_id)
        return whole is not None and payload in offered_payloads(whole)

    def _add_questions(self, parse: Dict[str, Any], tracker: DialogueStateTracker) -> None:
        """Where the message asks several things, each surely: the first as its intent, the others beside.

        What was answered just before is no question again: "merci, et le prix ?" asks for the price alone.
        Another subject comes after the card.
        """
        if parse[INTENT]["name"] not in {FAQ, ASK_BETWEEN, OUT_OF_SCOPE, *DIALOGUE_OF_INTENT}:
            return
        text = normalise(parse["text"] or "")
        labels = self._sure_labels(questions_in(text), tracker, SURE_FROM)
        for parts in cuts_of(text) if not labels else ():
            labels = self._sure_labels(parts, tracker, _SURE_OF_PART)
            # One request told in two clauses is often read as two questions of its topic.
            if len(set(map(topic_of, labels))) > 1:
                break
            labels = []
        answered = DialogueContext.of_slots(tracker.current_slot_values(), "").last
        new = sorted((label for label in labels if label not in (answered, OUT_OF_SCOPE)), key=_rank)
        if len(new) == 1 and new[0] in DIALOGUE_OF_INTENT:
            set_intent(parse, new[0])
        elif new and _rank(new[0]) == _QUESTION:
            as_question(parse, new[0])
            parse["also_asked"] = new[1:]

    def _sure_labels(
        self, parts: Sequence[str], tracker: DialogueStateTracker, sure_from: float
    ) -> List[str]:
        """What the parts of a message ask for, each once; [] unless all are sure and two differ.

        Each is read as if those before it had been answered: "quel délai ?" after "quel prix ?".
        """
        labels: List[str] = []
        place: DialogueStateTracker | WithinMessage = tracker
        for part in parts:
            label = _sure_label(self._read(part, place), sure_from)
            if label is None:
                return []
            if label not in labels:
                labels.append(label)
            place = WithinMessage.after(place, part, label)
        return labels if len(labels) > 1 else []

    def _read(self, text: str, place: DialogueStateTracker | WithinMessage) -> Dict[str, Any]:
        """The parse of a text in the given conversation state."""
        given = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: place}
        target = self.model_metadata.nlu_target
        return self.graph_runner.run(inputs=given, targets=[target])[target][0].as_dict(True)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> Tuple[Action, PolicyPrediction]:
        """Like Rasa's, but remote actions are replaced by ones that degrade instead of failing."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if isinstance(action, RemoteAction):
            action = SteadyRemoteAction(action.name(), action.action_endpoint)
        return action, prediction

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Does nothing: Rasa formats every slot several times a turn for a debug log that is never kept."""

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        return super()._predict_next_with_tracker(recent_tracker(tracker))


def _set_aside() -> None:
    """Excludes the loaded model from garbage collection: scanning it would stop every turn for 0.1 s."""
    gc.unfreeze()
    # Frees the previous model, if any.
    gc.collect()
    gc.freeze()


def _sure_label(parse: Dict[str, Any], sure_from: float) -> str | None:
    """The question, guided dialogue or other subject that a part of a message surely asks for."""
    intent = parse[INTENT]
    if float(intent["confidence"] or 0.0) < sure_from:
        return None
    if intent["name"] in DIALOGUE_OF_INTENT or intent["name"] == OUT_OF_SCOPE:
        return intent["name"]
    if intent["name"] != FAQ:
        return None
    return parse[RESPONSE_SELECTOR][FAQ]["response"]["intent_response_key"]


def _rank(label: str) -> int:
    """The order in which the questions of one message are answered."""
    if label in DIALOGUE_OF_INTENT:
        return _QUESTION + 1
    return _QUESTION if is_question(label) else _QUESTION + 2
