"""``python -m tests.benchmarks compare [FILE.jsonl …]``: four pipelines on the same data, in one run.

Each is trained and measured in processes of its own, one after the other; what each learns is told in
``contenders``. Ours runs with its own training and its own runner of components, the others in stock Rasa,
which ``make compare`` installs. After each the figures are saved in the folder ``--out``: an interrupted run
prints what it has, and ``--trained`` measures again without training (on a quieter machine, say). DIET on all
examples takes hours on two cores; ``--share 0.05`` compares on a twentieth of each label's examples, the same
for all. Prints a Markdown table:

* accepted, wrong, refused, clean, heavy: as ``topics`` counts them (shares of the messages);
* training: seconds of training, imports left out, and seconds that cores worked for it, which other programs
  on the machine change less; load: seconds to import Rasa and load the trained model;
* p50, p95: milliseconds of one parse in process; memory: peak MiB of the process that loads and parses.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot import settings
from bot.evaluation.content import figures as recorded
from bot.evaluation.understanding.predictions import Prediction, as_prediction, read
from bot.evaluation.understanding.topics import score
from bot.nlu.topics import FAQ
from tests.benchmarks.contenders import (
    CONTENDERS,
    examples_by_label,
    question_topics,
    stratified,
    write_training_data,
)

OUT = settings.STATE / "compare"
MODEL, PARSES, TRAINED, MEASURED = "model.tar.gz", "parses.jsonl", "trained.json", "figures.json"
HEADERS = (
    ("accepted", "accepted", ".3f"),
    ("wrong", "wrong given", ".3f"),
    ("refused", "out of scope refused", ".3f"),
    ("clean", "clean accepted", ".3f"),
    ("heavy", "heavy accepted", ".3f"),
    ("training_seconds", "training (s)", ".0f"),
    ("training_cpu", "training, CPU (s)", ".0f"),
    ("load_seconds", "load (s)", ".1f"),
    ("p50_ms", "parse p50 (ms)", ".1f"),
    ("p95_ms", "parse p95 (ms)", ".1f"),
    ("serving_mib", "memory (MiB)", ".0f"),
)


def table(rows: Mapping[str, Mapping[str, Any]], note: str) -> str:
    """The figures of each pipeline as a Markdown table under its note."""
    lines = [note, "", "| pipeline | " + " | ".join(title for _, title, _ in HEADERS) + " |"]
    lines.append("|---|" + "---|" * len(HEADERS))
    for name, row in rows.items():
        cells = ("–" if row.get(key) is None else format(row[key], form) for key, _, form in HEADERS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def as_stock_prediction(parse: dict[str, Any]) -> Prediction:
    """The prediction of a pipeline whose intents are topics, read by the same rules as ours."""
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


def _run(name: str, step: str, *paths: Path, texts: Sequence[str] = ()) -> dict[str, Any]:
    """The figures that a step prints last; raises RuntimeError with the end of what it said instead."""
    command = [*CONTENDERS[name].command(), step, *map(str, paths)]
    done = subprocess.run(command, cwd=settings.ROOT, input=json.dumps(texts), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{step} {name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _train(name: str, examples: dict[str, list[str]], share: float, folder: Path) -> dict[str, Any]:
    """Trains and saves the figures of the training; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "training.yml"
    learned = write_training_data(CONTENDERS[name], examples, data)
    spent = _run(name, "train", CONTENDERS[name].config, data, folder / MODEL)
    figures = {"examples": learned, "share": share, **spent}
    _save(figures, folder / TRAINED)
    return figures


def _measure(name: str, files: list[Path], trained: dict[str, Any], folder: Path) -> dict[str, Any]:
    """How well and how fast the model reads the messages of the files; saves and returns the figures."""
    examples = [example for path in files for example in read(path)]
    texts = [example.text for example in examples]
    found = _run(name, "read", folder / MODEL, folder / PARSES, texts=texts)
    p50, p95 = np.percentile(found.pop("milliseconds"), [50, 95])
    reading = as_prediction if CONTENDERS[name].is_ours else as_stock_prediction
    with (folder / PARSES).open(encoding="utf-8") as lines:
        predictions = [reading(json.loads(line)) for line in lines]
    scores = score(examples, predictions)

    def accepted(noise: str) -> float | None:
        own = [pair for pair in zip(examples, predictions, strict=True) if pair[0].noise == noise]
        return score([example for example, _ in own], [found for _, found in own]).accepted

    figures = {
        **trained,
        **found,
        "messages": scores.messages,
        "accepted": scores.accepted,
        "wrong": scores.wrong,
        "refused": scores.refused,
        "clean": accepted("clean"),
        "heavy": accepted("heavy"),
        "p50_ms": p50,
        "p95_ms": p95,
    }
    _save(figures, folder / MEASURED)
    return figures


def _save(figures: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _contend(name: str, examples: dict[str, list[str]], options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one pipeline, trained now or, with ``--trained``, in an earlier run."""
    folder = options.out / name
    if options.trained:
        if not (folder / TRAINED).exists():
            raise RuntimeError(f"{name} was not trained in {options.out}")
        trained = json.loads((folder / TRAINED).read_text(encoding="utf-8"))
    else:
        trained = _train(name, examples, options.share, folder)
    return _measure(name, options.files, trained, folder)


def _note(rows: Mapping[str, Mapping[str, Any]]) -> str:
    learned, shares, asked = (
        " or ".join(f"{value:g}" for value in sorted({row[key] for row in rows.values()}))
        for key in ("examples", "share", "messages")
    )
    return (
        f"{dt.date.today()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end; "
        f"{learned} training examples (share {shares} of all), {asked} test messages"
    )


def main(arguments: list[str]) -> None:
    """Trains, measures and prints; the table stands even when a pipeline fails or the run is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks compare")
    parser.add_argument("files", nargs="*", type=Path, help="by default the project's own test messages")
    parser.add_argument("--only", action="append", choices=sorted(CONTENDERS), metavar="NAME")
    parser.add_argument("--share", type=float, default=1.0, help="of the training examples, the same for all")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder of models and figures")
    parser.add_argument(
        "--trained", action="store_true", help="measure what an earlier run left in the folder"
    )
    parser.add_argument("--record", action="store_true", help="put the figures on record for the pages")
    options = parser.parse_args(arguments)
    settings.apply()
    own = sorted((settings.ROOT / "tests" / "nlu").glob("*.jsonl"))
    options.files = [path.resolve() for path in options.files or own]
    options.out = options.out.resolve()
    examples = stratified(examples_by_label(), options.share)
    rows: dict[str, dict[str, Any]] = {}
    failed = False
    try:
        for name in options.only or CONTENDERS:
            print(f"… {name}", file=sys.stderr, flush=True)
            try:
                rows[name] = _contend(name, examples, options)
            except RuntimeError as error:
                failed = True
                print(error, file=sys.stderr)
                continue
            print(table({name: rows[name]}, ""), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        failed = True
        print("interrupted: the table holds what was measured", file=sys.stderr)
    if rows:
        print(table(rows, _note(rows)))
    if options.record and not failed:
        recorded.record("compare", f"compare --share {options.share:g}", rows)
    sys.exit(1 if failed else 0)
