"""Trains the model, only when what it learns from has changed.

The model's file is named after a fingerprint of its inputs, so a second start finds it and trains nothing.
"""

from __future__ import annotations

import ast
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot import settings

# What is learnt from, how, and with which libraries; the code is found by what it imports.
INPUTS = ("config.yml", "domain.yml", "uv.lock", "data", "bot/training.py")


def fingerprint(root: Path = settings.ROOT) -> str:
    """A hash of everything that the trained model depends on: ``INPUTS`` and ``code``, names and contents."""
    digest = hashlib.sha256()
    for path in sorted({*_files(root), *code(root)}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def code(root: Path = settings.ROOT) -> set[Path]:
    """The program files that training runs, and the data files beside them that they name.

    They are the training itself, the components of ``config.yml`` and, in turn, whatever of the program is
    imported, also within a function. An import whose name is made at run time is not seen.
    """
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    components = [entry["name"] for part in ("pipeline", "policies") for entry in config.get(part) or ()]
    found: set[Path] = set()
    # The last part of a component's name is its class, as that of an imported name may be.
    waiting = {"bot.engine.model_training", *components}
    while waiting:
        for path in _modules(root, waiting.pop()):
            if path not in found:
                found.add(path)
                waiting |= set(_imported(path))
    return found | {data for path in found for data in _data_of(path)}


def current_model() -> Path:
    """Where the model of today's inputs is, or would be."""
    return settings.MODELS / f"{fingerprint()}.tar.gz"


def train_if_needed() -> Path:
    """The model of today's inputs, trained now where there is none; raises as Rasa and OSError do."""
    target = current_model()
    if target.exists():
        return target
    settings.MODELS.mkdir(exist_ok=True)
    # Imported late: Rasa takes seconds to import, and most starts train nothing.
    from bot.engine import model_training

    # A model half written must never stand under its final name.
    with tempfile.TemporaryDirectory(dir=settings.MODELS) as folder:
        trained = Path(folder) / target.name
        root = settings.ROOT
        model_training.train(root / "config.yml", root / "domain.yml", root / "data", trained)
        os.replace(trained, target)
    return target


def _modules(root: Path, name: str) -> Iterator[Path]:
    """The files of a module (``bot.nlu.text``, or a name within it) and of the packages around it."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:length])
        yield from (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file())


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _data_of(module: Path) -> Iterator[Path]:
    """The files in the module's folder that it names, or that are named after it."""
    text = module.read_text(encoding="utf-8")
    for path in module.parent.iterdir():
        if path.is_file() and path.suffix != ".py" and (path.name in text or path.stem == module.stem):
            yield path


def _files(root: Path) -> list[Path]:
    found = []
    for name in INPUTS:
        path = root / name
        found += [path] if path.is_file() else path.rglob("*")
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
