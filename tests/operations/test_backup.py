"""A conversation survives the loss of its database, and a new release of the assistant."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot import settings
from bot.operations import backup
from tests.conftest import Assistant, Conversation
from tests.support.servers.cluster import Cluster

LAST_RELEASE = Path(__file__).with_name("conversation_of_the_last_release.json")


def test_a_sqlite_database_is_copied_while_in_use_and_put_back(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    urls = {"conversations": make_url(f"sqlite:///{file}")}
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE events (data TEXT)")
        database.execute("INSERT INTO events VALUES ('kept')")
        database.commit()
        (copy,) = backup.back_up(tmp_path / "copy", urls)
        database.execute("DELETE FROM events")
        database.commit()
    assert copy.stat().st_mode & 0o077 == 0
    backup.restore(tmp_path / "copy", urls)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT data FROM events").fetchall() == [("kept",)]


def test_a_postgresql_database_is_copied_and_put_back(servers: Cluster, tmp_path: Path) -> None:
    url = f"postgresql://assistant@127.0.0.1:{servers.store_ports['postgres']}"
    with sa.create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT").connect() as server:
        server.execute(sa.text("CREATE DATABASE spare"))
    urls = {"conversations": make_url(f"{url}/spare")}
    engine = sa.create_engine(urls["conversations"])
    with engine.begin() as database:
        database.execute(sa.text("CREATE TABLE events (data TEXT)"))
        database.execute(sa.text("INSERT INTO events VALUES ('kept')"))
    backup.back_up(tmp_path / "copy", urls)
    with engine.begin() as database:
        database.execute(sa.text("DROP TABLE events"))
    backup.restore(tmp_path / "copy", urls)
    with engine.connect() as database:
        assert database.execute(sa.text("SELECT data FROM events")).scalars().all() == ["kept"]
    engine.dispose()


def test_a_backup_overwrites_no_other(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    sqlite3.connect(file).close()
    urls = {"conversations": make_url(f"sqlite:///{file}")}
    backup.back_up(tmp_path / "copy", urls)
    with pytest.raises(backup.NotPossible, match="another folder"):
        backup.back_up(tmp_path / "copy", urls)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "bot.operations", "restore", str(tmp_path)]
    done = subprocess.run(command, cwd=settings.ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "holds no backup" in done.stderr


def test_a_conversation_begun_with_the_last_release_goes_on(assistant: Assistant) -> None:
    """Its stored events are put into the database of the running assistant, as an upgrade finds them."""
    recorded = json.loads(LAST_RELEASE.read_text(encoding="utf-8"))
    sender = uuid.uuid4().hex
    # A database has its tables once somebody has spoken, whichever test comes first.
    assistant.conversation().say("bonjour")
    file = assistant.process("bot.server").environ()["CONVERSATIONS_DB"]
    # As if it had been held just now: a session ends after an hour of silence.
    later = time.time() - recorded["events"][-1]["timestamp"]
    with closing(sqlite3.connect(file)) as database:
        for event in recorded["events"]:
            event["timestamp"] += later
            columns = (sender, event["event"], event["timestamp"], json.dumps(event))
            database.execute(
                "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", columns
            )
        database.commit()
    conversation = Conversation(assistant, sender)
    summary = conversation.say("où en est-on ?")
    assert all(fact in summary for fact in recorded["facts"]), summary
    (answer, *_) = conversation.send(recorded["button"])
    assert answer["metadata"]["response"] == f"utter_{recorded['button'].removeprefix('/')}"
