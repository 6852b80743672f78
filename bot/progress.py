"""Tells whoever waits for a training how far it is and how long it still takes.

The training says which step begins, a long step also how much of it is done; nobody needs to listen. On a
terminal a bar moves; elsewhere each step is a line when it begins.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol


class Listener(Protocol):
    """Whoever is told."""

    def step(self, name: str) -> None:
        """That step begins; the one before has ended."""

    def advance(self, share: float) -> None:
        """So much more of the current step is done (shares of one step add up to 1)."""


_listeners: list[Listener] = []


def step(name: str) -> None:
    """Says that a step begins."""
    for listener in _listeners:
        listener.step(name)


def advance(share: float) -> None:
    """Says that so much more of the current step is done; may be called from any thread."""
    for listener in _listeners:
        listener.advance(share)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Meanwhile that listener is told."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def shown(seconds: Mapping[str, float]) -> Iterator[None]:
    """Meanwhile steps are shown; ``seconds`` tells what each is expected to take, relative to the others."""
    if sys.stdout.isatty():
        with _bar(seconds):
            yield
    else:
        with told_to(_Lines(seconds)):
            yield


class _Shares:
    """How much of all is done, by what each step is expected to take."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._before = 0.0
        self._name = ""
        self._within = 0.0
        self._begun = time.monotonic()

    def step(self, name: str) -> None:
        with self._lock:
            self._before += self._seconds.get(self._name, 0.0)
            self._name, self._within = name, 0.0

    def advance(self, share: float) -> None:
        with self._lock:
            self._within = min(1.0, self._within + share)

    @property
    def done(self) -> float:
        """The share of all that is done, from 0 to 1."""
        whole = sum(self._seconds.values()) or 1.0
        return min(1.0, (self._before + self._within * self._seconds.get(self._name, 0.0)) / whole)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """The seconds it still takes: as expected at first, then as fast as it has gone so far."""
        expected = sum(self._seconds.values()) * (1 - self.done)
        if self.done < 0.05:
            return expected
        return self.elapsed / self.done * (1 - self.done)


class _Lines(_Shares):
    """A line a step."""

    def step(self, name: str) -> None:
        super().step(name)
        print(f"  {100 * self.done:3.0f} %  {name} (about {_in_words(self.left)} left)", flush=True)


@contextmanager
def _bar(seconds: Mapping[str, float]) -> Iterator[None]:
    # Imported late: most starts train nothing.
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("  "), BarColumn(30), TaskProgressColumn(), TextColumn("{task.description}"))
    with Progress(*columns, transient=True) as bar:
        moving = _Moving(seconds, bar, bar.add_task("", total=1.0))
        with told_to(moving), moving.ticking():
            yield


class _Moving(_Shares):
    """A bar that moves with what is done, and counts down meanwhile."""

    def __init__(self, seconds: Mapping[str, float], bar: object, task: object) -> None:
        super().__init__(seconds)
        self._bar, self._task = bar, task
        self._ended = threading.Event()

    @contextmanager
    def ticking(self) -> Iterator[None]:
        thread = threading.Thread(target=self._tick, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _tick(self) -> None:
        while not self._ended.wait(0.5):
            text = f"{self._name} · about {_in_words(self.left)} left"
            self._bar.update(self._task, completed=self.done, description=text)  # type: ignore[attr-defined]


def _in_words(seconds: float) -> str:
    if seconds < 60:
        return f"{max(5, round(seconds / 5) * 5)} s"
    return f"{round(seconds / 60)} min"
