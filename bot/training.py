"""Trains the model, only when what it learns from has changed.

The model's file is named after a fingerprint of its inputs, so a second start finds it and trains nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

from bot import settings

INPUTS = ("config.yml", "domain.yml", "uv.lock", "data", "bot/nlu", "bot/privacy", "bot/law/plates.py")


def fingerprint(root: Path = settings.ROOT) -> str:
    """A hash of everything that the trained model depends on."""
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def current_model() -> Path:
    """Where the model of today's inputs is, or would be."""
    return settings.MODELS / f"{fingerprint()}.tar.gz"


def train_if_needed() -> tuple[Path, bool]:
    """The model of today's inputs and whether it was trained just now; raises RuntimeError on failure."""
    target = current_model()
    if target.exists():
        return target, False
    settings.MODELS.mkdir(exist_ok=True)
    # Imported late: Rasa takes seconds to import, and most starts train nothing.
    from rasa.model_training import train
    from rasa.utils.log_utils import configure_structlog

    # Unconfigured, Rasa prints every step of every rule.
    configure_structlog(logging.WARNING)
    # A model half written must never stand under its final name.
    with tempfile.TemporaryDirectory(dir=settings.MODELS) as folder:
        result = train(
            domain=str(settings.ROOT / "domain.yml"),
            config=str(settings.ROOT / "config.yml"),
            training_files=str(settings.ROOT / "data"),
            output=folder,
            fixed_model_name=target.name.removesuffix(".tar.gz"),
            # Rasa would reuse a component whose data is unchanged, although its code is another.
            force_training=True,
        )
        if result.model is None:
            raise RuntimeError("the training gave no model")
        os.replace(result.model, target)
    return target, True


def _files(root: Path) -> list[Path]:
    found = []
    for name in INPUTS:
        path = root / name
        found += [path] if path.is_file() else path.rglob("*")
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
