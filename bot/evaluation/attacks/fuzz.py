"""``python -m bot.evaluation fuzz``: random and hostile inputs for every entry of the assistant.

One server with every messaging channel on (their stand-ins answer), the action server, PostgreSQL, Redis and
RabbitMQ, as ``faults`` starts them; the desk and the readers of files in this process. Inputs are drawn by
Hypothesis: noise, and right inputs in which something is wrong. Everything stays on loopback.

A refusal is meant; what must not be: a server error, an answer that does not come, a connection that ends
without one, a traceback in a log, a forged request taken, a process that ends. Each ends the command with
status 1. ``--inputs`` are those of each entry; the slow ones get a share of them, or end after ``--seconds``.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import re
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from bot import settings, training
from bot.evaluation.attacks.draws import draw

INPUTS = 2000
SECONDS = 300.0
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


HEAD = (
    "| entry | inputs | 2xx, 3xx | 4xx | 5xx | time-outs | crashes | still alive |\n"
    "|---|---|---|---|---|---|---|---|"
)


def line(row: Row) -> str:
    """The row as a line of the table."""
    counts = (row.inputs, row.taken, row.refused, row.errors, row.timeouts, row.crashes)
    return "| " + " | ".join([row.entry, *map(str, counts), "yes" if row.alive else "NO"]) + " |"


def main(arguments: list[str]) -> None:
    """Attacks each entry and prints the table as it grows."""
    from bot.evaluation.attacks import entries
    from bot.evaluation.servers import cluster

    parser = argparse.ArgumentParser(prog="python -m bot.evaluation fuzz")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of each entry")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the longest for one entry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="the entries whose names begin so")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    parser.add_argument("--model", type=Path, help="by default the current one")
    options = parser.parse_args(arguments)
    missing = cluster.missing()
    if missing:
        sys.exit(f"✗ Missing: apt-get install --no-install-recommends {' '.join(missing)}")
    settings.apply()
    model = (options.model or training.train_if_needed()).resolve()
    rows: list[Row] = []
    wanted = tuple(options.only or [""])

    def each(entry: Entry) -> None:
        if entry.name.startswith(wanted):
            rows.append(attack(entry, options.inputs, options.seed, options.seconds))
            print(line(rows[-1]), flush=True)
            for fault in rows[-1].faults:
                print(f"  ✗ {fault}", flush=True)

    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for entry in entries.of_files(folder):
            each(entry)
        asyncio.run(entries.of_servers(folder, model, uuid.uuid4().hex, each))
    if options.json:
        options.json.write_text(json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=1))
    if not all(row.is_whole for row in rows):
        sys.exit(1)
