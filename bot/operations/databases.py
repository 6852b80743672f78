"""Connections to SQLite and PostgreSQL that fail soon and come back."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateColumn

# More than a turn writes.
ROOM_BYTES = 64 * 1024
# Longer than any statement of ours takes, shorter than a person waits for an answer.
ANSWER_SECONDS = 4


def engine(url: str) -> Engine:
    """An engine for the database at ``url``."""
    made = sa.create_engine(url, **options(url))
    if made.dialect.name == "sqlite":
        sa.event.listen(made, "connect", _append_to_a_log)
    return made


def options(url: str) -> dict[str, Any]:
    """The engine options of ``url``: time limits, and connections tried before they are used."""
    if make_url(url).get_backend_name() != "postgresql":
        # Opening the file and reading its tables takes longer than a statement: connections are kept.
        connect = {"timeout": ANSWER_SECONDS, "check_same_thread": False}
        return {"poolclass": QueuePool, "pool_timeout": ANSWER_SECONDS, "connect_args": connect}
    return {
        "pool_pre_ping": True,
        "pool_timeout": ANSWER_SECONDS,
        "pool_size": 8,
        "connect_args": {
            "connect_timeout": ANSWER_SECONDS,
            # The network may be cut without a word: unacknowledged data ends the connection too.
            "tcp_user_timeout": ANSWER_SECONDS * 1000,
            "keepalives_idle": ANSWER_SECONDS,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            "options": f"-c statement_timeout={ANSWER_SECONDS * 1000}",
        },
    }


def _append_to_a_log(connection: Any, _: Any) -> None:
    # As safe against a power cut as SQLite's own way, which waits for the disk three times a transaction.
    connection.execute("PRAGMA journal_mode=WAL")
    # In pages of 4 kB: a small disk must hold the log beside the tables.
    connection.execute("PRAGMA wal_autocheckpoint=100")


def check(engine: Engine) -> None:
    """Raises SQLAlchemy's error or OSError where the database cannot be read, or not be written to."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # So it is during maintenance, and on a copy that has not taken over yet.
            if connection.execute(sa.text("SHOW transaction_read_only")).scalar_one() == "on":
                raise sa.exc.OperationalError("SHOW transaction_read_only", {}, Exception("read only"))
            return
        connection.execute(sa.text("SELECT 1"))
    file = engine.url.database
    if file:
        # A transaction that is taken back would write nothing, and a full disk would not show.
        with tempfile.TemporaryFile(dir=os.path.dirname(file) or ".", prefix="room-") as probe:
            probe.write(b"\0" * ROOM_BYTES)
            probe.flush()
            os.fsync(probe.fileno())


def make_tables(engine: Engine, tables: sa.MetaData) -> None:
    """Makes the tables that are missing, also where another server makes them at the same moment."""
    try:
        tables.create_all(engine)
    except (sa.exc.IntegrityError, sa.exc.OperationalError, sa.exc.ProgrammingError):
        # The other one was faster with some; now they are there, or the database has another trouble.
        tables.create_all(engine)


def add_missing_columns(engine: Engine, table: sa.Table) -> None:
    """Adds the columns that a table made by an earlier version lacks, also where another server adds them.

    They must allow NULL: that is what the rows of before hold.
    """
    try:
        _add_missing_columns(engine, table)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError):
        # The other one was faster; or the database has another trouble, which shows again.
        _add_missing_columns(engine, table)


def _add_missing_columns(engine: Engine, table: sa.Table) -> None:
    there = {column["name"] for column in sa.inspect(engine).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            with engine.begin() as connection:
                added = CreateColumn(column).compile(dialect=engine.dialect)
                connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {added}"))
