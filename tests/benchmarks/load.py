"""``python -m tests.benchmarks load``: dialogues replayed at several concurrencies, beside a stock Rasa.

The conversations of ``tests/cases`` are held again over REST and socket.io by 1, 4 and 16 people at once,
with:

* ours, SQLite, one worker;
* ours, PostgreSQL and Redis, 1, 2 and 4 workers: where ``--postgresql`` and ``--redis`` say where they
  answer, or with ``--with-services``, which starts private ones from Debian's packages in a new folder;
* stock Rasa: what ``rasa init`` configures, with our intents, sentences and actions (see ``stock_server``);
  ``make load`` installs it.

Prints a Markdown table:

* messages a second; p50, p95, p99: milliseconds from a message to its whole answer;
* CPU: milliseconds of one core a message, in all processes of the system, which others on the machine change
  less than they change the times;
* errors: no answer, or a notice of failure; wrong: answers whose responses differ from those that the same
  system gives to the same turn of the same dialogue when nobody else is there;
* memory: resident MiB of all processes after the load; start: seconds until it answers.

Then, for each, a conversation of ``--long`` turns: the time of its tenth turn and of its last, both the same
question, medians of five.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import settings, training
from tests.benchmarks import dialogues, replay, stock_server, systems
from tests.benchmarks.systems import System
from tests.support.servers import services

Start = Callable[[Path], contextlib.AbstractContextManager[System]]
COLUMNS = (
    ("rate", "messages/s", ".1f"),
    ("p50", "p50 (ms)", ".0f"),
    ("p95", "p95 (ms)", ".0f"),
    ("p99", "p99 (ms)", ".0f"),
    ("cpu", "CPU a message (ms)", ".0f"),
    ("messages", "messages", "d"),
    ("errors", "errors", "d"),
    ("wrong", "wrong", "d"),
    ("mib", "memory (MiB)", ".0f"),
    ("start", "start (s)", ".1f"),
)
LONG_TIMES = 5
STOCK = "stock Rasa"
# The stock assistant stays here, and is trained again when its inputs changed.
KEPT = settings.STATE / "load"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The replays as a Markdown table."""
    lines = ["| system | transport | people | " + " | ".join(title for _, title, _ in COLUMNS) + " |"]
    lines.append("|---|---|---|" + "---|" * len(COLUMNS))
    for row in rows:
        cells = ("–" if row.get(key) is None else format(row[key], form) for key, _, form in COLUMNS)
        lines.append(
            f"| {row['system']} | {row['transport']} | {row['people']} | " + " | ".join(cells) + " |"
        )
    return "\n".join(lines)


def long_table(rows: Sequence[dict[str, Any]], turns: int) -> str:
    """The long conversations as a Markdown table."""
    lines = [f"| system | turn {replay.EARLY_TURN} (ms) | turn {turns} (ms) | ratio |", "|---|---|---|---|"]
    lines += [
        f"| {row['system']} | {row['early']:.0f} | {row['late']:.0f} | {row['late'] / row['early']:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


async def _measure(
    system: System, transports: Sequence[str], crowds: Sequence[int], seconds: float
) -> list[dict[str, Any]]:
    talks = dialogues.many()
    rows = []
    async with replay.people("rest", system.workers) as meet:
        expected = await replay.alone(meet, talks)
    for transport in transports:
        async with replay.people(transport, system.workers) as meet:
            # What is made at first use is made before the clock runs.
            await replay.alone(meet, talks[:1])
            for crowd in crowds:
                spent = system.cpu_seconds()
                figures = await replay.together(meet, talks, expected, crowd, seconds)
                row = {"system": system.name, "transport": transport, "people": crowd, **figures.row()}
                row["cpu"] = 1000 * (system.cpu_seconds() - spent) / max(1, row["messages"])
                rows.append({**row, "mib": system.resident_mib(), "start": system.start_seconds})
                print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    return rows


async def _measure_long(system: System, turns: int) -> dict[str, Any]:
    async with replay.people("rest", system.workers) as meet:
        early, late = await replay.long_conversation(meet, dialogues.read(), turns, LONG_TIMES)
    return {"system": system.name, "early": early, "late": late}


def _candidates(options: argparse.Namespace, stack: contextlib.ExitStack, work: Path) -> dict[str, Start]:
    """What to measure by name, each started when its turn comes."""
    model = options.model or training.train_if_needed()
    found: dict[str, Start] = {"ours, SQLite": lambda folder: systems.ours(folder, model)}
    stores = None
    if options.with_services:
        stores = stack.enter_context(services.private(work / "services"))
    elif options.postgresql and options.redis:
        stores = services.stores(options.postgresql, options.redis)
    if stores:
        for workers in (1, 2, 4):
            found[f"ours, PostgreSQL + Redis, {workers} worker{'s' * (workers > 1)}"] = _shared(
                model, workers, stores
            )
    found[STOCK] = lambda folder: systems.stock_rasa(folder, options.stock or stock_server.prepare(KEPT))
    wanted = options.only or [""]
    chosen = {name: start for name, start in found.items() if any(part in name for part in wanted)}
    if STOCK in chosen:
        # Missing, it is said before the others are measured, not after.
        stock_server.rasa()
    return chosen


def _shared(model: Path, workers: int, stores: dict[str, str]) -> Start:
    return lambda folder: systems.ours(folder, model, workers, stores)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks load")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 4, 16], help="how many talk at once")
    parser.add_argument("--transport", choices=replay.TRANSPORTS, nargs="+", default=list(replay.TRANSPORTS))
    parser.add_argument("--seconds", type=float, default=15, help="of each replay")
    parser.add_argument("--long", type=int, default=200, metavar="TURNS", help="0 leaves it out")
    parser.add_argument("--only", action="append", metavar="PART", help="the systems whose name holds this")
    parser.add_argument("--with-services", action="store_true", help="start a private PostgreSQL and Redis")
    parser.add_argument("--postgresql", help="URL of an empty database")
    parser.add_argument("--redis", help="URL of a Redis database")
    parser.add_argument("--stock", type=Path, help="a stock assistant that an earlier run trained")
    parser.add_argument("--model", type=Path, help="of ours; by default the current one, trained if needed")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser


def main(arguments: list[str]) -> None:
    """Measures each system after the other and prints the tables, of what was measured if interrupted."""
    options = _parser().parse_args(arguments)
    settings.apply()
    rows: list[dict[str, Any]] = []
    long_rows: list[dict[str, Any]] = []
    failed = False
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        try:
            for system_name, start in _candidates(options, stack, Path(name)).items():
                with start(Path(name) / system_name) as system:
                    rows += asyncio.run(_measure(system, options.transport, options.people, options.seconds))
                    if options.long:
                        long_rows.append(asyncio.run(_measure_long(system, options.long)))
        except (KeyboardInterrupt, RuntimeError) as error:
            failed = True
            print(f"interrupted: {error}", file=sys.stderr)
    if rows:
        state = f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end"
        print(f"{dt.date.today()}, {state}\n\n{table(rows)}")
    if long_rows:
        print("\n" + long_table(long_rows, options.long))
    if options.json:
        options.json.write_text(json.dumps({"replays": rows, "long": long_rows}, indent=1), encoding="utf-8")
    sys.exit(1 if failed else 0)
