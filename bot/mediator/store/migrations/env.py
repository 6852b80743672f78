"""Runs the migrations on the engine that the desk opened; Alembic executes this file itself."""

from alembic import context

from bot.mediator.store.tables import TABLES

with context.config.attributes["engine"].begin() as connection:
    context.configure(connection=connection, target_metadata=TABLES, render_as_batch=True)
    context.run_migrations()
