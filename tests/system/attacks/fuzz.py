"""``python -m tests.system fuzz``: random and hostile inputs for every entry of the assistant.

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
import json
import sys
import tempfile
import uuid
from pathlib import Path

from bot import settings, training
from tests.support.servers import cluster
from tests.system.attacks import entries
from tests.system.attacks.attack import Entry, Row, attack

INPUTS = 2000
SECONDS = 300.0

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
    parser = argparse.ArgumentParser(prog="python -m tests.system fuzz")
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
        options.json.write_text(
            json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=1), "utf-8"
        )
    if not all(row.is_whole for row in rows):
        sys.exit(1)
