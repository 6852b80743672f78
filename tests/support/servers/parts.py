"""The parts of what is measured: processes that can be started, killed, frozen and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot import settings

START_SECONDS = 600
STOP_SECONDS = 30
PYTHON = [sys.executable, "-W", "ignore", "-m"]


@dataclass
class Part:
    """A process that can be started, killed and started again."""

    name: str
    command: Sequence[str]
    answers: Callable[[], bool]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and returns at once."""
        account = {"user": self.account, "group": self.account} if self.account else {}
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder if self.account else settings.ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **account,
            )

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Waits until it answers; raises RuntimeError with the end of its log where it does not."""
        limit = time.monotonic() + seconds
        while not self.answers():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > limit:
                log = (self.folder / f"{self.name}.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.name} did not start:\n{log}")
            time.sleep(0.1)

    def send(self, what: signal.Signals) -> None:
        """Sends the signal to the process itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(what)

    def kill(self) -> None:
        """Ends it and all it started, at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Asks it to end, and insists."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self.kill()


@contextlib.contextmanager
def started(parts: Sequence[Part]) -> Iterator[None]:
    """The parts, started at once and waited for; stopped in the opposite order, whatever happens."""
    try:
        for part in parts:
            part.start()
        for part in parts:
            part.wait()
        yield
    finally:
        for part in reversed(parts):
            part.stop()


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
