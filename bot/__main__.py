"""Runs the whole assistant: ``python -m bot``; ``python -m bot train`` only trains.

One supervisor (``bot/supervisor.py``) runs the assistant's servers (ASSISTANT_WORKERS of them, each on its
own port, for a proxy in front) and the mediators' desk. It stops all on SIGTERM, on Ctrl-C and when its
terminal is closed. On a SIGHUP that somebody sends it trains if the data changed and has each server take the
new model, one after the other, while all go on answering.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
import urllib.error
from pathlib import Path

from bot import addresses, desk_link, listening, neighbours, progress, settings, streams
from bot.law import parameters
from bot.supervisor import Service, Supervisor, say, stop

# What a start must be able to write; with messaging channels, their server looks at the queue.
STORES = ("CONVERSATIONS_DB", "FEEDBACK_DATABASE_URL", "DESK_DB_URL")
# How long a start may take, and what it took on two cores.
START_SECONDS, USUAL_START_SECONDS = 120, 15


def main() -> None:
    """Trains if needed, then serves until stopped."""
    streams.begin_in_utf8()
    parser = argparse.ArgumentParser(prog="python -m bot", description="Run the assistant.")
    parser.add_argument("command", nargs="?", choices=["run", "train"], default="run")
    command = parser.parse_args().command
    # Not KeyboardInterrupt: scikit-learn takes that for a wish to learn no further, and goes on.
    signal.signal(signal.SIGINT, lambda *_: stop("Stopped"))
    settings.start(*(STORES if command == "run" else ()))
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
        say(f"The dated values cannot be read, answers with figures will say so: {error}")


def _check_ports() -> None:
    first = settings.port("ASSISTANT_PORT")
    for port in range(first, first + _workers()):
        try:
            listening.listener(settings.get("ASSISTANT_HOST"), port).close()
        except OSError as error:
            reason, other = error.strerror or str(error), f"ASSISTANT_PORT={port + 1}"
            stop(f"Port {port} cannot be used ({reason}). Choose another: make run {other}")


def _workers() -> int:
    return int(settings.get("ASSISTANT_WORKERS"))


def _model() -> Path:
    # Imported here: the checks above must not wait for it.
    from bot import training

    current = training.current_model()
    if current.exists():
        say("The model is up to date")
        return current
    say("Teaching the assistant its questions: they are new here, or they have changed")
    from bot.engine.model_training import SECONDS

    begun = time.monotonic()
    try:
        with progress.shown(SECONDS):
            model = training.train_if_needed()
    except OSError as error:
        stop(f"The model cannot be written ({error.strerror}). Is the disk full?")
    except Exception as error:
        stop(f"The training failed: {_reason(error)}")
    say(f"Trained in {time.monotonic() - begun:.0f} s")
    return model


def _reason(error: BaseException) -> str:
    """What went wrong, beneath the errors that only say where."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"


def _serve(model: Path) -> None:
    workers = [
        Service(_name(rank), ["bot.server", "--model", str(model)], _of_worker(rank))
        for rank in range(_workers())
    ]
    desk = Service("desk", ["bot.mediator"], essential=False)
    begun = time.monotonic()
    with Supervisor([*workers, desk]) as supervisor:
        supervisor.start(workers)
        say("Starting")
        with progress.shown({"loading the model": USUAL_START_SECONDS}):
            progress.step("loading the model")
            is_ready = all(_is_ready(_address(rank), supervisor, workers) for rank in range(_workers()))
        if not is_ready:
            stop("The assistant did not start: see the messages above.")
        say(f"Ready in {time.monotonic() - begun:.0f} s. Open {_address(0)} (Ctrl-C stops everything)")
        supervisor.start([desk])
        say(f"The mediators' desk: {desk_link.public_address()}")
        supervisor.watch(lambda: _replace_model(supervisor, workers))


def _name(rank: int) -> str:
    return "assistant" if _workers() == 1 else f"assistant {rank + 1}"


def _of_worker(rank: int) -> dict[str, str]:
    """What a worker of that rank has of its own."""
    own = {"ASSISTANT_PORT": str(settings.port("ASSISTANT_PORT") + rank)}
    if os.environ.get("METRICS_PORT"):
        own["METRICS_PORT"] = str(settings.port("METRICS_PORT") + rank)
    return own


def _address(rank: int) -> str:
    return addresses.here(settings.get("ASSISTANT_HOST"), settings.port("ASSISTANT_PORT") + rank)


def _is_ready(address: str, supervisor: Supervisor, workers: list[Service]) -> bool:
    """Whether the server comes to answer, even to say what it misses, before the time is over."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if any(worker.has_ended() for worker in workers):
            return False
        try:
            with neighbours.open_url(f"{address}/health", 2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            supervisor.wait(0.2)
    return False


def _replace_model(supervisor: Supervisor, workers: list[Service]) -> None:
    """Trains in a process of its own, so that nothing of it stays here; then the servers change over."""
    from bot import training

    say("Looking for changes in what the assistant learns from")
    if supervisor.spawn(["bot", "train"]).wait():
        say("The training failed: the servers keep their model")
        return
    model = training.current_model()
    for rank, worker in enumerate(workers):
        worker.command[-1] = str(model)
        if worker.process is not None and not worker.has_ended():
            worker.process.send_signal(signal.SIGHUP)
            _wait_for_model(_address(rank), model.name.partition(".")[0])


def _wait_for_model(address: str, fingerprint: str) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        try:
            with neighbours.open_url(f"{address}/ready", 5) as answer:
                if json.load(answer)["model"] == fingerprint:
                    return
        except OSError:
            pass
        time.sleep(0.5)


if __name__ == "__main__":
    main()
