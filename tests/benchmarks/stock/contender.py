"""One pipeline trained or asked, in a process of its own: ``compare`` runs it, and reads one line of JSON.

``python contender.py STEP …`` uses Rasa's own training and loading, in the environment of this folder. In the
assistant's, ``tests/benchmarks/contender.py`` gives ``main`` others.

* ``train CONFIG DATA MODEL`` trains the NLU part into the file MODEL;
* ``read MODEL PARSES`` loads it and reads the messages of the JSON list on standard input, one at a time;
  each is written to PARSES as a line of JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
# What a prediction is made of.
KEPT = ("intent", "intent_ranking", "topic_ranking")


def train(config: Path, data: Path, model: Path) -> Figures:
    """Trains by Rasa's ``train_nlu``; seconds of training (imports left out), of cores, peak memory."""
    from rasa.model_training import train_nlu

    with timed() as figures:
        name = model.name.removesuffix(".tar.gz")
        train_nlu(str(config), str(data), str(model.parent), fixed_model_name=name)
    return figures


def load(model: Path) -> Any:
    """Rasa's agent with that model."""
    from rasa.core.agent import Agent

    return Agent.load(str(model))


@contextlib.contextmanager
def timed() -> Iterator[Figures]:
    """Figures that hold, after the block, the seconds that it took, those of cores, and the peak MiB."""
    figures: Figures = {}
    begun, spent = time.perf_counter(), time.process_time()
    yield figures
    figures["training_seconds"] = time.perf_counter() - begun
    figures["training_cpu"] = time.process_time() - spent
    figures["training_mib"] = _peak_mib()


def read(load: Callable[[Path], Any], model: Path, parses: Path, texts: Sequence[str]) -> Figures:
    """Writes what the model reads in each text; the seconds of loading, milliseconds of each, peak MiB."""
    begun = time.perf_counter()
    agent = load(model)
    load_seconds = time.perf_counter() - begun
    milliseconds = asyncio.run(_parse(agent, texts, parses))
    return {"load_seconds": load_seconds, "milliseconds": milliseconds, "serving_mib": _peak_mib()}


async def _parse(agent: Any, texts: Sequence[str], parses: Path) -> list[float]:
    """Milliseconds of each parse."""
    from rasa.core.channels.channel import UserMessage

    # What is made at first use is made before the clock runs.
    await agent.processor.parse_message(UserMessage(texts[0]))
    milliseconds = []
    with parses.open("w", encoding="utf-8") as lines:
        for text in texts:
            begun = time.perf_counter()
            parse = await agent.processor.parse_message(UserMessage(text))
            milliseconds.append(1000 * (time.perf_counter() - begun))
            kept = {name: parse[name] for name in KEPT if name in parse}
            # The confidences are numbers of NumPy.
            lines.write(json.dumps(kept, default=float) + "\n")
    return milliseconds


def _peak_mib() -> float:
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main(
    arguments: Sequence[str],
    train: Callable[[Path, Path, Path], Figures] = train,
    load: Callable[[Path], Any] = load,
) -> None:
    """Runs one step and prints its figures as the last line."""
    warnings.simplefilter("ignore")
    from rasa.utils.log_utils import configure_structlog

    # Unconfigured, Rasa prints every message it reads.
    configure_structlog(logging.WARNING)
    step, *names = arguments
    paths = [Path(name) for name in names]
    found = train(*paths) if step == "train" else read(load, *paths, json.load(sys.stdin))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
