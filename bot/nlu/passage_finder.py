"""Finds the passage of a written answer that is nearest to the question.

Where a person asks on about what was just answered, the classifier gives the same answer again; what they
want to know often stands in one of its passages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Type

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlg import passages
from bot.nlu.encoders import encode
from bot.nlu.subject import subject_of
from bot.nlu.topics import FAQ, is_question

PASSAGES_FILE = "passages.joblib"
_UTTER = "utter_"


@dataclass(frozen=True)
class Sentences:
    """The sentences of an answer: the rank of the passage that each stands in, and its vector."""

    passages: tuple[int, ...]
    vectors: np.ndarray


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PassageFinder(GraphComponent):
    """Sets the property ``passage`` of a question: the nearest passage's rank in the answer, and how near."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """None that Rasa could check: the classifier, placed before it, gives nothing to its training."""
        return []

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """``encoders``: those of the classifier."""
        return {"encoders": ["use"]}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        answers: Dict[str, Sentences] | None = None,
    ) -> None:
        """Keeps the settings, and the sentences of the answer to each label where they are known."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._answers = answers or {}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PassageFinder:
        """A new component, to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PassageFinder:
        """The component with the sentences of the answers that it was trained on."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / PASSAGES_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Reads the sentences of every question's standard wording; returns where they are stored."""
        self._answers = _answers(training_data.responses, self._config["encoders"])
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._answers, folder / PASSAGES_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """The same messages with the nearest passage of the answer that each asks for."""
        for message in messages:
            answer = self._answers.get(_label_of(message) or "")
            text = subject_of(message.get(TEXT) or "")
            if answer and text:
                nearness = answer.vectors @ encode(self._config["encoders"], [text])[0]
                nearest = int(np.argmax(nearness))
                found = {"rank": answer.passages[nearest], "confidence": round(float(nearness[nearest]), 4)}
                message.set("passage", found, add_to_output=True)
        return messages


def _label_of(message: Message) -> Optional[str]:
    response = (message.get(RESPONSE_SELECTOR) or {}).get(FAQ, {}).get("response") or {}
    return response.get("intent_response_key")


def _answers(responses: Dict[str, List[Dict[str, Any]]], encoders: List[str]) -> Dict[str, Sentences]:
    found = {}
    for name, variations in responses.items():
        label = name.removeprefix(_UTTER)
        standard = next((one for one in variations if not one.get("condition")), None)
        if standard is None or not is_question(label):
            continue
        text = standard["text"]
        rows = [
            (rank, sentence)
            for rank, passage in enumerate(passages.passages(text))
            for sentence in passages.sentences(text, passage)
        ]
        if rows:
            vectors = encode(encoders, [sentence for _, sentence in rows])
            found[label] = Sentences(tuple(rank for rank, _ in rows), vectors)
    return found
