"""``python -m tests.benchmarks turn``: where the CPU time of a turn goes, sampled under load.

The dialogues of ``tests/cases`` and the conversations by other hands beside them are held over REST with the
real server, SQLite and the actions in its process, by so many people at once as ``--people`` says. There are
two replays for each number: one for the speed, one while the server's threads are sampled (``sampling``),
which costs about a sixth more. A sample counts for the innermost part that the stack is in (``turn_parts``):
what a library does counts for whoever called it.

Prints a Markdown table: each part's share of the CPU time, and milliseconds of one core a message. Below it,
how fast the answers came; then how long a turn takes in a short and in a long conversation.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import itertools
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bot import settings, training
from tests.benchmarks import dialogues, replay, sampling
from tests.benchmarks.dialogues import Dialogue
from tests.benchmarks.systems import System
from tests.benchmarks.turn_parts import PARTS
from tests.support.servers.parts import PYTHON, Part, free_port, is_open, started

# In a short conversation and in a long one.
TURNS_BEFORE = (10, 200)
# They tell nothing of the case: the same is known in both, and the same answered.
_BEFORE = (
    "quels documents faut-il",
    "où faire la demande",
    "qui peut faire la demande",
    "comment suivre la demande",
    "en combien de temps arrive un duplicata",
)
# Each is said once, for the encoder has to read it.
_QUESTIONS = (
    "combien coûte un duplicata",
    "quel est le prix d’un duplicata",
    "c’est combien pour un duplicata",
    "combien vais-je payer pour un duplicata",
)
_OPENINGS = ("bonjour", "bonsoir", "salut", "pardon", "dites-moi")
_ASKED = [f"{opening}, {question} ?" for question in _QUESTIONS for opening in _OPENINGS]


@dataclass(frozen=True)
class Load:
    """What a server did for so many people at once: the figures of the replay, and where its time went."""

    people: int
    figures: replay.Figures
    cpu_seconds: float
    mib: float
    sampled: Counter[str]

    def cpu(self) -> float:
        """CPU milliseconds a message answered."""
        return 1000 * self.cpu_seconds / max(1, len(self.figures.milliseconds))

    def share(self, part: str) -> float:
        """The part's share of the CPU time sampled."""
        return self.sampled[part] / max(1, self.sampled.total())


def table(loads: Sequence[Load]) -> str:
    """Shares and milliseconds of each part as a Markdown table, then the figures of each load."""
    crowds = [f"{load.people} {'person' if load.people == 1 else 'people'}" for load in loads]
    titles = (f"{title}, {crowd}" for crowd in crowds for title in ("share", "ms a message"))
    lines = ["| part | " + " | ".join(titles) + " |", "|---|" + "---|---|" * len(loads)]
    for part in PARTS:
        cells = (f"{100 * load.share(part):.1f} % | {load.share(part) * load.cpu():.2f}" for load in loads)
        lines.append(f"| {part} | " + " | ".join(cells) + " |")
    lines.append("| all | " + " | ".join(f"100 % | {load.cpu():.2f}" for load in loads) + " |")
    return "\n".join([*lines, "", *map(_figures, crowds, loads)])


def _figures(crowd: str, load: Load) -> str:
    row = load.figures.row()
    if not row["messages"]:
        return f"* {crowd}: no message answered, {row['errors']} errors"
    return (
        f"* {crowd}: {row['rate']:.1f} messages/s, p50 {row['p50']:.0f} ms, p95 {row['p95']:.0f} ms, "
        f"CPU {load.cpu():.1f} ms a message, {load.mib:.0f} MiB resident "
        f"({row['messages']} messages, {row['errors']} errors)"
    )


@contextlib.contextmanager
def _server(folder: Path, model: Path, samples: Path) -> Iterator[System]:
    """The server alone, its files in ``folder``; sampled while the file ``samples`` is there."""
    port = free_port()
    environment = {
        "PYTHONPATH": str(settings.ROOT),
        "ASSISTANT_PORT": str(port),
        "CONVERSATIONS_DB": str(folder / "conversations.db"),
        "CHANNELS_DB": str(folder / "channels.db"),
        "FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}",
        # Nobody listens on port 1: the conversations go on without a desk.
        "DESK_URL": "http://127.0.0.1:1",
        # Everybody in a replay has the same address, and writes faster than people do.
        **settings.WITHOUT_LIMITS,
        # Whatever the environment says: nothing of a turn is done in another process.
        **dict.fromkeys(("ACTION_SERVER_URL", "EVENT_BROKER_URL", "REDIS_URL"), ""),
    }
    command = [*PYTHON, sampling.__name__, str(samples), "--model", str(model)]
    server = Part("server", command, lambda: is_open(port), folder, environment)
    with started([server]):
        assert server.process is not None
        yield System("ours", [f"http://127.0.0.1:{port}"], processes=[server.process])


async def _measure(system: System, samples: Path, crowds: Sequence[int], seconds: float) -> list[Load]:
    talks = dialogues.many()
    # Here it is not judged what is answered.
    expected: replay.Answers = defaultdict(tuple)
    loads = []
    async with replay.people("rest", system.workers) as meet:
        # What is made at first use is made before the clock runs.
        await replay.alone(meet, talks[-20:])
        for crowd in crowds:
            spent = system.cpu_seconds()
            figures = await replay.together(meet, talks, expected, crowd, seconds)
            spent, mib = system.cpu_seconds() - spent, system.resident_mib()
            talks = from_there(talks, figures)
            samples.touch()
            sampled = await replay.together(meet, talks, expected, crowd, seconds)
            loads.append(Load(crowd, figures, spent, mib, sampling.shared(sampling.read(samples))))
            samples.unlink()
            talks = from_there(talks, sampled)
    return loads


def from_there(talks: list[Dialogue], figures: replay.Figures) -> list[Dialogue]:
    """The dialogues in the same order, beginning with those that a replay did not come to any more."""
    said = len(figures.milliseconds) + figures.errors
    first = 0
    while said > 0:
        said -= len(talks[first % len(talks)].messages)
        first += 1
    first %= len(talks)
    return talks[first:] + talks[:first]


async def _ages(system: System) -> list[float]:
    """Medians in milliseconds of the turns of a short and of a long conversation, which take turns."""
    taken: list[list[float]] = [[], []]
    async with replay.people("rest", system.workers) as meet:
        people = [meet(), meet()]
        for person, turns in zip(people, TURNS_BEFORE, strict=True):
            for text in itertools.islice(itertools.cycle(_BEFORE), turns):
                await person.say(text)
        for text, person, own in zip(_ASKED, itertools.cycle(people), itertools.cycle(taken), strict=False):
            begun = time.perf_counter()
            await person.say(text)
            own.append(1000 * (time.perf_counter() - begun))
    return [median(own) for own in taken]


def _options(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks turn")
    parser.add_argument("--model", type=Path, help="by default the current one, trained if needed")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 16], help="how many talk at once")
    parser.add_argument("--seconds", type=float, default=15, help="of each replay")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Prints the table; exits with 1 where the server does not start."""
    options = _options(arguments)
    settings.apply()
    model = options.model or training.train_if_needed()
    with tempfile.TemporaryDirectory() as name:
        samples = Path(name) / "samples"
        try:
            with _server(Path(name), model.resolve(), samples) as system:
                loads = asyncio.run(_measure(system, samples, options.people, options.seconds))
                short, long = asyncio.run(_ages(system))
        except RuntimeError as error:
            sys.exit(str(error))
    print(f"{dt.date.today()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end\n")
    print(table(loads))
    before = f"after {TURNS_BEFORE[0]} others {short:.1f} ms, after {TURNS_BEFORE[1]} {long:.1f} ms"
    print(f"* p50 of a turn {before}")
