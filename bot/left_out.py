"""Lets Rasa be imported without the libraries that nothing here uses: TensorFlow, Dask, clients of services.

Rasa imports all of its components, trackers' stores and channels at once, and with them their libraries. The
modules named below are found empty instead: each name that is imported from one is a class of that name that
cannot be used. What else Rasa needs of older libraries is given it here too. Imported by ``bot/__init__.py``,
before anything of Rasa's.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

# Not installed; Rasa names them for classes of its own that no setting here chooses.
LIBRARIES = frozenset(
    {
        "boto3",  # the tracker store on DynamoDB
        "boto3.dynamodb",
        "boto3.dynamodb.conditions",
        "botocore",
        "botocore.exceptions",
        "pymongo",  # the tracker store on MongoDB
        "pymongo.collection",
        "pymongo.errors",
    }
)
# Modules of Rasa's that do nothing without a library that is not installed.
OF_RASA = frozenset(
    {
        # TensorFlow
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
        "rasa.nlu.selectors.response_selector",
        "rasa.utils.train_utils",
        # Dask; bot/engine/graph_runner.py runs the graphs
        "rasa.engine.runner.dask",
        # Matplotlib
        "rasa.utils.plotting",
    }
)
# The package imports every channel of Rasa's with its client; ours need the base classes alone.
CHANNELS = "rasa.core.channels"
# No longer in setuptools, of which nothing else is needed.
RESOURCES = "pkg_resources"
_BASE_CLASSES = ("InputChannel", "OutputChannel", "UserMessage", "CollectingOutputChannel")


class LeftOut(Exception):
    """What is not there. An exception, as Rasa names some in ``except``."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Refuses to be made."""
        raise ImportError(f"{type(self).__module__}.{type(self).__name__} is left out of this installation")


class LeftOutModule(ModuleType):
    """A module whose every name is a class that cannot be used."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """A class of that name; names of the import system are not there."""
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (LeftOut,), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _EmptyLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return LeftOutModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Runs nothing."""


class _ChannelsLoader(importlib.abc.Loader):
    """Gives the package its base classes, from its own module ``channel``."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        channel = importlib.import_module(f"{CHANNELS}.channel")
        for name in _BASE_CLASSES:
            setattr(module, name, getattr(channel, name))


class _ResourcesLoader(importlib.abc.Loader):
    """Gives the two functions of setuptools' pkg_resources that Rasa calls, by the standard library."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.get_distribution = importlib.metadata.distribution  # type: ignore[attr-defined]
        module.resource_filename = _file_beside  # type: ignore[attr-defined]


def _file_beside(module: str, name: str) -> str:
    """The path of a file in the package of that module, or in its folder."""
    place = Path(str(importlib.import_module(module).__file__)).parent
    return str(place / name)


class LeftOutFinder(importlib.abc.MetaPathFinder):
    """Finds what is left out before Python looks for it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The specification of an empty module, or of the channels' package; None for every other."""
        if fullname in LIBRARIES or fullname in OF_RASA:
            return importlib.machinery.ModuleSpec(fullname, _EmptyLoader(), is_package=fullname in LIBRARIES)
        if fullname == RESOURCES:
            return importlib.machinery.ModuleSpec(fullname, _ResourcesLoader())
        if fullname == "rasa":
            _give_older_names()
        if fullname == CHANNELS:
            spec = importlib.machinery.PathFinder.find_spec(fullname, path)
            if spec is not None:
                spec.loader = _ChannelsLoader()
            return spec
        return None


def _give_older_names() -> None:
    """Two names that Rasa looks for in libraries that have since dropped them."""
    import numpy as np
    import packaging.version

    # Asked only whether a version is one of these, from before 2014: none is.
    packaging.version.LegacyVersion = type("LegacyVersion", (), {})  # type: ignore[attr-defined]
    # A warning that Rasa turns into an error while it makes arrays.
    np.VisibleDeprecationWarning = np.exceptions.VisibleDeprecationWarning  # type: ignore[attr-defined]


def install() -> None:
    """From now on leaves these modules out; a second call changes nothing."""
    if not any(isinstance(finder, LeftOutFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, LeftOutFinder())
