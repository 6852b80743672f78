"""Cases with a history, a label and somebody who has them; reviews by a second reader; wrong answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_cases_and_improving"
down_revision = "0003_live_conversations"

OPENED = "case_opened"


def upgrade() -> None:
    """Adds the columns and tables."""
    connection = op.get_bind()
    # SQLite keeps a count of the numbers given only where the table is made so.
    with op.batch_alter_table("cases", recreate="auto", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("label", sa.String(40), nullable=False, server_default=""))
        table.add_column(sa.Column("assignee_id", sa.Integer))
        table.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        table.create_foreign_key("cases_assignee", "accounts", ["assignee_id"], ["id"])
    if connection.dialect.name == "sqlite":
        _never_again(connection)
    op.create_table(
        "case_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
    )
    op.create_index("ix_case_changes_case_id", "case_changes", ["case_id"])
    with op.batch_alter_table("proposals") as table:
        table.add_column(sa.Column("judge_id", sa.Integer))
        table.add_column(sa.Column("exported_on", sa.Date))
        table.create_foreign_key("proposals_judge", "accounts", ["judge_id"], ["id"])
    op.create_table(
        "handled_messages",
        sa.Column("text_hash", sa.String(64), primary_key=True),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("handled_on", sa.Date, nullable=False),
    )
    op.create_table(
        "wrong_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("responses", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.Column("handler_id", sa.Integer, sa.ForeignKey("accounts.id", name="wrong_answers_handler")),
    )
    op.create_index("ix_wrong_answers_status", "wrong_answers", ["status"])
    op.create_index("ix_wrong_answers_reported_on", "wrong_answers", ["reported_on"])
    op.add_column("activity", sa.Column("place", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    """Removes them."""
    op.drop_column("activity", "place")
    op.drop_table("wrong_answers")
    op.drop_table("handled_messages")
    with op.batch_alter_table("proposals") as table:
        table.drop_constraint("proposals_judge", type_="foreignkey")
        table.drop_column("exported_on")
        table.drop_column("judge_id")
    op.drop_table("case_changes")
    with op.batch_alter_table("cases") as table:
        table.drop_constraint("cases_assignee", type_="foreignkey")
        table.drop_column("version")
        table.drop_column("assignee_id")
        table.drop_column("label")


def _never_again(connection: sa.engine.Connection) -> None:
    """Counts on from the highest number ever given, which the journal knows where the case is erased."""
    given = [0, *connection.scalars(sa.text("SELECT id FROM cases"))]
    told = connection.scalars(
        sa.text("SELECT object FROM journal WHERE action = :opened"), {"opened": OPENED}
    )
    given += [int(text.rpartition(" ")[2]) for text in told if text.rpartition(" ")[2].isdigit()]
    connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'cases'"))
    connection.execute(
        sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', :highest)"), {"highest": max(given)}
    )
