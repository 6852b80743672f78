"""What is kept and for how long (``retention.yml``): purged, erased and exported by the same description.

A table that does not exist holds nothing: its part was never used here, or runs on another machine with its
own purge. One without the column that names the conversation, made by an earlier version, ties nothing to it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.privacy.pseudonyms import pseudonym

FILE = Path(__file__).parent / "retention.yml"
BUSY_SECONDS = 20

# Gives the value of a setting by its name.
Settings = Callable[[str], str]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of data; the fields are explained in ``retention.yml``."""

    database: str
    table: str
    what: str
    at: str = ""
    keep_days: int = 0
    expires: str = ""
    term: str = ""
    days_setting: str = ""
    conversation: str = ""
    hashed: bool = False
    counted: bool = False
    whole: bool = False
    purged_by: str = ""


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name; raises msgspec's error where the file is wrong."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, Kind])


def purge(setting: Settings, now: dt.datetime) -> dict[str, int]:
    """Removes what is older than its limit at ``now`` (with a zone); by kind, how many rows."""
    removed = {}
    for name, kind in kinds().items():
        with _table(kind, setting) as found:
            if found is not None:
                connection, table = found
                removed[name] = connection.execute(sa.delete(table).where(_is_old(kind, table, now))).rowcount
    return removed


def erase(setting: Settings, conversation: str) -> dict[str, int]:
    """Removes everything that belongs to the conversation; by kind, how many rows."""
    removed = {}
    for name, kind in kinds().items():
        with _table(kind, setting) as found:
            if found is not None and kind.conversation in found[1].c:
                connection, table = found
                own = _belongs(kind, table, conversation)
                removed[name] = connection.execute(sa.delete(table).where(own)).rowcount
    return removed


def export(setting: Settings, conversation: str) -> dict[str, list[dict[str, Any]] | int]:
    """Everything that belongs to the conversation, by kind: the rows as they are stored, or their number."""
    held: dict[str, list[dict[str, Any]] | int] = {}
    for name, kind in kinds().items():
        with _table(kind, setting) as found:
            if found is not None and kind.conversation in found[1].c:
                connection, table = found
                rows = connection.execute(sa.select(table).where(_belongs(kind, table, conversation))).all()
                held[name] = len(rows) if kind.counted else [_readable(row._asdict()) for row in rows]
    return held


def _belongs(kind: Kind, table: sa.Table, conversation: str) -> Any:
    """The SQL condition for the rows of the conversation."""
    return table.c[kind.conversation] == (pseudonym(conversation) if kind.hashed else conversation)


def _is_old(kind: Kind, table: sa.Table, now: dt.datetime) -> Any:
    """The SQL condition for rows older than their limit."""
    if kind.expires:
        column = table.c[kind.expires]
        return column <= _as_stored(column, now)
    column = table.c[kind.at]
    limit = _as_stored(column, now - dt.timedelta(days=kind.keep_days))
    if not kind.whole:
        return column < limit
    owner = table.c[kind.conversation]
    young = sa.select(owner).where(column >= limit)
    return owner.notin_(young)


def _as_stored(column: Any, moment: dt.datetime) -> Any:
    """The moment converted to the column's type."""
    if isinstance(column.type, sa.DateTime):
        return moment.astimezone(dt.UTC).replace(tzinfo=None)
    if isinstance(column.type, sa.Date):
        return moment.date()
    return moment.timestamp()


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


@contextmanager
def _table(kind: Kind, setting: Settings) -> Iterator[tuple[Connection, sa.Table] | None]:
    """A transaction and the table of the kind; None where there is no such table."""
    url = _url(setting(kind.database))
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        yield None
        return
    engine = _engine(url)
    if not sa.inspect(engine).has_table(kind.table):
        yield None
        return
    table = sa.Table(kind.table, sa.MetaData(), autoload_with=engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Without it, deleted rows remain readable in the file until the space is reused.
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            # What hangs on a row goes with it, as PostgreSQL does by itself.
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        yield connection, table
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    options = {"connect_args": {"timeout": BUSY_SECONDS}} if url.startswith("sqlite") else {}
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, **options)


def _url(database: str) -> str:
    return database if "://" in database else f"sqlite:///{database}"
