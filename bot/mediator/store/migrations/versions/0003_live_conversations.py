"""Conversations passed on, left as a message, ended with an outcome; who is there; ready replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_live_conversations"
down_revision = "0002_accounts_and_desks"

HANDOVER_COLUMNS = {
    "told_place": sa.Integer,
    "passed_by": sa.String(80),
    "passed_at": sa.DateTime,
    "note": sa.Text,
    "outcome": sa.String(24),
}


def upgrade() -> None:
    """Adds them."""
    for name, kind in HANDOVER_COLUMNS.items():
        op.add_column("handovers", sa.Column(name, kind))
    op.add_column("codes", sa.Column("subject", sa.String(80), nullable=False, server_default=""))
    op.create_table(
        "presence",
        sa.Column(
            "account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("available", sa.Boolean, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id")),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_replies_account_id", "replies", ["account_id"])


def downgrade() -> None:
    """Removes them."""
    op.drop_table("replies")
    op.drop_table("presence")
    with op.batch_alter_table("codes") as table:
        table.drop_column("subject")
    with op.batch_alter_table("handovers") as table:
        for name in HANDOVER_COLUMNS:
            table.drop_column(name)
