"""The day of the tests: chosen here once, so that no test turns red because the calendar moved.

The clock of the tests' process and of every Python program that they start is moved to that day's morning,
and runs on. ``TEST_DAY`` chooses another day (``make test-on DAY=2027-01-01``). Browsers and databases keep
the machine's clock.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import os
import time
from pathlib import Path

DAY = dt.date.fromisoformat(os.environ.get("TEST_DAY") or "2026-11-30")
MORNING = dt.datetime.combine(DAY, dt.time(9), dt.UTC)
# How far the clock is moved, in seconds: the same for everything that one run starts.
OFFSET = "TEST_CLOCK_OFFSET"
# Python imports the ``sitecustomize`` of this folder at its start.
STARTED_WITH = Path(__file__).parent / "moved_clock"


def move_for_all() -> None:
    """Moves the clock of this process and of the Python programs that it will start."""
    os.environ.setdefault(OFFSET, str(MORNING.timestamp() - time.time()))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        dict.fromkeys([str(STARTED_WITH), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    )
    move(float(os.environ[OFFSET]))


def move(seconds: float) -> None:
    """Moves what this process reads as the time of day; what measures durations goes on as it was."""
    if getattr(time.time, "moved", False):
        return
    read, read_ns, local, universal = time.time, time.time_ns, time.localtime, time.gmtime

    def moved_time() -> float:
        return read() + seconds

    # ``date.today`` asks this module for the time; ``datetime.now`` asks the system, and is replaced below.
    moved_time.moved = True
    time.time = moved_time
    time.time_ns = lambda: read_ns() + int(seconds * 1e9)
    time.localtime = lambda at=None: local(moved_time() if at is None else at)
    time.gmtime = lambda at=None: universal(moved_time() if at is None else at)

    def now(cls: type[dt.datetime], tz: dt.tzinfo | None = None) -> dt.datetime:
        return cls.fromtimestamp(moved_time(), tz)

    def utcnow(cls: type[dt.datetime]) -> dt.datetime:
        return cls.fromtimestamp(moved_time(), dt.UTC).replace(tzinfo=None)

    # The class is written in C and closed to assignment; its dictionary is not.
    (members,) = gc.get_referents(dt.datetime.__dict__)
    members |= {"now": classmethod(now), "utcnow": classmethod(utcnow)}
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))
