"""Every private name of a library that the program overrides or reads: docs/architecture.md lists them all.

An upgrade may change what begins with an underscore without a word. These tests are where it is noticed.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("actions", "bot.channels", "bot.engine", "bot.mediator", "bot.nlg", "bot.nlu", "bot.operations")
OURS = ("actions", "bot")
# Made by the language, not by the library.
OF_PYTHON = {"_abc_impl"}
# Documented by SQLAlchemy and by named tuples; the underscore keeps them apart from names of columns.
DOCUMENTED = {"_mapping", "_asdict", "_replace"}
# What takes anything takes whatever the library's does.
ANYTHING = [str(inspect.Parameter.VAR_POSITIONAL), str(inspect.Parameter.VAR_KEYWORD)]


@dataclass(frozen=True, order=True)
class Private:
    """A private name: where the program uses it, and the class that it belongs to."""

    file: str
    owner: str
    name: str


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in OF_PYTHON


@cache
def listed() -> tuple[Private, ...]:
    """The rows of the table."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/]+\.py)` \| `([\w.]+)` \| ((?:`_\w+` ?)+)\|", text, re.MULTILINE)
    return tuple(
        Private(file, owner, name) for file, owner, names in rows for name in re.findall(r"`(\w+)`", names)
    )


def class_named(path: str) -> type:
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert isinstance(found, type)
    return found


@cache
def names_of(owner: type) -> frozenset[str]:
    """The private names that a class defines, or sets or reads of itself."""
    return frozenset(name for name in vars(owner) if is_private(name)) | names_in(owner)


def names_in(owner: type) -> frozenset[str]:
    """The private names in the source of a class that it takes of itself or of its bases."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    except (OSError, TypeError):
        return frozenset()
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and is_itself(node.value)
    )


def is_itself(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else value
    return isinstance(called, ast.Name) and called.id in ("self", "cls", "super")


def modules() -> Iterator[ModuleType]:
    """The program's modules that may stand on a library."""
    for package in map(importlib.import_module, PACKAGES):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def is_of_a_library(owner: type) -> bool:
    top = owner.__module__.partition(".")[0]
    return top not in OURS and top not in sys.stdlib_module_names


@cache
def used_by_subclasses() -> frozenset[tuple[str, str]]:
    """File and name of each private name that a class of ours shares with a library's class above it."""
    return frozenset(
        (file_of(module), name)
        for module in modules()
        for ours in vars(module).values()
        if inspect.isclass(ours) and ours.__module__ == module.__name__
        for above in ours.__mro__[1:]
        if is_of_a_library(above)
        for name in names_of(ours) & names_of(above)
    )


@cache
def used_from_outside() -> frozenset[tuple[str, str]]:
    """File and name of each private name read of what is neither the file's own nor a module of ours."""
    files = [path for top in OURS for path in (ROOT / top).rglob("*.py") if "evaluation" not in path.parts]
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}
    return frozenset(
        (file, node.attr)
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and is_private(node.attr)
        and not is_itself(node.value)
        and node.attr not in {*defined_in(tree), *DOCUMENTED}
        and not (isinstance(node.value, ast.Name) and node.value.id in imported_from_ours(tree))
    )


def imported_from_ours(tree: ast.AST) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS
        for alias in node.names
    }


def defined_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_itself(node.value):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def file_of(module: ModuleType) -> str:
    return str(Path(str(module.__file__)).relative_to(ROOT))


def parameters(function: Any) -> list[str]:
    """The kind of each parameter but the first of a method: Rasa gives these by their place."""
    taken = inspect.signature(function).parameters.values()
    return [str(each.kind) for each in taken if each.name not in ("self", "cls")]


def overridden() -> list[tuple[Any, Any]]:
    """Each private method of ours that stands for a library's, with that one."""
    pairs = []
    for private in listed():
        owner = class_named(private.owner)
        module = importlib.import_module(private.file.removesuffix(".py").replace("/", "."))
        pairs += [
            (getattr(ours, private.name), getattr(owner, private.name))
            for ours in vars(module).values()
            if inspect.isclass(ours) and issubclass(ours, owner) and ours is not owner
            if callable(getattr(owner, private.name, None)) and private.name in vars(ours)
        ]
    return pairs


@pytest.mark.parametrize("private", listed(), ids=lambda private: f"{private.owner}.{private.name}")
def test_the_library_still_has_the_private_name(private: Private) -> None:
    owner = class_named(private.owner)
    assert any(private.name in names_of(each) for each in owner.__mro__)


def test_every_private_name_that_is_used_is_listed() -> None:
    used = used_by_subclasses() | used_from_outside()
    named = {(private.file, private.name) for private in listed()}
    assert (used - named, named - used) == (set(), set())


@pytest.mark.parametrize(("ours", "theirs"), overridden(), ids=lambda function: function.__qualname__)
def test_what_is_overridden_still_takes_as_many_parameters(ours: Any, theirs: Any) -> None:
    assert parameters(ours) in (parameters(theirs), ANYTHING)


def test_a_private_name_that_is_gone_is_noticed() -> None:
    owner = class_named("rasa.core.processor.MessageProcessor")
    assert not any("_predict_everything" in names_of(each) for each in owner.__mro__)
    assert "_predict_next_with_tracker" in names_of(owner)
