"""A full disk, a database in maintenance: a person is told, /ready says no, the log stays small."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from bot.channels.turns import message_handler
from bot.operations import databases
from bot.repeats import MOST_LINES, Repeats
from tests.conftest import Assistant
from tests.support.servers.cluster import Cluster

# No file can grow past its first page.
FULL = 4096


@contextmanager
def full_disk(assistant: Assistant) -> Iterator[None]:
    """Meanwhile the server can write no more than on a full disk."""
    server = assistant.process("bot.server").pid
    before = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (FULL, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, before)


def ready(assistant: Assistant) -> tuple[int, list[str]]:
    try:
        with urllib.request.urlopen(f"{assistant.address}/ready", timeout=30) as answer:
            return answer.status, json.load(answer)["missing"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["missing"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_on_a_full_disk_a_person_is_told_and_all_is_well_again_with_room(assistant: Assistant) -> None:
    conversation = assistant.conversation()
    conversation.say("combien coûte un duplicata")
    log = Path(assistant.process("bot.server").environ()["CONVERSATIONS_DB"]).with_name("log.txt")
    seen = log.stat().st_size
    assert ready(assistant) == (200, [])
    with full_disk(assistant):
        answers = [conversation.send("plaque 123 AB 75") for _ in range(5)]
        assert ready(assistant) == (503, ["conversations"])
    for answer in answers:
        names = [message["metadata"]["response"] for message in answer]
        assert names == ["utter_quote_old_plate", "utter_notice_not_kept"]
    lines = log.read_bytes()[seen:].decode(errors="replace").splitlines()
    assert len([line for line in lines if "a turn failed" in line]) == 1
    assert ready(assistant) == (200, [])
    (answer, *_) = conversation.send("plaque 123 AB 75")
    assert answer["metadata"]["response"] == "utter_quote_old_plate"


def test_a_database_that_only_reads_is_not_ready(servers: Cluster) -> None:
    server = f"postgresql://assistant@127.0.0.1:{servers.store_ports['postgres']}"
    administration = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE maintained"))
        connection.execute(sa.text("ALTER DATABASE maintained SET default_transaction_read_only = on"))
    maintained = sa.create_engine(f"{server}/maintained", poolclass=sa.NullPool)
    with pytest.raises(sa.exc.OperationalError, match="read only"):
        databases.check(maintained)
    with administration.connect() as connection:
        connection.execute(sa.text("ALTER DATABASE maintained RESET default_transaction_read_only"))
    databases.check(maintained)
    administration.dispose()


def test_looking_for_room_leaves_no_file(tmp_path: Path) -> None:
    engine = databases.engine(f"sqlite:///{tmp_path / 'talks.db'}")
    databases.check(engine)
    assert not [file for file in tmp_path.iterdir() if not file.name.startswith("talks.db")]


class Away:
    """The parts of an agent whose database is away before anything is answered."""

    def __init__(self, error: Exception) -> None:
        """Every turn ends in that error."""
        self.lock_store = self.processor = self
        self._error = error

    def is_ready(self) -> bool:
        """It has its model."""
        return True

    @asynccontextmanager
    async def lock(self, _: str) -> AsyncIterator[None]:
        """Nobody else is at work."""
        yield

    async def handle_message(self, _: object) -> None:
        """Fails."""
        raise self._error


@pytest.mark.parametrize(
    ("error", "response"),
    [
        (sa.exc.OperationalError("", {}, Exception()), "utter_notice_unavailable"),
        (TimeoutError(), "utter_notice_unavailable"),
        (OSError(28, "No space left on device"), "utter_notice_unavailable"),
        (ValueError(), "utter_notice_failure"),
    ],
)
def test_only_where_another_wording_may_help_a_person_is_asked_for_one(
    error: Exception, response: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_SWITCHES", str(tmp_path))
    app = SimpleNamespace(ctx=SimpleNamespace(agent=Away(error)))
    (told,) = asyncio.run(message_handler.handle_message(app, "bonjour", "somebody", "rest"))
    assert told["metadata"]["response"] == response
    assert ("telle quelle" in told["text"]) is (response == "utter_notice_unavailable")


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        """The seconds it shows."""
        return self.seconds


def line(text: str, *values: object, level: int = logging.ERROR) -> logging.LogRecord:
    return logging.LogRecord("bot", level, __file__, 1, text, values, None)


def test_a_line_that_repeats_itself_is_written_once_a_minute_with_its_number() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    written = []
    for second in range(130):
        clock.seconds = float(second)
        record = line("a turn failed: %s", "OperationalError")
        if repeats.filter(record):
            written.append(record.getMessage())
    assert written == [
        "a turn failed: OperationalError",
        *["a turn failed: OperationalError (and 59 times more since the last such line)"] * 2,
    ]


def test_lines_that_differ_and_lines_of_no_failure_are_all_written() -> None:
    repeats = Repeats(Clock())
    assert all(repeats.filter(line("a turn failed: %s", kind)) for kind in ("TimeoutError", "OSError"))
    assert all(repeats.filter(line("a packet is left aside", level=logging.INFO)) for _ in range(3))


def test_what_was_written_long_ago_is_forgotten() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    for number in range(3 * MOST_LINES):
        clock.seconds += 1.0
        assert repeats.filter(line(f"failure {number}"))
    assert len(repeats._written) <= MOST_LINES
