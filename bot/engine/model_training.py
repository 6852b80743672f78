"""Trains a model with Rasa's own parts, in the order in which its ``train`` uses them.

That function needs Dask and TensorFlow's neighbours, keeps a cache of its own, counts users, and says at the
end where a file is that is moved a moment later.
"""

from __future__ import annotations

import copy
import logging
import tempfile
from pathlib import Path
from typing import Any

from rasa.engine import validation
from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext, GraphNodeHook
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.data import TrainingType
from rasa.utils.log_utils import configure_structlog

from bot import progress
from bot.engine.graph_runner import OrderedGraphRunner
from bot.engine.training_files import TrainingFiles

# The beginning of a component's name in the graph of the training, and what it does in plain words.
STEPS = {
    "schema_validator": "reading examples and sentences",
    "domain_provider": "reading the domain",
    "run_bot.nlu.normaliser": "evening out spelling",
    "provide_bot.nlu.spacy": "loading French words",
    "train_RulePolicy": "learning the rules of conversations",
}
CHECKING, PACKING = "checking the components", "packing the model"


def train(config: Path, domain: Path, data: Path, target: Path) -> None:
    """Writes the model learnt from these files to ``target``; raises what Rasa or a component raises."""
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
        storage.create_model_package(target, configuration, read)


class _Steps(GraphNodeHook):
    """Says which component begins."""

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, Any]:
        """Tells the step, where the component is one."""
        for begin, words in STEPS.items():
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
        """Nothing."""
