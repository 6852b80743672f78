"""The systems that ``load`` measures: started on free ports, with stores of their own, and stopped."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot import neighbours, settings
from tests.benchmarks import stock_server
from tests.support.servers.parts import PYTHON, free_port

START_SECONDS = 600


@dataclass
class System:
    """A running system: where its workers answer, what it took to start, and its processes."""

    name: str
    workers: list[str]
    start_seconds: float = 0.0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def resident_mib(self) -> float:
        """The resident memory of all its processes, in MiB."""
        return sum(one.memory_info().rss for one in self._alive()) / 2**20

    def cpu_seconds(self) -> float:
        """The time that all its processes have had on a core since they started."""
        return sum(sum(one.cpu_times()[:2]) for one in self._alive())

    def _alive(self) -> list[psutil.Process]:
        found = []
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                found += [parent, *parent.children(recursive=True)]
        return found


@contextlib.contextmanager
def ours(
    folder: Path, model: Path, workers: int = 1, stores: Mapping[str, str] | None = None
) -> Iterator[System]:
    """Our assistant with so many workers; ``stores``: the settings of its stores, SQLite by default."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = [free_port() for _ in range(workers)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(settings.ROOT),
        # The actions run in each worker, whatever the environment says.
        "ACTION_SERVER_URL": "",
        "CONVERSATIONS_DB": str(folder / "conversations.db"),
        "FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}",
        "CHANNELS_DB": str(folder / "channels.db"),
        # Everybody in a replay has the same address, and writes faster than people do.
        **settings.WITHOUT_LIMITS,
        **(stores or {}),
    }
    server = [*PYTHON, "bot.server", "--model", str(model)]
    commands = [(server, {**environment, "ASSISTANT_PORT": str(port)}) for port in ports]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    with _running(folder.name, commands, settings.ROOT, addresses, "/ready", folder) as system:
        yield system


@contextlib.contextmanager
def stock_rasa(folder: Path, assistant: Path) -> Iterator[System]:
    """The stock assistant that ``stock_server.prepare`` left in ``assistant``; raises as it does."""
    folder.mkdir(parents=True, exist_ok=True)
    port, action_port = free_port(), free_port()
    endpoints = stock_server.write_endpoints(folder, action_port, folder / "conversations.db")
    actions = {**os.environ, "PYTHONPATH": str(settings.ROOT), "ACTION_SERVER_PORT": str(action_port)}
    address = ("--port", str(port), "--interface", "127.0.0.1")
    run = stock_server.rasa("run", "--endpoints", str(endpoints), "--model", "models/stock.tar.gz", *address)
    commands = [([*PYTHON, "actions"], actions), (run, {**os.environ, "RASA_TELEMETRY_ENABLED": "false"})]
    addresses = [f"http://127.0.0.1:{port}"]
    with _running(folder.name, commands, assistant, addresses, "/", folder) as system:
        yield system


@contextlib.contextmanager
def _running(
    name: str,
    commands: Sequence[tuple[list[str], dict[str, str]]],
    place: Path,
    addresses: list[str],
    health: str,
    folder: Path,
) -> Iterator[System]:
    """Starts the commands at once, waits until every address answers, and stops them all in the end."""
    begun = time.perf_counter()
    with contextlib.ExitStack() as stack:
        system = System(name, addresses)
        log = stack.enter_context((folder / "log.txt").open("wb"))
        for command, environment in commands:
            process = subprocess.Popen(
                command, cwd=place, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
            stack.callback(stop, process)
            system.processes.append(process)
        for address in addresses:
            _wait_for(address + health, system, folder / "log.txt")
        system.start_seconds = time.perf_counter() - begun
        yield system


def _wait_for(address: str, system: System, log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and all(process.poll() is None for process in system.processes):
        try:
            with neighbours.open_url(address, 2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{system.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end, and insists after fifteen seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
