"""A call of the action server that answers even when the server does not.

* A failing or absent server gives a French answer, never silence; the facts told stay known.
* An action's answer is checked by types, not by a JSON schema read anew at every message.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
import msgspec
import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction, create_bot_utterance
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT_NAME_KEY, RESPONSE_SELECTOR

from bot.engine.recent_turns import recent_events
from bot.nlu.intents import FOREIGN, WHAT_IF
from bot.nlu.topics import FAQ, OUT_OF_SCOPE
from bot.operations import metrics

logger = logging.getLogger(__name__)

# This intent is answered by contacts that need no action server.
HUMAN = "human_handoff"
# An action takes milliseconds; one that hangs must not keep a person waiting for Rasa's five minutes.
ACTION_SECONDS = 8.0
RESUME = "action_resume_dialogue"
# Malformed answers: wrong shape, an event type unknown to Rasa, an event without a required field.
_UNUSABLE = (ValueError, KeyError, TypeError)


class _Event(msgspec.Struct):
    event: str


class _Result(msgspec.Struct):
    """The part of an action's answer whose types are checked."""

    events: list[_Event] = []
    responses: list[dict[str, Any]] = []


class SteadyRemoteAction(RemoteAction):
    """A custom action that degrades to the general answer or an apology when its server fails."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """The events of the action, or those of the degraded answer."""
        try:
            running = super().run(output_channel, nlg, tracker, domain)
            return await asyncio.wait_for(running, ACTION_SECONDS)
        except ActionExecutionRejection:
            raise
        except (TimeoutError, RasaException, aiohttp.ClientError, *_UNUSABLE) as error:
            logger.error("action %s failed, degraded answer given: %s", self.name(), type(error).__name__)
            metrics.ACTION_FAILURES.labels(self.name()).inc()
            # The greeting has been sent already: a reminder that fails needs no apology.
            said = [] if self.name() == RESUME else await _degraded_answer(output_channel, nlg, tracker)
            return [*said, *_facts_kept(tracker, domain)]

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        # Neither the domain, whose sentences stay here, nor events long past: no action reads them, and
        # sending them costs more than the rest of the call.
        events = [event.as_dict() for event in recent_events(tracker)]
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": {**tracker.current_state(EventVerbosity.NONE), "events": events},
            "version": rasa.__version__,
        }

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        msgspec.convert(result, _Result)
        return True


def _facts_kept(tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
    """The facts of the message that the action would have kept."""
    latest = tracker.latest_message
    elsewhere = (WHAT_IF, FOREIGN, OUT_OF_SCOPE)
    if latest is None or latest.intent.get(INTENT_NAME_KEY) in elsewhere:
        return []
    slots = {slot.name for slot in domain.slots}
    return [SlotSet(told["entity"], told["value"]) for told in latest.entities if told["entity"] in slots]


async def _degraded_answer(
    output_channel: OutputChannel, nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker
) -> list[Event]:
    """The question's general answer with a note, or an apology with a way forward."""
    names = ["utter_actions_unavailable"]
    latest = tracker.latest_message
    if latest is not None and latest.intent.get(INTENT_NAME_KEY) == HUMAN:
        names = ["utter_human"]
    elif latest is not None and latest.intent.get(INTENT_NAME_KEY) == FAQ:
        question = (latest.parse_data or {}).get(RESPONSE_SELECTOR, {}).get(FAQ, {}).get("response", {})
        names = [question.get("utter_action", ""), "utter_actions_unavailable_note"]
    drafts = [await nlg.generate(name, tracker, output_channel.name()) for name in names]
    return [create_bot_utterance(draft) for draft in drafts if draft]
