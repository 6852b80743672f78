"""The training files, each read once: examples, sentences, rules, the domain, and the written conversations.

Rasa puts three importers around its reader of files. They read all files again at each question, and copy all
examples at each step; what they add, for stories with a person's words, is not used here.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import ResponsesSyncImporter, TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import story_graph_from_paths
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import conversations


class TrainingFiles(TrainingDataImporter):
    """The training data; repeated calls return the same objects, including any changes made to them.

    Each turn of a written conversation becomes an example with the key ``CONTEXT``: what stood before it.
    Rasa's policies never see these files: they would take them for stories.
    """

    def __init__(self, config: Path, domain: Path, data: Path) -> None:
        """Lists the files without reading them."""
        self._files = _Files(str(config), str(domain), [str(data)])
        # Gives the questions' sentences, which stand beside their examples, to the domain.
        self._with_answers = ResponsesSyncImporter(self._files)

    def get_config(self) -> dict[str, Any]:
        """The pipeline and policies."""
        return self._files.get_config()

    def get_config_file_for_auto_config(self) -> str | None:
        """The configuration's file."""
        return self._files.get_config_file_for_auto_config()

    def get_domain(self) -> Domain:
        """The domain with every sentence."""
        return self._with_answers.get_domain()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """The rules, read with the domain that knows every question."""
        return story_graph_from_paths(self._files.story_files, self.get_domain(), exclusion_percentage)

    def get_conversation_tests(self) -> StoryGraph:
        """No conversation tests are kept among the training files."""
        return self._files.get_conversation_tests()

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """The examples and sentences of all files, and the turns of the conversations."""
        return self._files.get_nlu_data()


class _Files(RasaFileImporter):
    """Rasa's file importer with caching; written conversations are kept apart from stories."""

    def __init__(self, config: str, domain: str, data: list[str]) -> None:
        super().__init__(config, domain, data)
        written = [path for path in self._story_files if conversations.is_conversation_file(path)]
        self._conversation_files = [Path(path) for path in written]
        self._story_files = [path for path in self._story_files if path not in written]

    @property
    def story_files(self) -> list[str]:
        return self._story_files

    def get_domain(self) -> Domain:
        return self._domain

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        return self._training_data

    @cached_property
    def _domain(self) -> Domain:
        return super().get_domain()

    @cached_property
    def _training_data(self) -> TrainingData:
        read = [load_data(path) for path in self._nlu_files]
        examples = [example for one in read for example in one.training_examples]
        for one in read:
            # Merging copies what it merges: the examples are joined here.
            one.training_examples = []
        rest = TrainingData(responses=self._domain.retrieval_intent_responses).merge(*read)
        examples += [_example(turn) for turn in self._turns()]
        return TrainingData(
            examples, rest.entity_synonyms, rest.regex_features, rest.lookup_tables, rest.responses
        )

    def _turns(self) -> list[conversations.Turn]:
        stories = (story for path in self._conversation_files for story in conversations.read(path))
        return [turn for _, turns in stories for turn in turns]


def _example(turn: conversations.Turn) -> Message:
    example = Message.build(turn.text, turn.labels[0])
    example.set(conversations.CONTEXT, turn.context)
    return example
