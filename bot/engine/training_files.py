"""Rasa's reader of training files: reads them once, and knows the written conversations beside stories."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import conversations


class ReadOnce(RasaFileImporter):
    """The importer that ``config.yml`` names; whoever asks again gets what was read before.

    Each turn of a written conversation becomes an example with the key ``CONTEXT``: what stood before it.
    Rasa's policies never see these files: they would take them for stories.
    """

    _read: TrainingData | None = None

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Sorts the files as Rasa does, conversations apart."""
        super().__init__(config_file, domain_path, training_data_paths)
        written = [path for path in self._story_files if conversations.is_conversation_file(path)]
        self._conversation_files = [Path(path) for path in written]
        self._story_files = [path for path in self._story_files if path not in written]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples and sentences of all files; Rasa copies before it changes them."""
        if self._read is None:
            turns = TrainingData(training_examples=[_example(turn) for turn in self._turns()])
            self._read = super().get_nlu_data(language).merge(turns)
        return self._read

    def _turns(self) -> list[conversations.Turn]:
        stories = (story for path in self._conversation_files for story in conversations.read(path))
        return [turn for _, turns in stories for turn in turns]


def _example(turn: conversations.Turn) -> Message:
    example = Message.build(turn.text, turn.labels[0])
    example.set(conversations.CONTEXT, turn.context)
    return example
