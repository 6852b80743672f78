"""The desk's store: its migrations make the tables that the code reads, and can be undone."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.mediator.store import open_database
from bot.mediator.store.tables import TABLES


def test_the_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'desk.db'}")
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), TABLES) == []


def test_the_migrations_can_be_undone_and_done_again(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'desk.db'}")
    database.downgrade("base")
    assert set(sa.inspect(database.engine).get_table_names()) == {"alembic_version"}
    database.upgrade()
    assert set(sa.inspect(database.engine).get_table_names()) == {"alembic_version", *TABLES.tables}


def test_a_store_opened_again_keeps_what_it_held(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_database(url).transaction() as connection:
        connection.execute(TABLES.tables["desks"].insert().values(name="Mairie", subdivision="", hours={}))
    with open_database(url).transaction() as connection:
        assert connection.scalar(sa.select(TABLES.tables["desks"].c.name)) == "Mairie"
