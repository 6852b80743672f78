"""First component of the pipeline: what reaches the others is clean text."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.text import normalise
from bot.privacy import masking


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class FrenchNormaliser(GraphComponent):
    """Replaces a message's text by its normalised form, personal data masked as in what people send.

    The tracker keeps the text that the channel took, which is masked too.
    """

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrenchNormaliser:
        """A new component; it has no setting."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same data, its texts normalised."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """The same messages, their texts normalised."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, masking.mask(normalise(message.get(TEXT))), add_to_output=True)
        return messages
