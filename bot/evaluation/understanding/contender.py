"""One pipeline trained or measured, in a process of its own: ``compare`` runs it, and reads one line of JSON.

``python -m bot.evaluation.understanding.contender STEP NAME …``:

* ``train NAME DATA FOLDER`` trains by Rasa's own ``train_nlu``;
* ``measure NAME MODEL FILE…`` loads the model and reads the messages.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from bot import settings
from bot.evaluation.understanding.contenders import CONTENDERS, question_topics
from bot.nlu.topics import FAQ

MODEL_NAME = "model"


def train(name: str, data: Path, folder: Path) -> dict[str, Any]:
    """Trains into ``folder/model.tar.gz``; seconds of training (imports left out), of cores, peak memory."""
    from rasa.model_training import train_nlu

    begun, spent = time.perf_counter(), time.process_time()
    train_nlu(str(CONTENDERS[name].config), str(data), str(folder), fixed_model_name=MODEL_NAME)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    return {"training_seconds": seconds, "training_cpu": cpu, "training_mib": _peak_mib()}


def measure(name: str, model: Path, files: list[Path]) -> dict[str, Any]:
    """How well and how fast the model reads the messages of the files, one at a time."""
    from bot.evaluation.understanding.predictions import Understanding, as_prediction, read
    from bot.evaluation.understanding.topics import score

    examples = [example for path in files for example in read(path)]
    begun = time.perf_counter()
    understanding = Understanding(model, as_prediction if CONTENDERS[name].is_ours else as_stock_prediction)
    load_seconds = time.perf_counter() - begun
    understanding.predict([examples[0].text])
    understanding.milliseconds.clear()
    predictions = understanding.predict([example.text for example in examples])
    p50, p95 = np.percentile(understanding.milliseconds, [50, 95])
    scores = score(examples, predictions)

    def accepted(noise: str) -> float | None:
        own = [pair for pair in zip(examples, predictions, strict=True) if pair[0].noise == noise]
        return score([example for example, _ in own], [found for _, found in own]).accepted

    return {
        "messages": scores.messages,
        "accepted": scores.accepted,
        "wrong": scores.wrong,
        "refused": scores.refused,
        "clean": accepted("clean"),
        "heavy": accepted("heavy"),
        "load_seconds": load_seconds,
        "p50_ms": p50,
        "p95_ms": p95,
        "serving_mib": _peak_mib(),
    }


def as_stock_prediction(parse: dict[str, Any]) -> Any:
    """The prediction of a pipeline whose intents are topics, read by the same rules as ours."""
    from bot.evaluation.understanding.predictions import as_prediction

    questions = question_topics()
    intent = parse["intent"]
    if intent["name"] in questions:
        label = f"{FAQ}/{intent['name']}"
        intent = {**intent, "name": FAQ, "full_retrieval_intent_name": label}
    ranking = [
        {"name": other["name"], "confidence": other["confidence"], "is_question": other["name"] in questions}
        for other in parse.get("intent_ranking") or []
    ]
    return as_prediction({**parse, "intent": intent, "topic_ranking": ranking})


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """Runs one step and prints its figures as the last line."""
    warnings.simplefilter("ignore")
    settings.apply()
    step, name, *paths = arguments
    if step == "train":
        found = train(name, Path(paths[0]), Path(paths[1]))
    else:
        found = measure(name, Path(paths[0]), [Path(path) for path in paths[1:]])
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
