"""Opens the desk's database, SQLite or PostgreSQL by its URL, and brings it up to date."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 20


class Database:
    """One transaction at a time for each caller: all of it is stored, or nothing."""

    def __init__(self, engine: Engine) -> None:
        """Speaks to the database behind ``engine``."""
        self.engine = engine
        self._thread = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept at the end, or dropped where an exception leaves the block.

        Raises RuntimeError within another one of the same thread, which would wait for itself.
        """
        if getattr(self._thread, "is_busy", False):
            raise RuntimeError("a transaction within another")
        self._thread.is_busy = True
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            self._thread.is_busy = False

    def upgrade(self, revision: str = "head") -> None:
        """Brings the tables to ``revision``."""
        command.upgrade(self._configuration(), revision)

    def downgrade(self, revision: str) -> None:
        """Takes the tables back to ``revision``; "base" removes them all."""
        command.downgrade(self._configuration(), revision)

    def _configuration(self) -> Config:
        configuration = Config()
        configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        configuration.attributes["engine"] = self.engine
        return configuration


def open_database(url: str) -> Database:
    """The database at ``url`` with its tables up to date; raises SQLAlchemyError where it cannot be used."""
    # An error of the database must not carry what a person wrote into the log.
    engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _make_careful(engine)
    database = Database(engine)
    database.upgrade()
    return database


def _make_careful(engine: Engine) -> None:
    """Makes SQLite wait its turn: a transaction takes the lock when it begins, not in its middle."""

    @sa.event.listens_for(engine, "connect")
    def prepare(connection, _) -> None:  # type: ignore[no-untyped-def]
        # Python's own driver begins transactions too late; SQLAlchemy's documentation turns it off like this.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
