"""The desk's own store: SQLAlchemy tables, changed by Alembic migrations only."""

from bot.mediator.store.database import Database, open_database

__all__ = ["Database", "open_database"]
