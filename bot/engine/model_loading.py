"""Loads a trained model for answering, without what only its training needs.

Rasa's domain provider parses the domain file three times with a parser written in Python: eight seconds for
ours, although the model's metadata holds the same domain already read. The metadata also names the components
of the training, and looking those up imports every component that Rasa has.
"""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.exceptions import ModelNotFound
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.model import get_latest_model
from rasa.shared.core.domain import Domain
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.engine.graph_runner import OrderedGraphRunner
from bot.engine.rule_policy import IntentRulePolicy

DOMAIN = "domain"


class AnsweringStorage(LocalModelStorage):
    """A model's files, with metadata that leaves the training's components out."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        metadata = json.loads((directory / MODEL_ARCHIVE_METADATA_FILE).read_text(encoding="utf-8"))
        return ModelMetadata.from_dict({**metadata, "train_schema": {"nodes": {}}})


class KnownDomain(DomainProvider):
    """Provides the domain that its configuration holds."""

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DomainProvider:
        """The provider of ``config["domain"]``."""
        return cls(model_storage, resource, config[DOMAIN])


def load(model: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
    """The file's name, the metadata and the runner of the model at ``model`` (a file, or a folder's newest).

    Raises ModelNotFound where there is none or it is no archive.
    """
    found = model if os.path.isfile(model) else get_latest_model(str(model))
    if not found:
        raise ModelNotFound(f"No model found at path '{model}'.")
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        try:
            storage, metadata = AnsweringStorage.from_model_archive(Path(folder), Path(found))
        except tarfile.ReadError as error:
            raise ModelNotFound(f"Model {found} can not be loaded.") from error
        schema = _for_answering(metadata.predict_schema, metadata.domain)
        context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
        return os.path.basename(found), metadata, OrderedGraphRunner.create(schema, storage, context)


def _for_answering(schema: GraphSchema, domain: Domain) -> GraphSchema:
    """The schema with the domain already read, and with rules that are tried once."""
    changed = {
        DomainProvider: {"uses": KnownDomain, "config": {DOMAIN: domain}},
        RulePolicy: {"uses": IntentRulePolicy},
    }
    nodes = {
        name: replace(node, **changed[node.uses]) if node.uses in changed else node
        for name, node in schema.nodes.items()
    }
    return GraphSchema(nodes)
