"""Connections to SQLite and PostgreSQL that fail soon and come back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.engine import Engine, make_url

# Longer than any statement of ours takes, shorter than a person waits for an answer.
ANSWER_SECONDS = 4


def engine(url: str) -> Engine:
    """An engine for the database at ``url``."""
    return sa.create_engine(url, **options(url))


def options(url: str) -> dict[str, Any]:
    """The engine options of ``url``: time limits, and connections tried before they are used."""
    if make_url(url).get_backend_name() != "postgresql":
        return {"connect_args": {"timeout": ANSWER_SECONDS}}
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


def make_tables(engine: Engine, tables: sa.MetaData) -> None:
    """Makes the tables that are missing, also where another server makes them at the same moment."""
    try:
        tables.create_all(engine)
    except (sa.exc.IntegrityError, sa.exc.OperationalError, sa.exc.ProgrammingError):
        # The other one was faster with some; now they are there, or the database has another trouble.
        tables.create_all(engine)
