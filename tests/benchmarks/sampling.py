"""Where a process spends its CPU time: short looks at what its threads do.

``python -m tests.benchmarks.sampling FILE …`` is ``python -m bot.server …`` with a thread that looks two
hundred times a second while FILE exists, and appends to it what it saw.

A look compares the CPU clocks of the threads over a fifth of a millisecond, so that threads that wait count
for nothing. Between two looks the clocks tell how much each kind of thread spent; the looks tell on what.
(faulthandler could look from a signal, at no matter which instruction: in a busy server it ended in
segmentation faults with Python 3.12.)
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import thread as pool
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from tests.benchmarks.turn_parts import OTHER, part_of

PERIOD_SECONDS = 0.005
WINDOW_SECONDS = 0.0002
# While looking: whoever computes gives up Python's lock that soon. With the five milliseconds that it has
# otherwise, the looks would fall where the lock is given up anyway: at calls of the database, of the encoder.
SWITCH_SECONDS = 0.00005

# The part that a function belongs to, if any.
PartOf = Callable[[CodeType], str | None]
# In place of a part: all of them.
ALL = ""
# What a worker does while it has no work.
_IDLE = pool._worker.__code__


class Row(NamedTuple):
    """Nanoseconds of CPU time of one kind of thread: seen in a part, or ALL since the last look."""

    kind: str
    part: str
    nanoseconds: int


class _State(NamedTuple):
    kind: str
    clock: int
    part: str


class Sampler:
    """Looks at the other threads of this process."""

    def __init__(self, part_of: PartOf) -> None:
        """What a thread does counts for the innermost of its functions that ``part_of`` knows."""
        self._part_of = part_of
        self._last = self._states()

    def look(self) -> list[Row]:
        """What the other threads spent since the last look, and what they do in the next moment."""
        before = self._states()
        time.sleep(WINDOW_SECONDS)
        after = self._states()
        rows = []
        for thread, now in after.items():
            then = before.get(thread, now)
            if now.clock > then.clock:
                # A thread that now waits spent the time on what it did before.
                part = then.part if now.part == OTHER else now.part
                rows.append(Row(now.kind, part, now.clock - then.clock))
            if (spent := now.clock - self._last.get(thread, then).clock) > 0:
                rows.append(Row(now.kind, ALL, spent))
        self._last = after
        return rows

    def _states(self) -> dict[int, _State]:
        frames = sys._current_frames()
        states = {}
        for thread in threading.enumerate():
            number = thread.native_id
            if number is None or thread.ident not in frames or thread is threading.current_thread():
                continue
            try:
                clock = time.clock_gettime_ns(_cpu_clock(number))
            except OSError:
                # It has just ended.
                continue
            states[number] = _State(_kind(thread.name), clock, self._innermost(frames[thread.ident]))
        return states

    def _innermost(self, frame: FrameType | None) -> str:
        while frame is not None and frame.f_code is not _IDLE:
            part = self._part_of(frame.f_code)
            if part is not None:
                return part
            frame = frame.f_back
        return OTHER


def _cpu_clock(native_id: int) -> int:
    """Linux's number for a thread's CPU clock; Python's own function may crash where the thread has ended."""
    return (~native_id << 3) | 6


def _kind(name: str) -> str:
    """The name that the threads of a pool share."""
    return name.rpartition("_")[0] or name


def shared(rows: Iterable[Row]) -> Counter[str]:
    """Nanoseconds by part: what each kind of thread spent, shared among the parts that it was seen in."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        seen[row.kind][row.part] += row.nanoseconds
    spent: Counter[str] = Counter()
    for parts in seen.values():
        whole = parts.pop(ALL, 0)
        for part, nanoseconds in parts.items():
            spent[part] += round(whole * nanoseconds / parts.total())
    return spent


def write_while_there(file: Path, part_of: PartOf) -> None:
    """Looks again and again while ``file`` exists, and appends the rows to it; never returns."""
    usual = sys.getswitchinterval()
    sampler = None
    while True:
        time.sleep(PERIOD_SECONDS * random.uniform(0.5, 1.5))
        if not file.exists():
            sys.setswitchinterval(usual)
            sampler = None
        elif sampler is None:
            sys.setswitchinterval(SWITCH_SECONDS)
            sampler = Sampler(part_of)
        else:
            _append(file, sampler.look())


def _append(file: Path, rows: Iterable[Row]) -> None:
    try:
        target = os.open(file, os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        # Gone while looking: nobody wants them.
        return
    os.write(target, "".join("{}\t{}\t{}\n".format(*row) for row in rows).encode())
    os.close(target)


def read(file: Path) -> list[Row]:
    """The rows of the file."""
    cells = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return [Row(kind, part, int(nanoseconds)) for kind, part, nanoseconds in cells]


def main() -> None:
    """Serves as ``bot.server`` does; the first argument is the file."""
    from bot import server

    arguments = (Path(sys.argv[1]), part_of)
    threading.Thread(target=write_while_there, args=arguments, name="sampler", daemon=True).start()
    server.main(sys.argv[2:])


if __name__ == "__main__":
    main()
