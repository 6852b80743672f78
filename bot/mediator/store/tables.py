"""The desk's tables. Moments are UTC without a zone; nothing nominative of a citizen has a column."""

from __future__ import annotations

import sqlalchemy as sa

TABLES = sa.MetaData()

# --- who works here ----------------------------------------------------------------------------------
DESKS = sa.Table(
    "desks",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    # Whose public holidays are kept: "" for the mainland, or a subdivision of the ``holidays`` library.
    sa.Column("subdivision", sa.String(32), nullable=False),
    # {"0": [["09:00", "12:00"]], …} by day of the week, Monday first.
    sa.Column("hours", sa.JSON, nullable=False),
    # Closed until further notice: its hours are kept for the day when it opens again.
    sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.false()),
)
# The days on which a desk does not keep its usual hours.
DESK_DAYS = sa.Table(
    "desk_days",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("desk_id", sa.ForeignKey("desks.id"), nullable=False, index=True),
    sa.Column("first_on", sa.Date, nullable=False),
    sa.Column("last_on", sa.Date, nullable=False),
    # [["09:00", "12:00"], …] as on any day; an empty list: closed.
    sa.Column("spans", sa.JSON, nullable=False),
)
ACCOUNTS = sa.Table(
    "accounts",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("login", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("desk_id", sa.ForeignKey("desks.id")),
    sa.Column("password_hash", sa.String(255)),
    sa.Column("password_set_at", sa.DateTime),
    # The sealed secret of the second factor, and the one that is being set up.
    sa.Column("totp_secret", sa.String(255)),
    sa.Column("totp_pending", sa.String(255)),
    # The period of the last code that was used: neither it nor an older one is taken again.
    sa.Column("totp_step", sa.Integer),
    # The identity provider's name for the account, where it signs in through one.
    sa.Column("subject", sa.String(255), unique=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
INVITATIONS = sa.Table(
    "invitations",
    TABLES,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("desk_id", sa.ForeignKey("desks.id")),
    sa.Column("invited_by", sa.String(80), nullable=False),
    # For whom, in the words of who invited.
    sa.Column("label", sa.String(80), nullable=False, server_default=""),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("used_at", sa.DateTime),
)
# One-time links by which somebody who forgot a password chooses another.
RESETS = sa.Table(
    "resets",
    TABLES,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("made_by", sa.String(80), nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("used_at", sa.DateTime),
)
# What opens an account once when the telephone with the second factor is lost.
RECOVERY_CODES = sa.Table(
    "recovery_codes",
    TABLES,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("used_at", sa.DateTime),
)
# What administrators decided for everybody, by name.
POLICIES = sa.Table(
    "policies",
    TABLES,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)
# Sign-ins that failed, for administrators: the login only where it is somebody's (people type their
# password into that field), of the address only the network.
FAILED_SIGN_INS = sa.Table(
    "failed_sign_ins",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("login", sa.String(80), nullable=False),
    sa.Column("network", sa.String(50), nullable=False),
    sa.Column("reason", sa.String(24), nullable=False),
)
SESSIONS = sa.Table(
    "sessions",
    TABLES,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # The last page asked for by a person, and the last sign of life of a page left open.
    sa.Column("used_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False),
    # The password was right, the second factor is still to come: such a session opens no page.
    sa.Column("awaits_code", sa.Boolean, nullable=False, server_default=sa.false()),
    # The identity provider's sealed proof, by which it is told of the end of the session.
    sa.Column("provider_token", sa.Text),
)
ATTEMPTS = sa.Table(
    "attempts",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Index("attempts_by_key", "kind", "key_hash", "at"),
)
# Who is there for citizens, as they say themselves; an account without a row is as its role has it.
PRESENCE = sa.Table(
    "presence",
    TABLES,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    sa.Column("available", sa.Boolean, nullable=False),
    # The most conversations at a time.
    sa.Column("most", sa.Integer, nullable=False),
)
JOURNAL = sa.Table(
    "journal",
    TABLES,
    sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("object", sa.String(120), nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
)
# One row: how many lines the journal has and the seal of the last, so that a line missing at its end shows.
JOURNAL_HEAD = sa.Table(
    "journal_head",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

# --- conversations with a person ---------------------------------------------------------------------
HANDOVERS = sa.Table(
    "handovers",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    # Emptied when the row has reached its age: the rest is for counting.
    sa.Column("conversation", sa.String(128), index=True),
    sa.Column("origin", sa.String(8), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("status", sa.String(12), nullable=False, index=True),
    sa.Column("requested_at", sa.DateTime, nullable=False),
    sa.Column("taken_at", sa.DateTime),
    sa.Column("active_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
    sa.Column("account_id", sa.ForeignKey("accounts.id")),
    # The place that the person was told last, while they wait.
    sa.Column("told_place", sa.Integer),
    # From whom it came, since when its new mediator has not opened it, and the (masked) note beside it.
    sa.Column("passed_by", sa.String(80)),
    sa.Column("passed_at", sa.DateTime),
    sa.Column("note", sa.Text),
    # What became of it, as the mediator who ended it says.
    sa.Column("outcome", sa.String(24)),
)
CODES = sa.Table(
    "codes",
    TABLES,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("conversation", sa.String(128), nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("used_at", sa.DateTime),
    sa.Column("subject", sa.String(80), nullable=False, server_default=""),
)

# --- what mediators keep -----------------------------------------------------------------------------
CASES = sa.Table(
    "cases",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("next_on", sa.Date),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("changed_on", sa.Date, nullable=False),
    sa.Column("erase_on", sa.Date, nullable=False, index=True),
    # A few words of the team's own, as "à rappeler"; who has taken the case on.
    sa.Column("label", sa.String(40), nullable=False, server_default=""),
    sa.Column("assignee_id", sa.ForeignKey("accounts.id", name="cases_assignee")),
    # Grows with each change: a form made from an older one is told so.
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    # People note the number in their own diary: it is never given again, not by SQLite either.
    sqlite_autoincrement=True,
)
# Who changed what of a case, and when; erased with the case.
CASE_CHANGES = sa.Table(
    "case_changes",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # [[what, before, after], …]
    sa.Column("changes", sa.JSON, nullable=False),
)
# Sentences ready to be sent: of one account, or of everybody where none is named.
REPLIES = sa.Table(
    "replies",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), index=True),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
PROPOSALS = sa.Table(
    "proposals",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("example", sa.String(400), nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("proposed_on", sa.Date, nullable=False),
    # The second reader, and the day on which the example was handed on in a file.
    sa.Column("judge_id", sa.ForeignKey("accounts.id", name="proposals_judge")),
    sa.Column("exported_on", sa.Date),
)
# Messages that editors are done with, by a keyed hash of their words: the words stay with the bot.
HANDLED_MESSAGES = sa.Table(
    "handled_messages",
    TABLES,
    sa.Column("text_hash", sa.String(64), primary_key=True),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("handled_on", sa.Date, nullable=False),
)
# Answers that somebody at the desk says are wrong: the question (masked) and facts that they answered.
WRONG_ANSWERS = sa.Table(
    "wrong_answers",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("responses", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("status", sa.String(12), nullable=False, index=True),
    sa.Column("reported_on", sa.Date, nullable=False, index=True),
    sa.Column("handler_id", sa.ForeignKey("accounts.id", name="wrong_answers_handler")),
)
# What happened, for reports: no conversation, no account, no text.
ACTIVITY = sa.Table(
    "activity",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("desk", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("outcome", sa.String(24), nullable=False),
    sa.Column("minutes", sa.Integer),
    # Where the help was given: "face_to_face" or "remote".
    sa.Column("place", sa.String(16), nullable=False, server_default=""),
)
