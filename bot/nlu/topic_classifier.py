"""One classifier over every label: plain intents and the questions of ``data/nlu/faq`` alike.

Rasa answers retrieval intents with a ResponseSelector, a network of its own that takes minutes to train.
Here a question's label (``faq/cost.professional``) is a class like any other; the component fills
``intent`` and ``response_selector`` as Rasa's own components do, so rules and actions see no difference.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import islice
from typing import Any, Dict, List, Optional, Type

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.conversations import CONTEXT
from bot.nlu.dialogue_context import NOTHING_BEFORE, DialogueContext
from bot.nlu.intents import ASK_BETWEEN, FALLBACK
from bot.nlu.label_model import Example, LabelModel
from bot.nlu.ranking import Ranking
from bot.nlu.subject import subject_of
from bot.nlu.text import fold, normalise
from bot.nlu.topics import FAQ, SURE_FROM

logger = logging.getLogger(__name__)

MODEL_FILE = "model.joblib"
# spaCy lists words by frequency; further down stand misspellings as frequent as the words themselves.
_FREQUENT_WORDS = 30_000


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True, model_from="SpacyFrench"
)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Predicts topic and question; below ``answer_from`` the intent is ``nlu_fallback``."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """None: it reads the normalised text itself."""
        return []

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """How to learn and when to answer.

        ``encoders``: the sentence encoders to use. ``out_of_scope_weight``: see LabelModel. ``answer_from``:
        the confidence below which nothing is understood. ``sure_from``: the confidence below which the two
        nearest questions are offered instead of an answer. ``ranking_length``: how many labels are reported,
        and twice as many topics; they are stored with the message, and read at each later one.
        """
        return {
            "encoders": ["use"],
            "out_of_scope_weight": 3.0,
            "answer_from": 0.15,
            "sure_from": SURE_FROM,
            "ranking_length": 3,
        }

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LabelModel | None = None,
    ) -> None:
        """Keeps the settings, and the trained model where there is one."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
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
    ) -> TopicClassifier:
        """The trained component."""
        with model_storage.read_from(resource) as folder:
            model = joblib.load(folder / MODEL_FILE)
        model.warm_up()
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData, model: SpacyModel) -> Resource:
        """Learns every label that has examples; returns where the model is stored.

        ``model`` tells which words are French; with none of them the speller trusts the examples alone.
        """
        examples = [
            Example(subject_of(e.get(TEXT)), e.get_full_intent(), _context_of(e))
            for e in training_data.intent_examples
            if e.get(TEXT) and e.get(INTENT)
        ]
        french = _frequent_words(model)
        self._model = LabelModel(self._config["encoders"], self._config["out_of_scope_weight"], french)
        self._model.fit(examples)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE)
        return self._resource

    def process(
        self, messages: List[Message], tracker: Optional[DialogueStateTracker], model: SpacyModel
    ) -> List[Message]:
        """The same messages with intent, ranking and the question asked, read where the tracker stands."""
        if self._model is None:
            return messages
        context = _context_before(tracker)
        # A name, an address or a plate beside a question says nothing of its topic.
        read = [Example(subject_of(message.get(TEXT) or ""), "", context) for message in messages]
        for message, ranking in zip(messages, self._model.rank_all(read), strict=True):
            self._write(message, ranking)
        return messages

    def _write(self, message: Message, ranking: Ranking) -> None:
        label, confidence = ranking.best
        intent = self._intent(label, confidence, ranking) if message.get(TEXT) else FALLBACK
        length, questions = self._config["ranking_length"], ranking.questions
        message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
        message.set(
            "intent_ranking",
            [{"name": name, "confidence": round(share, 4)} for name, share in ranking.labels[:length]],
            add_to_output=True,
        )
        message.set(
            "topic_ranking",
            [
                {"name": topic, "confidence": round(share, 4), "is_question": topic in questions}
                for topic, share in ranking.topics[: 2 * length]
            ],
            add_to_output=True,
        )
        answers = [pair for pair in ranking.labels if pair[0].startswith(f"{FAQ}/")]
        # The answer is of the topic that won, even where another topic has the likeliest single question.
        answers.sort(key=lambda pair: pair[0] != label)
        message.set(RESPONSE_SELECTOR, _response_selector(answers[:length]), add_to_output=True)

    def _intent(self, label: str, confidence: float, ranking: Ranking) -> str:
        """What to follow: the label's intent, a choice between two questions, or the fallback."""
        if confidence < self._config["answer_from"]:
            return FALLBACK
        (first, _), (second, _), *_ = ranking.topics
        is_close = confidence < self._config["sure_from"]
        if is_close and {first, second} <= ranking.questions:
            return ASK_BETWEEN
        return label.partition("/")[0]


def _context_of(example: Message) -> DialogueContext:
    context = example.get(CONTEXT) or NOTHING_BEFORE
    return replace(context, text=subject_of(context.text)) if context.text else context


def _context_before(tracker: DialogueStateTracker | None) -> DialogueContext:
    """Where the conversation stands before the message being read, which the tracker does not hold yet."""
    if tracker is None:
        return NOTHING_BEFORE
    latest = tracker.latest_message
    text = (latest.text or "") if latest else ""
    # A pressed button says what its label answers, which the slots hold.
    said = "" if text.startswith("/") else subject_of(normalise(text))
    return DialogueContext.of_slots(tracker.current_slot_values(), said)


def _frequent_words(model: SpacyModel) -> frozenset[str]:
    vocabulary = model.model.vocab
    frequent = (vocabulary.strings[key] for key in islice(vocabulary.vectors.key2row, _FREQUENT_WORDS))
    return frozenset(fold(word) for word in frequent if word.isalpha())


def _response_selector(questions: list[tuple[str, float]]) -> Dict[str, Any]:
    """The property that Rasa's ResponseSelector would fill."""
    if not questions:
        return {}
    best, confidence = questions[0]
    return {
        "all_retrieval_intents": [FAQ],
        FAQ: {
            "response": {
                "intent_response_key": best,
                "utter_action": f"utter_{best}",
                "confidence": confidence,
            },
            "ranking": [
                {"intent_response_key": name, "confidence": round(share, 4)} for name, share in questions
            ],
        },
    }
