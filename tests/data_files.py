"""The assistant's data files, each read once for all tests."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "data"


def files() -> list[Path]:
    """The data files, in order."""
    return sorted(DATA.rglob("*.yml"))


@functools.cache
def content(path: Path) -> dict[str, Any]:
    """What a data file holds; not to be changed."""
    # The parser in C takes a tenth of the time.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}


def training_examples() -> list[str]:
    """Every training example as it is written, the mark of its line aside."""
    return [
        line.strip().removeprefix("- ")
        for path in files()
        for block in content(path).get("nlu") or ()
        for line in block["examples"].splitlines()
    ]
