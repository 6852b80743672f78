"""Runs the whole assistant: ``python -m bot``; ``python -m bot train`` only trains.

One supervisor starts the action server and the assistant's server, starts again the one that ends, and
stops both on Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from bot import settings
from bot.law import parameters

# A process that ends this soon after its start would only end again.
QUICK_END_SECONDS = 5
MAX_QUICK_ENDS = 3
START_SECONDS = 120


@dataclass
class Service:
    """A process to keep running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_ends: int = field(default=0)

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=settings.ROOT, start_new_session=True)

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Asks it to end, and insists after ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def main() -> None:
    """Trains if needed, then serves until stopped."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Run the assistant.")
    parser.add_argument("command", nargs="?", choices=["run", "train"], default="run")
    command = parser.parse_args().command
    settings.apply()
    _check_parameters()
    if command == "run":
        _check_ports()
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
    for variable in ("ASSISTANT_PORT", "ACTION_SERVER_PORT"):
        try:
            port = settings.port(variable)
        except ValueError as error:
            _stop(str(error))
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.get(variable.replace("PORT", "HOST")), port))
            except OSError as error:
                reason = error.strerror or str(error)
                _stop(
                    f"Port {port} cannot be used ({reason}). Choose another: make run {variable}={port + 1}"
                )


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
        Service("action server", [*python, "actions"]),
        Service("assistant", [*python, "bot.server", "--model", str(model)]),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = f"http://{settings.get('ASSISTANT_HOST')}:{settings.port('ASSISTANT_PORT')}"
    begun = time.monotonic()
    try:
        for service in services:
            service.start()
        _say("Starting")
        if not _wait_until_ready(address, services):
            _stop("The assistant did not start: see the messages above.")
        _say(f"Ready in {time.monotonic() - begun:.0f} s. Open {address} (Ctrl-C stops everything)")
        _watch(services)
    except KeyboardInterrupt:
        _say("Stopping")
    finally:
        for service in services:
            service.stop()


def _wait_until_ready(address: str, services: list[Service]) -> bool:
    """Whether the server answers, even to say what it misses, before the time is over."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if any(service.has_ended() for service in services):
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
            if service.quick_ends >= MAX_QUICK_ENDS:
                _stop(f"The {service.name} keeps ending: see the messages above.")
            _say(f"The {service.name} ended; starting it again")
            service.start()


def _say(text: str) -> None:
    print(f"• {text}", flush=True)


def _stop(text: str) -> None:
    sys.exit(f"✗ {text}")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
