"""The same dialogues by many people at once: how fast they are answered, and whether rightly."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp
import numpy as np

from tests.benchmarks.dialogues import Dialogue
from tests.support.clients import ANSWER_SECONDS, Messages, Person, RestPerson, SocketPerson

TRANSPORTS = ("rest", "socket")
# Said at the turns that are compared, so that only what came before them differs.
PROBE = "combien coûte un duplicata"
EARLY_TURN = 10
NOTICE = "utter_notice_"

Meet = Callable[[], Person]
# Per dialogue title and turn, what was answered.
Answers = dict[tuple[str, int], tuple[str, ...]]


@dataclass
class Figures:
    """What a replay measured; ``milliseconds`` holds one value per message answered."""

    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def row(self) -> dict[str, Any]:
        """Messages a second, percentiles in milliseconds, counts."""
        shares = np.percentile(self.milliseconds, [50, 95, 99]) if self.milliseconds else [None] * 3
        return {
            "messages": len(self.milliseconds),
            "rate": len(self.milliseconds) / self.seconds if self.seconds else None,
            "p50": shares[0],
            "p95": shares[1],
            "p99": shares[2],
            "errors": self.errors,
            "wrong": self.wrong,
        }


@asynccontextmanager
async def people(transport: str, workers: Sequence[str]) -> AsyncIterator[Meet]:
    """A maker of persons who talk to those workers over ``transport``."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    addresses = itertools.cycle(workers)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        if transport == "rest":
            yield lambda: RestPerson(session, workers)
        else:
            yield lambda: SocketPerson(session, next(addresses))


def said(messages: Messages) -> tuple[str, ...]:
    """What the messages say, to be compared: their responses' names, or their text where they name none."""
    return tuple((one.get("metadata") or {}).get("response") or one.get("text") or "" for one in messages)


def is_notice(answer: tuple[str, ...]) -> bool:
    """Whether the system says that it does not answer: out of order, too fast."""
    return any(name.startswith(NOTICE) for name in answer)


async def alone(meet: Meet, dialogues: Sequence[Dialogue]) -> Answers:
    """What each turn of each dialogue is answered with nobody else there; raises where a turn fails."""
    found = {}
    for dialogue in dialogues:
        person = meet()
        for turn, text in enumerate(dialogue.messages):
            answer = found[dialogue.title, turn] = said(await person.say(text))
            if is_notice(answer):
                raise RuntimeError(f"« {text} » is refused even with nobody else there: {answer}")
        await person.leave()
    return found


async def together(
    meet: Meet, dialogues: Sequence[Dialogue], expected: Answers, people: int, seconds: float
) -> Figures:
    """The figures of ``people`` persons who begin dialogues for ``seconds``, and finish those they began."""
    figures = Figures()
    agenda = itertools.cycle(dialogues)
    begun = time.perf_counter()
    await asyncio.gather(*(_talk(meet, agenda, expected, begun + seconds, figures) for _ in range(people)))
    figures.seconds = time.perf_counter() - begun
    return figures


async def _talk(
    meet: Meet, agenda: Iterator[Dialogue], expected: Answers, until: float, figures: Figures
) -> None:
    while time.perf_counter() < until:
        dialogue, person = next(agenda), meet()
        for turn, text in enumerate(dialogue.messages):
            begun = time.perf_counter()
            try:
                answer = said(await person.say(text))
            except Exception:
                # Whatever broke, the person goes on with the next message, and it is counted.
                figures.errors += 1
                continue
            if is_notice(answer):
                figures.errors += 1
                continue
            figures.milliseconds.append(1000 * (time.perf_counter() - begun))
            figures.wrong += answer != expected[dialogue.title, turn]
        await person.leave()


async def long_conversation(
    meet: Meet, dialogues: Sequence[Dialogue], turns: int, times: int
) -> tuple[float, float]:
    """Medians over ``times`` conversations of the milliseconds of the tenth turn and of the last one."""
    texts = [text for dialogue in dialogues for text in dialogue.messages]
    early, late = [], []
    for _ in range(times):
        person = meet()
        agenda = itertools.cycle(texts)
        for turn in range(1, turns + 1):
            is_compared = turn in (EARLY_TURN, turns)
            taken = await _timed(person.say(PROBE if is_compared else next(agenda)))
            if turn == EARLY_TURN:
                early.append(taken)
            if turn == turns:
                late.append(taken)
        await person.leave()
    return median(early), median(late)


async def _timed(answer: Awaitable[Messages]) -> float:
    begun = time.perf_counter()
    await answer
    return 1000 * (time.perf_counter() - begun)
