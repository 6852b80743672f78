"""Puts off, until something in them is first used, modules that Rasa imports and that no turn needs.

Rasa's base classes import its training code at the top, and with it TensorFlow, Keras and JAX: seconds of
start-up and hundreds of megabytes, although no component of ours has a neural network of theirs. Nothing is
replaced: the first look at a name of such a module runs the module itself. Must be imported before Rasa.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

# Each is named whole in an import statement and used inside functions for training and testing alone.
DEFERRED = frozenset(
    {
        "rasa.core.test",
        "rasa.utils.train_utils",
        "rasa.utils.tensorflow.model_data_utils",
    }
)


class DeferredModule(ModuleType):
    """A module that is there but has not run; its class is the ordinary one once it has."""

    def __getattr__(self, name: str) -> Any:
        """The attribute after running the module; those the import system looks at run nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        loader = self.__spec__.loader if self.__spec__ else None
        assert isinstance(loader, DeferringLoader)
        self.__class__ = ModuleType  # type: ignore[assignment]
        loader.run(self)
        return getattr(self, name)


class DeferringLoader(importlib.abc.Loader):
    """A loader that leaves a module's code for later."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        """Holds the loader that can run the code."""
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The module, empty."""
        return DeferredModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Runs nothing."""

    def run(self, module: ModuleType) -> None:
        """Runs the module's code in it."""
        self._loader.exec_module(module)


class DeferringFinder(importlib.abc.MetaPathFinder):
    """Finds the modules to defer as Python would, and gives them the loader that waits."""

    def find_spec(
        self, fullname: str, path: Any, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's specification; None for every module that is not to be deferred."""
        if fullname not in DEFERRED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = DeferringLoader(spec.loader)
        return spec


sys.meta_path.insert(0, DeferringFinder())
