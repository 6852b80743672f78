"""The tables of the message queue, on SQLite or PostgreSQL, and how a database is opened for them.

Tables and columns are named as in the SQLite files of earlier versions: such a file is read as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from bot.operations import databases

METADATA = sa.MetaData()


def _conversation(**options: Any) -> sa.Column[str]:
    return sa.Column("lane", sa.String(255), key="conversation", **options)


def _row() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


# Each event that came, by its fingerprint: a copy is known for a copy.
SEEN = sa.Table(
    "seen",
    METADATA,
    sa.Column("channel", sa.String(64), primary_key=True),
    sa.Column("key", sa.LargeBinary(16), primary_key=True),
    sa.Column("at", sa.Double),
)
# Events that wait for their answer; an answered one is gone.
INBOX = sa.Table(
    "inbox",
    METADATA,
    _row(),
    _conversation(),
    sa.Column("channel", sa.String(64)),
    sa.Column("event", sa.Text),
    sa.Column("at", sa.Double),
    sa.Index("inbox_lane", "conversation", "id"),
    # A number that was used is not used again: an event answered long ago is not taken for another.
    sqlite_autoincrement=True,
)
# Calls that wait. ``sending``: it is on its way. ``typed_at``: the server that holds its words as typed.
OUTBOX = sa.Table(
    "outbox",
    METADATA,
    _row(),
    _conversation(),
    sa.Column("channel", sa.String(64)),
    sa.Column("answer", sa.String(255)),
    sa.Column("call", sa.Text),
    sa.Column("sending", sa.Integer, default=0),
    sa.Column("attempts", sa.Integer, default=0),
    sa.Column("due", sa.Double, default=0.0),
    sa.Column("at", sa.Double),
    sa.Column("typed_at", sa.String(32)),
    sa.Index("outbox_lane", "conversation", "id"),
    sqlite_autoincrement=True,
)
# Which server works on a conversation, and until when it does without saying so again.
LEASES = sa.Table(
    "leases",
    METADATA,
    _conversation(primary_key=True),
    sa.Column("owner", sa.String(32), nullable=False),
    sa.Column("until", sa.Double, nullable=False),
)
FAILURES = sa.Table(
    "failures",
    METADATA,
    _row(),
    sa.Column("channel", sa.String(64)),
    sa.Column("call", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("at", sa.Double),
)
COUNTS = sa.Table(
    "counts",
    METADATA,
    sa.Column("channel", sa.String(64), primary_key=True),
    sa.Column("what", sa.String(64), primary_key=True),
    sa.Column("number", sa.BigInteger),
)
ADDRESSES = sa.Table(
    "addresses",
    METADATA,
    _conversation(primary_key=True),
    sa.Column("channel", sa.String(64)),
    sa.Column("address", sa.Text),
    sa.Column("at", sa.Double),
)
PEOPLE = sa.Table(
    "people",
    METADATA,
    _conversation(primary_key=True),
    sa.Column("heard", sa.Double),
    sa.Column("stopped", sa.Integer, default=0),
)
SENT = sa.Table(
    "sent",
    METADATA,
    sa.Column("channel", sa.String(64), primary_key=True),
    sa.Column("key", sa.LargeBinary(16), primary_key=True),
    _conversation(),
    sa.Column("answer", sa.String(255)),
    sa.Column("answered", sa.Double),
    sa.Column("at", sa.Double),
)
UNDELIVERED = sa.Table(
    "undelivered",
    METADATA,
    _row(),
    _conversation(),
    sa.Column("answer", sa.String(255)),
    sa.Column("answered", sa.Double),
    sa.Column("why", sa.String(64)),
    sa.Column("at", sa.Double),
    sa.Index("undelivered_lane", "conversation", "id"),
)


def url_of(database: str) -> str:
    """The database's address; a value that is none is the path of a SQLite file."""
    return database if "://" in database else f"sqlite:///{database}"


def exists(database: str) -> bool:
    """Whether there is something to read: a SQLite file may not have been written yet."""
    url = make_url(url_of(database))
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


def opened(database: str) -> Engine:
    """An engine for the database, whose tables are there."""
    url = make_url(url_of(database))
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = databases.engine(url_of(database))
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _erase_what_is_deleted)
        sa.event.listen(engine, "begin", _begin)
    databases.make_tables(engine, METADATA)
    databases.add_missing_columns(engine, OUTBOX)
    return engine


def copy(source: Engine, target: Engine) -> int:
    """How many rows were copied from one database to another that holds none of them: all or none.

    Raises SQLAlchemy's IntegrityError where the other holds one already.
    """
    copied = 0
    with source.connect().execution_options(only_reads=True) as read, target.begin() as write:
        for table in METADATA.sorted_tables:
            columns = [column for column in table.c if column.key != "id"]
            names = [column.key for column in columns]
            asked = sa.select(*columns).order_by(*table.primary_key)
            rows = [dict(zip(names, row, strict=True)) for row in read.execute(asked)]
            if table is not LEASES and rows:
                write.execute(sa.insert(table), rows)
                copied += len(rows)
    return copied


def _erase_what_is_deleted(connection: Any, _: Any) -> None:
    # Transactions are begun below, before the first statement: the driver would begin one at the first write.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")
    # Each message is several small transactions: the disk is waited for when the log holds 4 MB.
    connection.execute("PRAGMA wal_autocheckpoint=1000")


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("only_reads"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
