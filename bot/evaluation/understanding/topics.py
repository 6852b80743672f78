"""``python -m bot.evaluation topics FILE.jsonl … --out PREDICTIONS.jsonl``

Input: one JSON object a line, with ``text`` and, to be scored, ``labels`` (accepted topics) and ``noise``.
Output: one line per input line, in order, with ``topic``, ``confidence`` and ``intent``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot import training
from bot.evaluation.content import figures
from bot.evaluation.understanding.predictions import Example, Prediction, Understanding, read
from bot.nlu.topics import OUT_OF_SCOPE

BINS = 5


@dataclass(frozen=True)
class Scores:
    """Shares between 0 and 1; None where there is nothing to share."""

    messages: int
    accepted: float | None
    strict: float | None
    macro_f1: float | None
    to_fallback: float | None
    wrong: float | None
    refused: float | None


def score(examples: Sequence[Example], predictions: Sequence[Prediction]) -> Scores:
    """How often the labelled examples are understood.

    ``accepted``: in domain, the topic is among the labels. ``strict``: it is the first. ``wrong``: in domain,
    an answer on another topic is given without asking. ``refused``: out of scope and said to be.
    """
    pairs = [(example, found) for example, found in zip(examples, predictions, strict=True) if example.labels]
    inside = [pair for pair in pairs if pair[0].labels[0] != OUT_OF_SCOPE]
    outside = [pair for pair in pairs if pair[0].labels[0] == OUT_OF_SCOPE]
    return Scores(
        messages=len(pairs),
        accepted=_share(found.topic in example.labels for example, found in inside),
        strict=_share(found.topic == example.labels[0] for example, found in inside),
        macro_f1=_macro_f1(pairs),
        to_fallback=_share(found.topic == OUT_OF_SCOPE for _, found in inside),
        wrong=_share(_is_wrong_answer(example, found) for example, found in inside),
        refused=_share(found.topic == OUT_OF_SCOPE for _, found in outside),
    )


def _is_wrong_answer(example: Example, found: Prediction) -> bool:
    return found.topic not in (*example.labels, OUT_OF_SCOPE) and not found.asks


def _share(truths) -> float | None:
    values = list(truths)
    return sum(values) / len(values) if values else None


def _macro_f1(pairs: list[tuple[Example, Prediction]]) -> float | None:
    """The mean over topics of F1, an accepted label counting as the true one."""
    truths = [found.topic if found.topic in example.labels else example.labels[0] for example, found in pairs]
    guesses = [found.topic for _, found in pairs]
    values = []
    for topic in set(truths):
        hits = sum(truth == guess == topic for truth, guess in zip(truths, guesses, strict=True))
        values.append(2 * hits / (truths.count(topic) + guesses.count(topic)))
    return sum(values) / len(values) if values else None


def confusions(examples: Sequence[Example], predictions: Sequence[Prediction]) -> list[tuple[str, str, int]]:
    """The pairs (main label, predicted topic) that are most often confused, with their counts."""
    pairs = Counter(
        (example.labels[0], found.topic)
        for example, found in zip(examples, predictions, strict=True)
        if example.labels and found.topic not in example.labels
    )
    return [(truth, guess, count) for (truth, guess), count in pairs.most_common(12)]


def reliability(
    examples: Sequence[Example], predictions: Sequence[Prediction]
) -> list[tuple[float, float, float, int]]:
    """By fifth of confidence: from, mean confidence, share accepted, messages."""
    rows = []
    for rank in range(BINS):
        low, high = rank / BINS, (rank + 1) / BINS
        own = [
            (found.confidence, found.topic in example.labels)
            for example, found in zip(examples, predictions, strict=True)
            if example.labels and low <= found.confidence < high + (rank == BINS - 1)
        ]
        if own:
            rows.append((low, sum(c for c, _ in own) / len(own), sum(r for _, r in own) / len(own), len(own)))
    return rows


def by_spelling(examples: Sequence[Example], predictions: Sequence[Prediction]) -> dict[str, Scores]:
    """The scores of all, and of the clean, lightly and heavily misspelled ones."""
    groups = {"all": examples}
    for noise in ("clean", "light", "heavy"):
        groups[noise] = [example for example in examples if example.noise == noise]
    found = dict(zip(map(id, examples), predictions, strict=True))
    return {name: score(own, [found[id(example)] for example in own]) for name, own in groups.items() if own}


def report(examples: Sequence[Example], predictions: Sequence[Prediction]) -> str:
    """The summary printed on screen."""
    lines = ["                 messages accepted  strict macro-F1 fallback   wrong refused"]
    lines += [_row(name, scores) for name, scores in by_spelling(examples, predictions).items()]
    lines += ["", "confused (label → predicted)"]
    lines += [f"  {count:3} {truth} → {guess}" for truth, guess, count in confusions(examples, predictions)]
    lines += ["", "confidence   mean accepted messages"]
    lines += [
        f"  {low:.1f}–{low + 1 / BINS:.1f}    {mean:.2f}     {right:.2f} {count:8}"
        for low, mean, right, count in reliability(examples, predictions)
    ]
    return "\n".join(lines)


def _row(name: str, scores: Scores) -> str:
    columns = ("accepted", "strict", "macro_f1", "to_fallback", "wrong", "refused")
    shares = [getattr(scores, column) for column in columns]
    cells = "".join(f"{share:8.3f}" if share is not None else "       –" for share in shares)
    return f"{name:16} {scores.messages:8} {cells}"


def main(arguments: list[str]) -> None:
    """Predicts, writes and prints."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation topics")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--model", type=Path, help="by default the current one")
    parser.add_argument("--record", action="store_true", help="put the figures on record for the pages")
    options = parser.parse_args(arguments)
    model = options.model or training.train_if_needed()
    examples = [example for path in options.files for example in read(path)]
    understanding = Understanding(model)
    predictions = understanding.predict([example.text for example in examples])
    if options.out:
        lines = (
            {"topic": found.topic, "confidence": round(found.confidence, 4), "intent": found.intent}
            for found in predictions
        )
        options.out.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
    if any(example.labels for example in examples):
        print(report(examples, predictions))
        if options.record:
            rows = {name: vars(scores) for name, scores in by_spelling(examples, predictions).items()}
            figures.record("topics", "topics tests/nlu/*.jsonl", rows)
    p50, p95 = np.percentile(understanding.milliseconds, [50, 95])
    print(f"\none parse: median {p50:.1f} ms, 95 % under {p95:.1f} ms")
