"""The facts of a message as Rasa entities, named like the slots they fill."""

from __future__ import annotations

import datetime as dt
from typing import Any, Dict, List, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.law import local_days
from bot.nlu import facts, places
from bot.nlu.spacy_french import SpacyFrench


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent, EntityExtractorMixin):
    """Adds one entity a fact; a plate's entity holds its format, never its number."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """spaCy's document, for the names of places."""
        return [SpacyFrench]

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactExtractor:
        """A new component; its words are read here, so that the first message does not wait."""
        places.find("à Paris")
        facts.find("le 3 octobre", dt.date.today())
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """The same messages with the facts they state."""
        now = dt.datetime.now(dt.UTC)
        for message in messages:
            if message.get(TEXT):
                found = _found(message.get(TEXT), _named_places(message), now)
                entities = [_entity(fact) for fact in found]
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def _found(text: str, named: tuple[str, ...], now: dt.datetime) -> tuple[facts.FoundFact, ...]:
    """The facts of the text, its dates seen from the day of the place that it names."""
    latest = local_days.latest(now)
    found = facts.find(text, local_days.today(now), named, latest)
    told = {fact.name: fact.value for fact in found}
    region, residence = told.get("region"), told.get("residence")
    if region is None and residence is None:
        return found
    return facts.find(text, local_days.today(now, region, residence), named, latest)


def _named_places(message: Message) -> tuple[str, ...]:
    doc = message.get(SPACY_DOCS[TEXT])
    return tuple(span.text for span in doc.ents if span.label_ == "LOC") if doc is not None else ()


def _entity(fact: facts.FoundFact) -> Dict[str, Any]:
    entity = {
        "entity": fact.name,
        "value": fact.value,
        "start": fact.start,
        "end": fact.end,
        "extractor": FactExtractor.__name__,
    }
    # Rasa's own names for what qualifies an entity.
    return {**entity, **{key: value for key, value in (("role", fact.why), ("group", fact.about)) if value}}
