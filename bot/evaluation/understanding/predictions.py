"""What the trained model makes of single messages, as the assistant would act on it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.log_utils import configure_structlog

from bot import settings
from bot.engine.assistant import AssistantAgent
from bot.nlu.topics import FAQ, OUT_OF_SCOPE, topic_of

# Intents of the conversation that are a topic under another name.
_SAME_TOPIC = {
    "robot": "human_handoff",
    "quote_fee": "cost",
    "check_eligibility": "who_can_apply",
    "plan_remedy": "refusal_remedies",
}
SMALL_TALK = frozenset(
    {"greet", "thank", "goodbye", "affirm", "deny", "human_handoff", "insult_or_frustration"}
)


class Example(msgspec.Struct, frozen=True):
    """A message with its accepted topics (the first is the main one; none: not labelled) and its noise."""

    text: str
    labels: tuple[str, ...] = ()
    noise: str = ""


@dataclass(frozen=True)
class Prediction:
    """What the assistant would treat the message as; ``asks`` is true where it would ask between topics."""

    topic: str
    confidence: float
    intent: str
    asks: bool = False


def read(path: Path) -> list[Example]:
    """The examples of a JSONL file; raises ValueError naming the line that is none."""
    examples = []
    # Bytes, since the lines of a text also end at signs that JSON may hold.
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            examples.append(msgspec.json.decode(line, type=Example))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return examples


class Understanding:
    """The NLU part of a trained model."""

    def __init__(self, model: Path) -> None:
        """Loads the model file; raises as Rasa does where it cannot be read."""
        settings.apply()
        self._agent = load(model)
        self.milliseconds: list[float] = []

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """The prediction of each text, in order."""
        return asyncio.run(self._predict(texts))

    async def _predict(self, texts: Iterable[str]) -> list[Prediction]:
        found = []
        for text in texts:
            begun = time.perf_counter()
            parse = await self._agent.processor.parse_message(UserMessage(text))
            self.milliseconds.append(1000 * (time.perf_counter() - begun))
            found.append(as_prediction(parse))
        return found


def load(model: Path) -> AssistantAgent:
    """The assistant's agent with that model, and conversations in memory."""
    # Unconfigured, Rasa prints every message it reads.
    configure_structlog(logging.WARNING)
    agent = AssistantAgent(tracker_store=InMemoryTrackerStore(Domain.empty()))
    agent.load_model(model)
    return agent


def as_prediction(parse: dict) -> Prediction:
    """The prediction that a parse leads to."""
    intent = parse["intent"]["name"] or ""
    topics = parse.get("topic_ranking") or []
    label = parse["intent"].get("full_retrieval_intent_name") or intent
    confidence = float(parse["intent"]["confidence"] or 0.0)
    if intent == FAQ:
        return Prediction(topic_of(label), confidence, label)
    if intent in SMALL_TALK:
        return Prediction(intent, confidence, intent)
    if intent in _SAME_TOPIC:
        return Prediction(_SAME_TOPIC[intent], confidence, intent)
    if intent == "inform":
        # Outside a dialogue a bare fact is answered by the nearest question.
        nearest = next((topic["name"] for topic in topics if topic["is_question"]), OUT_OF_SCOPE)
        return Prediction(nearest, confidence, intent)
    if intent == "ask_between":
        return Prediction(topics[0]["name"], confidence, intent, asks=True)
    return Prediction(OUT_OF_SCOPE, confidence, intent)
