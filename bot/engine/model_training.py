"""Trains a model with Rasa's own parts, in the order in which its ``train`` uses them.

That function needs Dask and TensorFlow's neighbours, keeps a cache of its own, counts users, and says at the
end where a file is that is moved a moment later.
"""

from __future__ import annotations

import copy
import logging
import tarfile
import tempfile
import warnings
from pathlib import Path
from typing import Any

from rasa.engine import validation
from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext, GraphModelConfiguration, GraphNodeHook
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_COMPONENTS_DIR,
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.shared.core.domain import Domain
from rasa.shared.data import TrainingType
from rasa.utils.log_utils import configure_structlog

from bot import progress
from bot.engine.graph_runner import OrderedGraphRunner
from bot.engine.training_files import TrainingFiles
from bot.nlu import label_model

CHECKING, FRENCH, DOMAIN = "reading examples", "loading French words", "reading the domain"
TEXTS, RULES, PACKING = "evening out texts", "learning the rules of conversations", "packing the model"
# The beginning of a component's name in the graph of the training, and the step that it is.
_STEPS = {
    "provide_bot.nlu.spacy": FRENCH,
    "domain_provider": DOMAIN,
    "run_bot.nlu.normaliser": TEXTS,
    "train_RulePolicy": RULES,
}
# The steps in their order, with what each takes on two cores.
SECONDS = {
    CHECKING: 30.0,
    FRENCH: 9.0,
    DOMAIN: 7.0,
    TEXTS: 25.0,
    label_model.SPELLING: 6.0,
    label_model.WORDS: 60.0,
    label_model.SENTENCES: 60.0,
    label_model.NETWORK: 45.0,
    label_model.QUESTIONS: 6.0,
    label_model.TOPICS: 10.0,
    RULES: 1.0,
    PACKING: 5.0,
}


# What Rasa says of every domain, and of every assistant that tells questions apart without ResponseSelector.
_SAID_OF_ALL = ("Slot auto-fill has been removed", "You have defined .* training a response selector")


def train(config: Path, domain: Path, data: Path, target: Path) -> None:
    """Writes the model learnt from these files to ``target``; raises what Rasa or a component raises."""
    with warnings.catch_warnings():
        for beginning in _SAID_OF_ALL:
            warnings.filterwarnings("ignore", beginning, UserWarning)
        _train(config, domain, data, target)


def _train(config: Path, domain: Path, data: Path, target: Path) -> None:
    # Unconfigured, Rasa prints every step of every rule.
    configure_structlog(logging.WARNING)
    progress.step(CHECKING)
    importer = TrainingFiles(config, domain, data)
    settings = importer.get_config()
    recipe = Recipe.recipe_for_name(settings.get("recipe"))
    configuration = recipe.graph_config_for_recipe(settings, {}, training_type=TrainingType.BOTH)
    validation.validate(configuration)
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage(Path(folder))
        # Copied: running the graph changes it.
        read = copy.deepcopy(importer.get_domain())
        schema = configuration.train_schema
        context = ExecutionContext(graph_schema=schema)
        runner = OrderedGraphRunner.create(schema, storage, context, [_Steps()])
        runner.run({PLACEHOLDER_IMPORTER: importer})
        progress.step(PACKING)
        _pack(Path(folder), configuration, read, target)


def _pack(components: Path, configuration: GraphModelConfiguration, domain: Domain, target: Path) -> None:
    """Writes the model's file as Rasa does, which spends four times as long for a hundredth less."""
    with tempfile.TemporaryDirectory() as folder:
        LocalModelStorage._persist_metadata(
            LocalModelStorage._create_model_metadata(domain, configuration), Path(folder)
        )
        with tarfile.open(target, "w:gz", compresslevel=6) as archive:
            archive.add(components, MODEL_ARCHIVE_COMPONENTS_DIR)
            archive.add(Path(folder) / MODEL_ARCHIVE_METADATA_FILE, MODEL_ARCHIVE_METADATA_FILE)


class _Steps(GraphNodeHook):
    """Reports progress as components start."""

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, Any]:
        """Reports the step that this component belongs to, if any."""
        for begin, words in _STEPS.items():
            if node_name.startswith(begin):
                progress.step(words)
        return {}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict[str, Any],
    ) -> None:
        """Does nothing; required by the interface."""
