"""The running assistant that conversations are held with: the supervisor and what it starts."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import clock

clock.move_for_all()

# Imported after the clock is moved, as whatever reads it must be.
from bot import settings  # noqa: E402
from bot.nlg.sentences import Sentences  # noqa: E402

# Reading every sentence takes seconds, and each of several hundred desks would.
Sentences.read = staticmethod(functools.cache(Sentences.read))

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 300
# Begun last, these alone would keep a run waiting.
LONGEST = {"test_unseen_conversations.py", "test_understanding.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts first what takes long: the folders, whose tests start servers and browsers, then ``LONGEST``."""
    items.sort(key=lambda item: (item.path.parent == ROOT / "tests", item.path.name not in LONGEST))


@dataclass
class Assistant:
    """A started assistant and its address."""

    address: str
    supervisor: subprocess.Popen[bytes]

    def conversation(self) -> Conversation:
        """A new conversation."""
        return Conversation(self)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
        """The status and text of the answer to a request."""
        request = urllib.request.Request(self.address + path, body, {"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def process(self, module: str) -> psutil.Process:
        """The process that runs ``python -m module``; fails where there is none."""
        children = psutil.Process(self.supervisor.pid).children(recursive=True)
        for child in children:
            # One that another test killed may still be waiting to be collected.
            with contextlib.suppress(psutil.NoSuchProcess):
                if module in child.cmdline():
                    return child
        raise LookupError(f"no process runs {module}")


@dataclass
class Conversation:
    """One person's conversation over REST."""

    assistant: Assistant
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)

    def send(self, message: Any) -> list[dict[str, Any]]:
        """The assistant's messages."""
        body = json.dumps({"sender": self.sender, "message": message}).encode()
        status, text = self.assistant.post("/webhooks/rest/webhook", body)
        assert status == 200, text
        return json.loads(text)

    def say(self, message: Any) -> str:
        """What the assistant answers, its messages joined."""
        return "\n".join(answer["text"] for answer in self.send(message))


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The assistant as ``make run`` starts it, on free ports and with a store of its own."""
    with running(tmp_path_factory.mktemp("state")) as started:
        yield started


@contextlib.contextmanager
def running(state: Path, **changed: str) -> Iterator[Assistant]:
    """Another assistant, whose files are all in ``state``; ``changed`` are settings of its own."""
    environment = {
        **os.environ,
        "ASSISTANT_PORT": str(_free_port()),
        "ASSISTANT_SWITCHES": str(state),
        "CHANNELS_DB": str(state / "channels.db"),
        "CONVERSATIONS_DB": str(state / "conversations.db"),
        # The tests write faster than people; tests/privacy/test_limits.py has the limits.
        **settings.WITHOUT_LIMITS,
        "FEEDBACK_DATABASE_URL": f"sqlite:///{state / 'feedback.db'}",
        "DESK_PORT": str(_free_port()),
        "DESK_DB_URL": f"sqlite:///{state / 'desk.db'}",
        **changed,
    }
    log = (state / "log.txt").open("wb")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "bot"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    started = Assistant(f"http://127.0.0.1:{environment['ASSISTANT_PORT']}", supervisor)
    try:
        _wait_until_healthy(started, Path(log.name))
        yield started
    finally:
        supervisor.terminate()
        supervisor.wait(timeout=30)
        log.close()


def _wait_until_healthy(started: Assistant, log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and started.supervisor.poll() is None:
        try:
            with urllib.request.urlopen(f"{started.address}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the assistant did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
