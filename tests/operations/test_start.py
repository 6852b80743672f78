"""What the server loads: the model as it was trained, within its memory."""

from __future__ import annotations

from pathlib import Path

from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.utils.io import read_yaml_file

from bot.engine import model_loading
from tests.conftest import Assistant

MOST_MEMORY = 900_000_000


def test_the_server_answers_within_its_memory(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    assert "13,76" in conversation.say("combien coûte un duplicata")
    assert "nouveau numéro" in conversation.say("plaque 123 AB 75")
    assert assistant.process("bot.server").memory_info().rss < MOST_MEMORY


def test_the_model_is_loaded_with_the_domain_that_it_was_trained_with(models: Path, tmp_path: Path) -> None:
    _, metadata, runner = model_loading.load(models / "first.tar.gz")
    storage, _ = LocalModelStorage.from_model_archive(tmp_path, models / "first.tar.gz")
    with storage.read_from(Resource("domain_provider")) as folder:
        trained = Domain.from_dict(read_yaml_file(folder / "domain.yml"))
    assert metadata.domain.fingerprint() == trained.fingerprint()
    assert (
        runner.run({}, targets=["domain_provider"])["domain_provider"].fingerprint() == trained.fingerprint()
    )
