"""One way in, what is sent to it and what it met: what ``fuzz`` and its entries share."""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from tests.system.attacks.draws import draw

ANSWER_SECONDS = 60.0
MOST_FAULTS = 12
PART = 100
TRACEBACK = b"Traceback (most recent call last)"
RAISED = re.compile(r"\n([A-Za-z_][\w.]*(?:: .*)?)(?:\n|$)")
FRAME = re.compile(r'([\w/.-]+)", line (\d+)')


@dataclass(frozen=True)
class Outcome:
    """What became of an input: the status of its answer, or 0 and why there is none; and a named fault."""

    status: int
    what: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Entry:
    """A way in: how an input is drawn and sent, its share of the inputs, and what must live afterwards."""

    name: str
    shoot: Callable[[st.DataObject], Outcome]
    share: float = 1.0
    is_alive: Callable[[], bool] = lambda: True
    logs: tuple[Path, ...] = ()
    # For a way in that has a measurement of its own: takes the number of inputs and the seed.
    whole: Callable[[int, int], Row] | None = None


@dataclass
class Row:
    """What an entry met."""

    entry: str
    inputs: int = 0
    taken: int = 0
    refused: int = 0
    errors: int = 0
    timeouts: int = 0
    crashes: int = 0
    alive: bool = True
    faults: list[str] = field(default_factory=list)

    def met(self, outcome: Outcome) -> None:
        """Counts an outcome."""
        self.inputs += 1
        self.taken += 100 <= outcome.status < 400
        self.refused += 400 <= outcome.status < 500
        self.errors += outcome.status >= 500
        self.timeouts += outcome.status == 0 and outcome.what == "time-out"
        self.crashes += outcome.status == 0 and outcome.what != "time-out"
        if outcome.fault or outcome.status == 0 or outcome.status >= 500:
            self.blame(f"{outcome.status or outcome.what}: {outcome.fault}")

    def blame(self, fault: str) -> None:
        """Keeps a fault, but not the thousandth of its kind."""
        if len(self.faults) < MOST_FAULTS and fault not in self.faults:
            self.faults.append(fault)

    @property
    def is_whole(self) -> bool:
        """Whether nothing happened that must not."""
        return self.alive and not (self.errors or self.timeouts or self.crashes or self.faults)


def attack(entry: Entry, inputs: int, start: int, seconds: float) -> Row:
    """What that many inputs of the entry met, drawn from ``start``."""
    if entry.whole is not None:
        return entry.whole(inputs, start)
    row = Row(entry.name)
    logged = {log: _size(log) for log in entry.logs}
    limit = time.monotonic() + seconds
    wanted = max(1, round(inputs * entry.share))
    # In parts, since Hypothesis itself has no limit of time.
    while row.inputs < wanted and time.monotonic() < limit:
        part = min(PART, wanted - row.inputs)
        draw(part, start + row.inputs, lambda data: row.met(entry.shoot(data)))
    for log, size in logged.items():
        told = log.read_bytes()[size:]
        row.crashes += told.count(TRACEBACK)
        for trace in told.split(TRACEBACK)[1:]:
            text = trace.decode("utf-8", "replace")
            error = RAISED.search(text)
            frames = FRAME.findall(text[: error.start()] if error else text)
            row.blame(f"traceback in {log.name}: {error[1][:160] if error else ''} at {frames[-1:]}")
    row.alive = entry.is_alive()
    return row


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def send(
    port: int, method: str, target: bytes, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()
) -> Outcome:
    """The outcome of a request, sent by hand since libraries are too polite."""
    lines = [method.encode() + b" " + target + b" HTTP/1.1", f"Host: 127.0.0.1:{port}".encode()]
    lines += [f"{name}: {value}".encode() for name, value in headers]
    lines += [f"Content-Length: {len(body)}".encode(), b"Connection: close"]
    named = f"{method} {target[:80]!r} {body[:120]!r}"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as line:
            try:
                line.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            except ConnectionError:
                # It has refused what it had seen so far; its answer may still be read.
                pass
            answer = http.client.HTTPResponse(line, method=method)
            answer.begin()
            answer.read()
            return Outcome(answer.status, fault=named if answer.status >= 500 else "")
    except TimeoutError:
        return Outcome(0, "time-out", named)
    except (OSError, http.client.HTTPException) as error:
        return Outcome(0, type(error).__name__, named)
