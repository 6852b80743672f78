"""Keeps processes running: starts again the one that ends, and stops all when it is asked to.

SIGTERM and Ctrl-C stop everything; while it stops, further ones change nothing. SIGHUP has two meanings, as
with other servers: sent by a person or a service manager, it asks for what is new; sent because the terminal
was closed that the supervisor was started in, it stops everything, unless ``nohup`` started it.

A signal may strike while a process is being started, which would then be forgotten: it is only noted, and
acted on where the supervisor waits.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from bot import settings, supervised

Process = subprocess.Popen[bytes]
# A process that ends this soon after its start would only end again.
QUICK_END_SECONDS = 5
MAX_QUICK_ENDS = 3
LOOK_SECONDS = 0.5
# The terminal was seen to be gone so short a time before SIGHUP: it is the terminal's.
CLOSED_SECONDS = 5


@dataclass
class Service:
    """A process to keep running: a module of Python's with its arguments."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    # The assistant answers without its desk: what is not essential neither delays nor stops the rest.
    essential: bool = True
    process: Process | None = None
    started: float = 0.0
    quick_ends: int = 0

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def ask_to_end(self) -> None:
        """Asks it to end, where it runs; returns at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def insist(self) -> None:
        """Waits for its end, and kills it when the turns under way have had their time."""
        if self.process is None:
            return
        try:
            self.process.wait(supervised.grace_seconds())
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Starts services and stops them at the end of a ``with`` block, however that ends."""

    def __init__(self, services: Sequence[Service]) -> None:
        """Starts nothing yet; from now on signals are noted."""
        self._services = services
        # Held open by this process alone: its end is the services' end (bot/supervised.py).
        self._lifeline, self._held = os.pipe()
        self._signals = _Signals()
        self._renewal = threading.Thread()

    def __enter__(self) -> Supervisor:
        """The supervisor itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stops all services, each after its turns under way."""
        for service in self._services:
            service.ask_to_end()
        for service in self._services:
            service.insist()
        # Python ends with the handlers that signals had before it.
        self._signals.ignore()

    def start(self, services: Iterable[Service]) -> None:
        """Starts these."""
        for service in services:
            service.started = time.monotonic()
            service.process = self.spawn(service.command, service.environment)

    def spawn(self, command: Sequence[str], environment: dict[str, str] | None = None) -> Process:
        """A process that ends with the supervisor, in a session of its own: Ctrl-C reaches this one alone."""
        return subprocess.Popen(
            [sys.executable, "-m", supervised.__name__, *command],
            cwd=settings.ROOT,
            env={**os.environ, **(environment or {})},
            stdin=self._lifeline,
            start_new_session=True,
        )

    def wait(self, seconds: float) -> None:
        """Waits; raises SystemExit where a signal asks for the end."""
        time.sleep(seconds)
        self._signals.look_for_the_terminal()
        if self._signals.stop:
            say("Stopping")
            sys.exit(0)

    def watch(self, renew: Callable[[], None]) -> NoReturn:
        """Starts again what ends, and calls ``renew`` on SIGHUP; raises SystemExit at the end."""
        while True:
            self.wait(LOOK_SECONDS)
            if self._signals.renew and not self._renewal.is_alive():
                self._signals.renew = False
                # In a thread: meanwhile whatever ends must be started again.
                self._renewal = threading.Thread(target=renew, daemon=True)
                self._renewal.start()
            for service in self._services:
                if service.has_ended():
                    self._start_again(service)

    def _start_again(self, service: Service) -> None:
        is_quick = time.monotonic() - service.started < QUICK_END_SECONDS
        service.quick_ends = service.quick_ends + 1 if is_quick else 0
        if service.quick_ends < MAX_QUICK_ENDS:
            say(f"The {service.name} ended; starting it again")
            self.start([service])
        elif service.essential:
            stop(f"The {service.name} keeps ending: see the messages above.")
        else:
            say(f"The {service.name} keeps ending: see the messages above. The rest goes on without it")
            service.process = None


class _Signals:
    """What signals have asked for."""

    def __init__(self) -> None:
        self.stop = self.renew = False
        # nohup: it is to outlive the terminal.
        self._outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        # When a look first found no terminal; None while there is one, however long ago the last look was.
        self._gone_since: float | None = None if _has_terminal() else -math.inf
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note_stop)
        signal.signal(signal.SIGHUP, self._note_hang_up)

    def ignore(self) -> None:
        """From now on heeds none."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def look_for_the_terminal(self) -> None:
        """Remembers since when it is gone: one that went long ago is not why SIGHUP comes."""
        if _has_terminal():
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = time.monotonic()

    def _note_stop(self, *_: object) -> None:
        self.stop = True

    def _note_hang_up(self, *_: object) -> None:
        gone = self._gone_since
        was_there = gone is None or time.monotonic() - gone < CLOSED_SECONDS
        if not was_there or _has_terminal():
            self.renew = True
        elif not self._outlives_terminal:
            self.stop = True


def _has_terminal() -> bool:
    try:
        os.close(os.open(os.ctermid(), os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def say(text: str) -> None:
    """Tells whoever started it; a terminal that was closed is no reason to fail."""
    with contextlib.suppress(OSError):
        print(f"• {text}", flush=True)


def stop(text: str) -> NoReturn:
    """Ends with a message that says why, or what to do."""
    sys.exit(f"✗ {text}")
