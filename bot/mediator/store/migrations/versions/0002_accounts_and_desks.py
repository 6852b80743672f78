"""A second factor, resets, failed sign-ins; desks that close, and days that are not as the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_accounts_and_desks"
down_revision = "0001"

DESKS = sa.table("desks", sa.column("subdivision", sa.String))
# Zones of school holidays, which used to be offered: their public holidays are the mainland's.
SCHOOL_ZONES = ("Zone A", "Zone B", "Zone C")


def upgrade() -> None:
    """Adds the tables and columns."""
    op.add_column("desks", sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(DESKS.update().where(DESKS.c.subdivision.in_(SCHOOL_ZONES)).values(subdivision=""))
    op.create_table(
        "desk_days",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("desk_id", sa.Integer, sa.ForeignKey("desks.id"), nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("spans", sa.JSON, nullable=False),
    )
    op.create_index("ix_desk_days_desk_id", "desk_days", ["desk_id"])
    op.add_column("accounts", sa.Column("password_set_at", sa.DateTime))
    op.add_column("accounts", sa.Column("totp_secret", sa.String(255)))
    op.add_column("accounts", sa.Column("totp_pending", sa.String(255)))
    op.add_column("accounts", sa.Column("totp_step", sa.Integer))
    op.add_column("invitations", sa.Column("label", sa.String(80), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("awaits_code", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("sessions", sa.Column("provider_token", sa.Text))
    op.create_table(
        "resets",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )
    op.create_index("ix_resets_account_id", "resets", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("used_at", sa.DateTime),
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
    op.create_table(
        "policies",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("login", sa.String(80), nullable=False),
        sa.Column("network", sa.String(50), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
    )
    op.create_index("ix_failed_sign_ins_at", "failed_sign_ins", ["at"])


def downgrade() -> None:
    """Removes them."""
    for table in ("failed_sign_ins", "policies", "recovery_codes", "resets", "desk_days"):
        op.drop_table(table)
    for table, column in (
        ("sessions", "provider_token"),
        ("sessions", "awaits_code"),
        ("invitations", "label"),
        ("accounts", "totp_step"),
        ("accounts", "totp_pending"),
        ("accounts", "totp_secret"),
        ("accounts", "password_set_at"),
        ("desks", "closed"),
    ):
        op.drop_column(table, column)
