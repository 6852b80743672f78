"""Tells whoever waits how far a long work is, and how long it still takes.

The work says which step begins, and of a long step how much is done; nobody needs to listen. ``shown``
listens and shows: a bar on a terminal, elsewhere a line when a step begins.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

REFRESH_SECONDS = 0.5
# A step that says nothing moves with the clock, but only so far of what it is expected to take.
_MOST_BY_THE_CLOCK = 0.95
# The first seconds tell little of how fast this machine is.
_SURE_AFTER_SECONDS = 20.0


class Listener(Protocol):
    """Whoever is told."""

    def step(self, name: str) -> None:
        """That step begins; the one before has ended."""

    def advance(self, share: float) -> None:
        """So much more of the step is done; the shares of one step add up to 1."""


_listeners: list[Listener] = []


def step(name: str) -> None:
    """Says that a step begins."""
    for listener in tuple(_listeners):
        listener.step(name)


def advance(share: float) -> None:
    """Says that so much more of the step is done, of 1; any thread may say so."""
    for listener in tuple(_listeners):
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
    """Meanwhile steps are shown; ``seconds`` has how many each step is expected to take.

    A step that it does not name is shown without moving the bar.
    """
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        with _bar(seconds):
            yield
    else:
        with told_to(_Lines(seconds)):
            yield


class Steps:
    """A listener that knows how much is done, and guesses how long the rest takes."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        """Begins now; ``seconds`` has how many each step is expected to take."""
        self.expected = sum(seconds.values())
        self.name = ""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._before = self._said = 0.0
        self._start = self._step_start = time.monotonic()

    def step(self, name: str) -> None:
        """That step begins."""
        with self._lock:
            self._before += self._seconds.get(self.name, 0.0)
            self.name, self._said, self._step_start = name, 0.0, time.monotonic()

    def advance(self, share: float) -> None:
        """So much more of it is done."""
        with self._lock:
            self._said += share

    @property
    def done(self) -> float:
        """The seconds that what is done was expected to take."""
        with self._lock:
            expected = self._seconds.get(self.name, 0.0)
            clock = min(time.monotonic() - self._step_start, _MOST_BY_THE_CLOCK * expected)
            return self._before + (min(self._said, 1.0) * expected or clock)

    def __str__(self) -> str:
        """What is being done, and how long it still takes as far as this machine's speed is known."""
        done, elapsed = self.done, time.monotonic() - self._start
        slowness = (elapsed + _SURE_AFTER_SECONDS) / (done + _SURE_AFTER_SECONDS)
        return f"{self.name} (about {_in_words(slowness * (self.expected - done))} left)"


class _Lines(Steps):
    """A line when a step begins."""

    def step(self, name: str) -> None:
        super().step(name)
        print(f"  {self}", flush=True)


@contextmanager
def _bar(seconds: Mapping[str, float]) -> Iterator[None]:
    # Imported late: most starts have nothing to wait for.
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn(" "),
        BarColumn(24),
        TaskProgressColumn("{task.percentage:>3.0f} %"),
        # rich guesses the time left from the last seconds, as if all steps were alike.
        TextColumn("{task.description}", markup=False),
    )
    bar = Progress(*columns, auto_refresh=False, transient=True)
    steps = Steps(seconds)
    task = bar.add_task("", total=steps.expected or None)

    def refresh() -> None:
        bar.update(task, completed=steps.done, description=str(steps), refresh=True)

    with bar, told_to(steps), _repeated(refresh):
        yield


@contextmanager
def _repeated(call: Callable[[], None]) -> Iterator[None]:
    """Meanwhile calls it again and again, in a thread."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(REFRESH_SECONDS):
            call()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _in_words(seconds: float) -> str:
    """A time that is only guessed: "40 s", "3 min"."""
    if seconds < 57.5:
        return f"{max(5, 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min"
