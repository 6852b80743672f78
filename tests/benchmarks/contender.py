"""Our pipeline trained or asked: the steps of ``stock/contender.py`` with our training and loading."""

from __future__ import annotations

import sys
from pathlib import Path

from bot import settings
from bot.evaluation.understanding.predictions import load
from tests.benchmarks.contenders import as_yaml, read_yaml
from tests.benchmarks.stock.contender import Figures, main, timed


def train(config: Path, data: Path, model: Path) -> Figures:
    """Trains the NLU part of the configuration; the same figures as of Rasa's own training."""
    from bot.engine import model_training

    pipeline = model.with_name("config.yml")
    pipeline.write_text(as_yaml({**read_yaml(config), "policies": None}), encoding="utf-8")
    with timed() as figures:
        model_training.train(pipeline, settings.ROOT / "domain.yml", data, model)
    return figures


if __name__ == "__main__":
    main(sys.argv[1:], train, load)
