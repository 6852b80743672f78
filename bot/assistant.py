"""Rasa's agent and message processor with the gaps of the stock ones closed.

* A payload ("/intent{...}") counts only where it comes from a button that this conversation was offered.
* An action server that fails or is down gives a French answer, never silence.
* The check of an action's answer is compiled once, not at every message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

import aiohttp
from jsonschema import Draft202012Validator, ValidationError
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction, create_bot_utterance
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, RESPONSE_SELECTOR

from bot.nlu import facts
from bot.nlu.text import normalise
from bot.nlu.topic_classifier import FALLBACK
from bot.nlu.topics import FAQ, OUT_OF_SCOPE

logger = logging.getLogger(__name__)

PAYLOAD = re.compile(r"^/(?P<label>[a-z_]+(?:/[a-z_.]+)?)(?P<facts>\{.*\})?$")
CERTAIN = 1.0
# A longer message that gives the fact just asked for says something else as well.
MAX_ANSWER_WORDS = 6


async def load(model: Path, endpoints: AvailableEndpoints) -> AssistantAgent:
    """The agent with its stores and, where one can be read at ``model``, its model."""
    loop = asyncio.get_running_loop()
    broker = await EventBroker.create(endpoints.event_broker, loop=loop)
    agent = AssistantAgent(
        generator=endpoints.nlg,
        tracker_store=TrackerStore.create(endpoints.tracker_store, event_broker=broker),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action,
    )
    try:
        agent.load_model(model)
    except Exception:
        # Whatever is wrong with the model, the server must stand and say so.
        logger.exception("the model in %s cannot be loaded; train it again with: make train", model.name)
    return agent


class AssistantAgent(Agent):
    """An agent whose processor is ours."""

    def load_model(self, model_path: Union[str, Path], fingerprint: Optional[str] = None) -> None:
        """Loads the model; raises as Rasa's agent does where it cannot be read."""
        self.processor = AssistantProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses


class AssistantProcessor(MessageProcessor):
    """A processor that trusts only its own buttons and survives its action server."""

    async def parse_message(
        self,
        message: UserMessage,
        tracker: Optional[DialogueStateTracker] = None,
        only_output_properties: bool = True,
    ) -> Dict[str, Any]:
        """The intent and entities of a message: an offered button's payload, or the text understood."""
        text = (message.text or "").strip()
        if text.startswith("/"):
            payload = _read_payload(text) if tracker and text in offered_payloads(tracker) else None
            if payload is not None:
                return payload
            message.text = text.lstrip("/ ")
        parse = await super().parse_message(message, tracker, only_output_properties)
        asked = tracker.get_slot("asked_fact") if tracker else None
        if asked:
            _take_as_answer(parse, asked)
        return parse

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> Tuple[Action, PolicyPrediction]:
        """As Rasa's, with remote actions that answer even when their server does not."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if isinstance(action, RemoteAction):
            action = SteadyRemoteAction(action.name(), action.action_endpoint)
        return action, prediction


class SteadyRemoteAction(RemoteAction):
    """A custom action that degrades to the general answer or an apology when its server fails."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> List[Event]:
        """The events of the action, or those of the degraded answer."""
        try:
            return await super().run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise
        except (RasaException, aiohttp.ClientError, asyncio.TimeoutError, ValidationError) as error:
            logger.error("action %s failed, degraded answer given: %s", self.name(), type(error).__name__)
            return await _degraded_answer(output_channel, nlg, tracker)

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> Dict[str, Any]:
        # The sentences stay here: actions name a response, and sending all of them costs more than the
        # rest of the call.
        call = super()._action_call_format(tracker, domain)
        call["domain"] = {key: value for key, value in call["domain"].items() if key != "responses"}
        return call

    def _validate_action_result(self, result: Dict[str, Any]) -> bool:
        _action_result_validator().validate(result)
        return True


def _take_as_answer(parse: Dict[str, Any], asked: str) -> None:
    """Makes a message that gives the fact just asked for an answer, whatever question it resembles."""
    text = normalise(parse["text"] or "")
    if len(text.split()) > MAX_ANSWER_WORDS or "?" in text:
        return
    given = {entity["entity"] for entity in parse["entities"]}
    is_date = asked.endswith("_on") or asked == "first_registration"
    if asked not in given and not (is_date and "date" in given):
        value = facts.answer_to(asked, text)
        if value is None:
            if parse[INTENT]["name"] == OUT_OF_SCOPE:
                # Rather an answer that was not understood than another subject.
                parse[INTENT] = {"name": FALLBACK, "confidence": CERTAIN}
            return
        parse["entities"].append({"entity": asked, "value": value, "start": 0, "end": len(text)})
    parse[INTENT] = {"name": "inform", "confidence": CERTAIN}


@lru_cache(maxsize=1)
def _action_result_validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


async def _degraded_answer(
    output_channel: OutputChannel, nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker
) -> List[Event]:
    """The question's general answer with a note, or an apology with a way forward."""
    names = ["utter_actions_unavailable"]
    latest = tracker.latest_message
    if latest is not None and latest.intent.get(INTENT_NAME_KEY) == FAQ:
        question = (latest.parse_data or {}).get(RESPONSE_SELECTOR, {}).get(FAQ, {}).get("response", {})
        names = [question.get("utter_action", ""), "utter_actions_unavailable_note"]
    drafts = [await nlg.generate(name, tracker, output_channel.name()) for name in names]
    return [create_bot_utterance(draft) for draft in drafts if draft]


def offered_payloads(tracker: DialogueStateTracker) -> set[str]:
    """The payloads of every button that this conversation's messages offered."""
    return {
        button["payload"]
        for event in tracker.events
        if isinstance(event, BotUttered)
        for button in event.data.get("buttons") or ()
        if button.get("payload")
    }


def _read_payload(text: str) -> Dict[str, Any] | None:
    """The parse of a payload: "/faq/cost", "/quote_fee" or "/inform{"moved": true}"; None if it is none."""
    match = PAYLOAD.match(text)
    if match is None:
        return None
    label = match["label"]
    try:
        told = json.loads(match["facts"] or "{}")
    except json.JSONDecodeError:
        return None
    entities = [
        {"entity": name, "value": value, "start": 0, "end": len(text)} for name, value in told.items()
    ]
    parse: Dict[str, Any] = {
        "text": text,
        INTENT: {"name": label.partition("/")[0], "confidence": CERTAIN},
        "entities": entities,
    }
    if label.startswith(f"{FAQ}/"):
        answer = {"intent_response_key": label, "utter_action": f"utter_{label}", "confidence": CERTAIN}
        parse[RESPONSE_SELECTOR] = {
            "all_retrieval_intents": [FAQ],
            FAQ: {"response": answer, "ranking": [answer]},
        }
        parse[INTENT]["full_retrieval_intent_name"] = label
    return parse
