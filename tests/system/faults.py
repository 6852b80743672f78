"""``python -m tests.system faults``: people talk over REST and socket.io while a part breaks.

Against two servers behind nginx with PostgreSQL, Redis and RabbitMQ, all private (see ``cluster``). For each
fault the table says how many messages were sent, how many answers were degraded (French, with what still
works), how many messages were lost or answered twice, how many conversations did not have their facts in
the end, and the seconds from the mending to the last answer that was not whole. Ends with status 1 where a
message was lost or doubled, a conversation changed, or a fault did not end by itself.

The network is cut by relays between the servers and their stores; the clock is moved by libfaketime where
it is installed; the disk is a small tmpfs that another file fills, which needs root.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bot import training
from tests.support import citizens
from tests.support.citizens import Record, RestCitizen, SocketCitizen
from tests.support.servers import cluster
from tests.support.servers.cluster import Cluster
from tests.system.relay import Relay

BEFORE_SECONDS = 4.0
BROKEN_SECONDS = 10.0
AFTER_SECONDS = 12.0
RECOVERY_LIMIT = 90.0
PEOPLE = 6
DISK_BYTES = 3 * 1024 * 1024
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


@dataclass
class Ground:
    """Where a fault happens: the cluster, the relays by the name of the store, the small disk, the clock."""

    cluster: Cluster
    relays: Mapping[str, Relay] = field(default_factory=dict)
    disk: Path | None = None
    clock: Path | None = None

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Our own processes are started again when they end, as the supervisor does."""
        own = [part for name, part in self.cluster.parts.items() if name.startswith(("bot", "actions"))]
        ends = threading.Event()

        def keep() -> None:
            while not ends.wait(0.5):
                for part in own:
                    if part.process is not None and part.process.poll() is not None:
                        part.start()

        keeper = threading.Thread(target=keep)
        keeper.start()
        try:
            yield
        finally:
            ends.set()
            keeper.join()


Change = Callable[[Ground], None]


@dataclass(frozen=True)
class Fault:
    """What breaks, and what someone else does about it: a store is started again, a cable put back.

    A fault that ends by itself is only waited for; its seconds count from its beginning.
    """

    name: str
    what: str
    begin: Change
    mend: Change
    workers: int = 2
    ends_itself: bool = False


def _kill(name: str) -> Change:
    return lambda ground: ground.cluster.parts[name].kill()


def _start(name: str) -> Change:
    def start(ground: Ground) -> None:
        part = ground.cluster.parts[name]
        part.start()
        part.wait()

    return start


def _wait(name: str) -> Change:
    def wait(ground: Ground) -> None:
        # Its keeper starts it: until then it is no failure that it does not run.
        limit = time.monotonic() + RECOVERY_LIMIT
        while not ground.cluster.parts[name].answers() and time.monotonic() < limit:
            time.sleep(0.2)

    return wait


def _cut(name: str) -> Change:
    return lambda ground: ground.relays[name].stall()


def _join(name: str) -> Change:
    return lambda ground: ground.relays[name].mend()


def _move_clock(by: str) -> Change:
    def move(ground: Ground) -> None:
        assert ground.clock is not None
        ground.clock.write_text(by)

    return move


def _fill_disk(ground: Ground) -> None:
    assert ground.disk is not None
    with contextlib.suppress(OSError), (ground.disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)


def _free_disk(ground: Ground) -> None:
    assert ground.disk is not None
    (ground.disk / "filler").unlink()


def _nothing(_: Ground) -> None:
    """There is nothing to wait for."""


FAULTS = (
    Fault("actions", "action server killed", _kill("actions"), _wait("actions"), ends_itself=True),
    Fault("bot-1", "one of two servers killed", _kill("bot-1"), _wait("bot-1"), ends_itself=True),
    Fault("redis", "Redis killed, back after 10 s", _kill("redis"), _start("redis")),
    Fault("postgres", "PostgreSQL killed, back after 10 s", _kill("postgres"), _start("postgres")),
    Fault("rabbit", "RabbitMQ killed, back after 10 s", _kill("rabbit"), _start("rabbit")),
    Fault("network-postgres", "network to PostgreSQL cut for 10 s", _cut("postgres"), _join("postgres")),
    Fault("network-redis", "network to Redis cut for 10 s", _cut("redis"), _join("redis")),
    Fault("disk", "disk of the SQLite store full for 10 s", _fill_disk, _free_disk, workers=1),
    Fault("clock-back", "clock set back by a day", _move_clock("-1d"), _nothing, ends_itself=True),
    Fault("clock-on", "clock set forward by half an hour", _move_clock("+30m"), _nothing, ends_itself=True),
)


@dataclass(frozen=True)
class Outcome:
    """What one fault did."""

    fault: Fault
    findings: citizens.Findings
    seconds: float

    @property
    def survived(self) -> bool:
        """Whether nothing was lost, doubled or changed, and it ended by itself."""
        found = self.findings
        return not (found.lost or found.doubled or found.changed) and self.seconds < RECOVERY_LIMIT


async def suffer(ground: Ground, fault: Fault) -> Outcome:
    """What became of the people's messages while the fault began and ended."""
    record, calm = Record(), Record()
    ends = time.monotonic() + 3600.0
    timeout = aiohttp.ClientTimeout(total=citizens.ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        kinds = (RestCitizen, SocketCitizen)
        await citizens.converse(kinds[0](session, ground.cluster.address), calm, lambda: False)

        def goes_on(until: float) -> Callable[[], bool]:
            return lambda: time.monotonic() < min(until, ends)

        async def talk(rank: int) -> None:
            # One conversation after another: some begin before the fault, some within, some after.
            while time.monotonic() < ends:
                citizen = kinds[rank % 2](session, ground.cluster.address)
                await citizens.converse(citizen, record, goes_on(time.monotonic() + 6.0 + 3.0 * rank))

        people = asyncio.gather(*(talk(rank) for rank in range(PEOPLE)))
        with ground.kept():
            await asyncio.sleep(BEFORE_SECONDS)
            begun = time.monotonic()
            await asyncio.to_thread(fault.begin, ground)
            if not fault.ends_itself:
                await asyncio.sleep(BROKEN_SECONDS)
            await asyncio.to_thread(fault.mend, ground)
            mended = begun if fault.ends_itself else time.monotonic()
            await asyncio.sleep(AFTER_SECONDS)
            ends = time.monotonic()
            await people
    url = ground.cluster.environment["CONVERSATIONS_DB"]
    stored = citizens.stored_ids(url if "://" in url else f"sqlite:///{url}")
    summary = next(iter(calm.summaries.values()))
    return Outcome(
        fault, citizens.compare(record, stored, summary), citizens.seconds_to_recover(record.said, mended)
    )


@contextlib.contextmanager
def ground(fault: Fault, folder: Path, model: Path) -> Iterator[Ground]:
    """The cluster as the fault needs it."""
    with contextlib.ExitStack() as stack:
        relays: dict[int, Relay] = {}

        def relay(port: int) -> int:
            relays[port] = Relay(port)
            return relays[port].port

        extra: dict[str, str] = {}
        disk = clock = None
        if fault.name == "disk":
            disk = stack.enter_context(_small_disk(folder / "disk"))
            extra["CONVERSATIONS_DB"] = str(disk / "conversations.db")
        if fault.name.startswith("clock"):
            clock = folder / "clock"
            clock.write_text("+0")
            extra |= {
                "LD_PRELOAD": FAKETIME,
                "FAKETIME_TIMESTAMP_FILE": str(clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        started = stack.enter_context(cluster.running(folder, model, fault.workers, relay, extra))
        by_name = {name: relays[port] for name, port in started.store_ports.items() if port in relays}
        yield Ground(started, by_name, disk, clock)


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def impossible(fault: Fault) -> str:
    """Why the fault cannot be made on this machine; empty where it can."""
    if fault.name == "disk" and os.geteuid() != 0:
        return "needs root, to mount a small disk"
    if fault.name.startswith("clock") and not Path(FAKETIME).exists():
        return "needs libfaketime: apt-get install libfaketime"
    return ""


def row(outcome: Outcome) -> str:
    """The outcome as a line of the table."""
    found = outcome.findings
    cells = (
        outcome.fault.what,
        str(found.messages),
        str(found.degraded),
        str(len(found.lost)),
        str(len(found.doubled)),
        str(len(found.changed)),
        f"{outcome.seconds:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


HEAD = (
    "| fault | messages | degraded answers | lost | doubled | conversations changed | seconds to recover |\n"
    "|---|---|---|---|---|---|---|"
)


def main(arguments: list[str]) -> None:
    """Makes each fault and prints the table as it grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.system faults")
    parser.add_argument("--only", action="append", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--model", type=Path, help="by default the current one")
    options = parser.parse_args(arguments)
    missing = cluster.missing()
    if missing:
        sys.exit(f"✗ Missing: apt-get install --no-install-recommends {' '.join(missing)}")
    model = options.model or training.train_if_needed()
    print(HEAD, flush=True)
    survived = True
    for fault in FAULTS:
        if options.only and fault.name not in options.only:
            continue
        reason = impossible(fault)
        if reason:
            print(f"| {fault.what} | not made: {reason} | | | | | |", flush=True)
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            with ground(fault, Path(name), model.resolve()) as place:
                outcome = asyncio.run(suffer(place, fault))
        print(row(outcome), flush=True)
        survived &= outcome.survived
    if not survived:
        sys.exit(1)
