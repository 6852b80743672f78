"""The message queue's database: a SQLite file, or a database of its own in a PostgreSQL started once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.operations.conftest import need
from tests.support.servers import services
from tests.support.servers.parts import started

_names = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty PostgreSQL, below which databases are made."""
    need(services.missing(("postgres",)))
    folder = tmp_path_factory.mktemp("queue")
    services.open_the_way_to(folder)
    part = services.postgres(folder)
    with started((part,)):
        yield services.url_of(part)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What CHANNELS_DB names: nothing is in it yet."""
    if request.param == "sqlite":
        return str(tmp_path / "channels.db")
    server, name = request.getfixturevalue("postgres"), f"queue_{next(_names)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server.rpartition('/')[0]}/{name}"
