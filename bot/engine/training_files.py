"""Rasa's reader of training files, which reads them once: each training asks three times."""

from __future__ import annotations

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class ReadOnce(RasaFileImporter):
    """The importer that ``config.yml`` names; whoever asks again gets what was read before."""

    _read: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples and sentences of all files; Rasa copies before it changes them."""
        if self._read is None:
            self._read = super().get_nlu_data(language)
        return self._read
