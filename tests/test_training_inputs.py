"""The model is trained again where something that it learns from or by has changed, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot import settings, training


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program and its data that a test may change."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist")
    for name in ("actions", "bot", "data"):
        shutil.copytree(settings.ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("config.yml", "domain.yml", "uv.lock"):
        shutil.copy(settings.ROOT / name, tmp_path / name)
    return tmp_path


def changed(root: Path, name: str) -> bool:
    """Whether another line in that file asks for another model."""
    before = training.fingerprint(root)
    path = root / name
    assert path.is_file()
    path.write_bytes(path.read_bytes() + b"\n# another line\n")
    return training.fingerprint(root) != before


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "uv.lock",
        "bot/training.py",
        "bot/engine/training_files.py",
        "bot/nlu/topic_classifier.py",
        "bot/nlu/label_model.py",
        "bot/nlu/noise.py",
        "bot/nlu/lexicon/facts.yml",
        "bot/privacy/masking.py",
        "bot/privacy/words.yml",
        "bot/law/plates.py",
        "bot/law/__init__.py",
    ],
)
def test_what_training_reads_or_runs_asks_for_another_model(copy: Path, name: str) -> None:
    assert changed(copy, name)


@pytest.mark.parametrize(
    "name",
    [
        "actions/base.py",
        "bot/mediator/desk.py",
        "bot/channels/turns/message_handler.py",
        "bot/engine/steady_action.py",
        "bot/guides/price.py",
        "bot/law/fees.py",
        "bot/law/sources.yml",
        "bot/privacy/retention.yml",
        "bot/server.py",
    ],
)
def test_what_only_answers_keeps_the_model(copy: Path, name: str) -> None:
    assert not changed(copy, name)


def test_a_module_that_a_component_begins_to_import_counts_from_then_on(copy: Path) -> None:
    (copy / "bot" / "nlu" / "new_helper.py").write_text("VALUE = 1\n")
    assert not changed(copy, "bot/nlu/new_helper.py")
    text = copy / "bot" / "nlu" / "text.py"
    text.write_text(f"{text.read_text()}\n\ndef later():\n    from bot.nlu import new_helper\n")
    assert changed(copy, "bot/nlu/new_helper.py")
