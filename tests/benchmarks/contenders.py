"""The pipelines that ``compare`` measures, and the examples that each learns.

Ours learns the fine labels (``faq/cost.professional``) and gathers them into topics. The stock pipelines
learn the topics themselves as plain intents (``cost``): a retrieval intent would need a ResponseSelector, a
second network, and they are judged by topic all the same. Small talk, ``inform`` and ``out_of_scope`` are
intents for all. The sentences are the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import settings
from bot.nlu.topics import topic_of
from tests.support.servers.parts import PYTHON

PIPELINES = Path(__file__).with_name("pipelines")
# The environment of stock Rasa, which needs TensorFlow, older libraries and an older Python.
STOCK = Path(__file__).with_name("stock")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Contender:
    """A pipeline by name; ``is_ours`` where it learns fine labels, in the assistant's own environment."""

    name: str
    config: Path
    is_ours: bool = False

    def command(self) -> list[str]:
        """What runs its steps; raises RuntimeError as ``stock_python`` does."""
        if self.is_ours:
            return [*PYTHON, "tests.benchmarks.contender"]
        return [stock_python(), "-W", "ignore", str(STOCK / "contender.py")]


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("ours", settings.ROOT / "config.yml", is_ours=True),
        Contender("spacy_linear", PIPELINES / "spacy_linear.yml"),
        Contender("burokratt", PIPELINES / "burokratt.yml"),
        Contender("rasa_default", PIPELINES / "rasa_default.yml"),
    )
}


def stock_python() -> str:
    """The Python of stock Rasa; raises RuntimeError with what creates its environment where it is missing."""
    python = STOCK / ".venv" / "bin" / "python"
    if not python.exists():
        raise RuntimeError("stock Rasa is not installed here; run: python3 tests/benchmarks/stock/install.py")
    return str(python)


def read_yaml(path: Path) -> dict[str, Any]:
    """The content of a YAML file of Rasa's."""
    # The parser in C reads the examples in a tenth of the time.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}


def as_yaml(content: dict[str, Any]) -> str:
    """The content as YAML."""
    return yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)


def examples_by_label() -> dict[str, list[str]]:
    """The training sentences of ``data`` under each label, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted((settings.ROOT / "data").rglob("*.yml")):
        for block in read_yaml(path).get("nlu") or []:
            if "intent" in block:
                lines = [line.strip().removeprefix("- ") for line in block["examples"].splitlines()]
                found.setdefault(block["intent"], []).extend(line for line in lines if line)
    return found


def stratified(examples: dict[str, list[str]], share: float) -> dict[str, list[str]]:
    """At least that share of each label's sentences, evenly spaced; raises ValueError outside ]0, 1]."""
    if not 0 < share <= 1:
        raise ValueError(f"the share must be above 0 and at most 1, not {share}")
    return {
        label: [
            line
            for rank, line in enumerate(lines)
            if rank == 0 or int(rank * share) < int((rank + 1) * share)
        ]
        for label, lines in examples.items()
    }


def question_topics() -> frozenset[str]:
    """The topics that are questions about the card: those with a file of their own."""
    return frozenset(path.stem for path in (settings.ROOT / "data" / "nlu" / "faq").glob("*.yml"))


def write_training_data(contender: Contender, examples: dict[str, list[str]], target: Path) -> int:
    """Writes what the contender learns as Rasa training data; returns how many sentences."""
    learned: dict[str, list[str]] = {}
    for label, lines in examples.items():
        name = label if contender.is_ours else topic_of(label)
        learned.setdefault(name, []).extend(lines)
    blocks = [
        {"intent": label, "examples": "".join(f"- {line}\n" for line in lines)}
        for label, lines in learned.items()
    ]
    target.write_text(as_yaml({"version": "3.1", "nlu": blocks}), encoding="utf-8")
    return sum(len(lines) for lines in learned.values())
