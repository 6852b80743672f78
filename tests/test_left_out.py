"""Rasa runs without the libraries that nothing here uses, and says so where one would be needed."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import subprocess
import sys

import pytest
import rasa.shared.utils.validation
from rasa.core.channels.channel import InputChannel

from bot import left_out, settings

# What Rasa asks for and this installation does not have.
UNUSED = (
    "tensorflow",
    "keras",
    "jax",
    "dask",
    "matplotlib",
    "transformers",
    "slack_sdk",
    "aiogram",
)


@pytest.mark.parametrize("name", [*UNUSED, "boto3", "pymongo"])
def test_the_library_is_not_installed(name: str) -> None:
    finders = (finder for finder in sys.meta_path if not isinstance(finder, left_out.LeftOutFinder))
    assert not any(finder.find_spec(name, None) for finder in finders)


@pytest.mark.parametrize(
    "module", ["bot.server", "bot.engine.model_training", "actions", "bot.mediator.desk"]
)
def test_what_runs_here_is_imported_without_them(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {UNUSED} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("name", sorted(left_out.OF_RASA))
def test_the_module_that_is_left_out_exists_in_rasa(name: str) -> None:
    package, _, module = name.rpartition(".")
    places = importlib.import_module(package).__path__
    assert module in {found.name for found in pkgutil.iter_modules(places)}


def test_a_component_that_is_left_out_cannot_be_made_and_names_itself() -> None:
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier

    with pytest.raises(ImportError, match="diet_classifier.DIETClassifier is left out"):
        DIETClassifier({}, None)


def test_the_channels_package_has_its_base_classes_alone() -> None:
    import rasa.core.channels as channels

    assert channels.InputChannel is InputChannel
    assert not hasattr(channels, "SlackInput")


def test_the_files_that_rasa_reads_beside_its_modules_are_found() -> None:
    rasa.shared.utils.validation.validate_yaml_schema("responses: {}", "shared/utils/schemas/domain.yml")


def test_installing_the_finder_twice_changes_nothing() -> None:
    before = list(sys.meta_path)
    left_out.install()
    assert sys.meta_path == before
