"""What people say in the conversations of ``tests/cases``, to be said again at speed."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot import settings

CASES = settings.ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Dialogue:
    """A conversation by its title, and the messages of the person."""

    title: str
    messages: tuple[str, ...]


def read(cases: Path = CASES) -> list[Dialogue]:
    """The conversations of ``conversations.yml`` and of ``scenarios/*.yml`` in which something is said."""
    found = []
    for path in [cases / "conversations.yml", *sorted((cases / "scenarios").glob("*.yml"))]:
        for case in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            said = (turn.get("say") for turn in case.get("turns", ()))
            messages = tuple(text for text in said if isinstance(text, str))
            if messages:
                found.append(Dialogue(case["conversation"], messages))
    return found


def many() -> list[Dialogue]:
    """These and the conversations by other hands, in an order drawn once.

    The assistant remembers the vectors of the texts it read last (``bot/nlu/encoders.py``). The dialogues
    alone are so few that, said again, it would know all of them.
    """
    talks = read()
    for path in sorted(CASES.glob("unseen_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            talk = json.loads(line)
            talks.append(Dialogue(talk["title"], tuple(turn["user"] for turn in talk["turns"])))
    random.Random(0).shuffle(talks)
    return talks
