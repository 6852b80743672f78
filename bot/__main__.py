"""Runs the whole assistant: ``python -m bot``; ``python -m bot train`` only trains.

One supervisor starts the assistant's servers (ASSISTANT_WORKERS of them, each on its own port, for a proxy in
front) and the mediators' desk, starts again the one that ends, and stops all on Ctrl-C. On SIGHUP it trains
if the data changed and has each server take the new model, one after the other, while all go on answering.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from bot import desk_link, settings
from bot.law import parameters

# A process that ends this soon after its start would only end again.
QUICK_END_SECONDS = 5
MAX_QUICK_ENDS = 3
START_SECONDS = 120
STOP_SECONDS = 5


@dataclass
class Service:
    """A process to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    # The assistant answers without its desk: what is not essential neither delays nor stops the rest.
    essential: bool = True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_ends: int = field(default=0)

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=settings.ROOT, env={**os.environ, **self.environment}, start_new_session=True
        )

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Asks it to end, and insists when the turns under way have had their time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=float(settings.get("ASSISTANT_DRAIN_SECONDS")) + STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def main() -> None:
    """Trains if needed, then serves until stopped."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Run the assistant.")
    parser.add_argument("command", nargs="?", choices=["run", "train"], default="run")
    command = parser.parse_args().command
    settings.apply()
    problems = settings.problems()
    if problems:
        _stop("\n✗ ".join(problems))
    _check_parameters()
    if command == "run":
        _check_ports()
        desk_link.prepare()
    model = _model()
    if command == "run":
        _serve(model)


def _check_parameters() -> None:
    try:
        parameters.validate()
    except parameters.ParameterError as error:
        # The assistant can still answer what needs no value, so this is said and not fatal.
        _say(f"The dated values cannot be read, answers with figures will say so: {error}")


def _check_ports() -> None:
    first = settings.port("ASSISTANT_PORT")
    wanted = [("ASSISTANT_PORT", first + rank) for rank in range(_workers())]
    for variable, port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.get(variable.replace("PORT", "HOST")), port))
            except OSError as error:
                reason = error.strerror or str(error)
                _stop(
                    f"Port {port} cannot be used ({reason}). Choose another: make run {variable}={port + 1}"
                )


def _workers() -> int:
    return int(settings.get("ASSISTANT_WORKERS"))


def _model() -> Path:
    # Imported here: the checks above must not wait for it.
    from bot import training

    if not training.current_model().exists():
        _say("Teaching the assistant its questions (about two minutes, only when they changed)")
    warnings.simplefilter("ignore")
    begun = time.monotonic()
    try:
        model, is_new = training.train_if_needed()
    except OSError as error:
        _stop(f"The model cannot be written ({error.strerror}). Is the disk full?")
    except Exception as error:
        _stop(f"The training failed: {error}")
    _say(f"Trained in {time.monotonic() - begun:.0f} s" if is_new else "The model is up to date")
    return model


def _serve(model: Path) -> None:
    python = [sys.executable, "-W", "ignore", "-m"]
    services = [
        *(
            Service(_name(rank), [*python, "bot.server", "--model", str(model)], _of_worker(rank))
            for rank in range(_workers())
        ),
        Service("desk", [*python, "bot.mediator"], essential=False),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # In a thread: meanwhile whatever ends must be started again.
    signal.signal(
        signal.SIGHUP,
        lambda *_: threading.Thread(target=_replace_model, args=[services], daemon=True).start(),
    )
    address = _address(0)
    begun = time.monotonic()
    try:
        for service in filter(lambda service: service.essential, services):
            service.start()
        _say("Starting")
        if not all(_wait_until_ready(_address(rank), services) for rank in range(_workers())):
            _stop("The assistant did not start: see the messages above.")
        _say(f"Ready in {time.monotonic() - begun:.0f} s. Open {address} (Ctrl-C stops everything)")
        for service in filter(lambda service: not service.essential, services):
            service.start()
        _say(f"The mediators' desk: {desk_link.public_address()}")
        _watch(services)
    except KeyboardInterrupt:
        _say("Stopping")
    finally:
        for service in reversed(services):
            service.stop()


def _name(rank: int) -> str:
    return "assistant" if _workers() == 1 else f"assistant {rank + 1}"


def _of_worker(rank: int) -> dict[str, str]:
    """What a worker of that rank has of its own."""
    own = {"ASSISTANT_PORT": str(settings.port("ASSISTANT_PORT") + rank)}
    if os.environ.get("METRICS_PORT"):
        own["METRICS_PORT"] = str(settings.port("METRICS_PORT") + rank)
    return own


def _address(rank: int) -> str:
    return f"http://{settings.get('ASSISTANT_HOST')}:{settings.port('ASSISTANT_PORT') + rank}"


def _replace_model(services: list[Service]) -> None:
    """Trains in a process of its own, so that nothing of it stays here; then the servers change over."""
    from bot import training

    _say("Looking for changes in what the assistant learns from")
    trained = subprocess.run([sys.executable, "-W", "ignore", "-m", "bot", "train"], cwd=settings.ROOT)
    if trained.returncode:
        _say("The training failed: the servers keep their model")
        return
    model = training.current_model()
    workers = [service for service in services if "bot.server" in service.command]
    for rank, worker in enumerate(workers):
        worker.command[-1] = str(model)
        if worker.process is not None and not worker.has_ended():
            worker.process.send_signal(signal.SIGHUP)
            _wait_for_model(_address(rank), model.name.partition(".")[0])


def _wait_for_model(address: str, fingerprint: str) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=5) as answer:
                if json.load(answer)["model"] == fingerprint:
                    return
        except OSError:
            pass
        time.sleep(0.5)


def _wait_until_ready(address: str, services: list[Service]) -> bool:
    """Whether the server answers, even to say what it misses, before the time is over."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if any(service.essential and service.has_ended() for service in services):
            return False
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.2)
    return False


def _watch(services: list[Service]) -> None:
    while True:
        time.sleep(0.5)
        for service in services:
            if not service.has_ended():
                continue
            is_quick = time.monotonic() - service.started < QUICK_END_SECONDS
            service.quick_ends = service.quick_ends + 1 if is_quick else 0
            if service.quick_ends >= MAX_QUICK_ENDS and service.essential:
                _stop(f"The {service.name} keeps ending: see the messages above.")
            if service.quick_ends >= MAX_QUICK_ENDS:
                _say(f"The {service.name} keeps ending: see the messages above. The rest goes on without it")
                service.process = None
                continue
            _say(f"The {service.name} ended; starting it again")
            service.start()


def _say(text: str) -> None:
    print(f"• {text}", flush=True)


def _stop(text: str) -> None:
    sys.exit(f"✗ {text}")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
