"""The assistant's sentences as Rasa's natural language generator."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlg.sentences import Sentences


class SourcedResponseGenerator(Sentences, NaturalLanguageGenerator):
    """Writes the responses of the domain; the loaded model replaces them."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        """Takes what Rasa passes to a generator; the endpoint configuration is not used."""
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response's text, buttons and metadata, or None where no response has that name."""
        return self.render(utter_action, tracker.current_slot_values(), output_channel, kwargs)
