"""Recognises a message in another language, which gets one line in that language."""

from __future__ import annotations

from typing import Any, Dict, List, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intents import FOREIGN
from bot.nlu.languages import foreign_language
from bot.nlu.topic_classifier import TopicClassifier


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Sets the intent ``foreign_language`` and the property ``language``."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """The classifier, whose reading of another language counts for nothing."""
        return [TopicClassifier]

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """A new component; its model is read here, so that the first message does not wait."""
        foreign_language("hello where is it")
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """The same messages with their language, where it is another one."""
        for message in messages:
            language = foreign_language(message.get(TEXT) or "")
            if language:
                message.set(INTENT, {"name": FOREIGN, "confidence": 1.0}, add_to_output=True)
                message.set("language", language, add_to_output=True)
        return messages
