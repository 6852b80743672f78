"""Where sheets are kept: facts under the hash of a token that only the person has, until they expire.

The table is no list of sheets: without its token a row can neither be found nor opened. It does not tell who
asked; beside a sheet made in a conversation stands a hash of the conversation's id, by which erasing the
conversation erases its sheets (``bot/privacy/retention.yml``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from bot import settings
from bot.guides.facts import Facts
from bot.operations import databases
from bot.privacy.pseudonyms import pseudonym
from bot.takeaway.case import SheetCase, kept, kept_guide

# 160 bits in 27 characters: beyond guessing, and still short enough for a text message.
TOKEN_BYTES = 20
TOKEN = re.compile(r"[A-Za-z0-9_-]{27}")

TABLES = sa.MetaData()
SHEETS = sa.Table(
    "sheets",
    TABLES,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("guide", sa.String(32), nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
    # In UTC, without a zone: not every database keeps one.
    sa.Column("expires_at", sa.DateTime, nullable=False, index=True),
    # Whose conversation; NULL where the sheet was made outside any.
    sa.Column("conversation_hash", sa.String(64)),
    # How often its facts were corrected, and when last (UTC); NULL where never, or before this was counted.
    sa.Column("revision", sa.Integer),
    sa.Column("changed_at", sa.DateTime),
)


@dataclass(frozen=True)
class KeptSheet:
    """A sheet found by its token: its case, and when it stops answering (UTC).

    ``revision`` is the number of its corrections; ``changed_at`` is the time of the last one, or the first
    hour of the day it was made (UTC, with its zone).
    """

    case: SheetCase
    expires_at: dt.datetime
    revision: int
    changed_at: dt.datetime


class SheetStore:
    """Keeps sheets for a while; every method is given the time (UTC, with its zone)."""

    def __init__(self, url: str, keep_for: dt.timedelta) -> None:
        """Opens the database at ``url`` and makes the table where it is missing."""
        self._engine = databases.engine(url)
        self._keep_for = keep_for
        databases.make_tables(self._engine, TABLES)
        databases.add_missing_columns(self._engine, SHEETS)

    def make(
        self,
        facts: Facts,
        guide: str | None,
        made_on: dt.date,
        now: dt.datetime,
        conversation: str | None = None,
    ) -> str:
        """Keeps a new sheet, tied to the conversation it is made in; returns its token, not stored here."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "token_hash": hash_of(token),
            "facts": _json(facts),
            "guide": kept_guide(guide),
            "made_on": made_on,
            "expires_at": _utc(now) + self._keep_for,
            "conversation_hash": pseudonym(conversation) if conversation else None,
        }
        with self._engine.begin() as connection:
            connection.execute(SHEETS.insert().values(**row))
        return token

    def find(self, token: str, now: dt.datetime) -> KeptSheet | None:
        """The sheet of that token; None where it never existed, has expired or is erased."""
        hashed = hash_of(token)
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(SHEETS).where(SHEETS.c.token_hash == hashed)).first()
        # What the index tells by its time concerns the hash, which leads to no token.
        if row is None or not hmac.compare_digest(row.token_hash, hashed) or row.expires_at <= _utc(now):
            return None
        case = SheetCase(kept(json.loads(row.facts)), kept_guide(row.guide), row.made_on)
        changed_at = row.changed_at or dt.datetime.combine(row.made_on, dt.time())
        return KeptSheet(case, row.expires_at, row.revision or 0, changed_at.replace(tzinfo=dt.UTC))

    def change(self, token: str, facts: Facts, now: dt.datetime) -> None:
        """Replaces the facts of a sheet and counts the correction; its time does not start again."""
        with self._engine.begin() as connection:
            changed = SHEETS.update().where(SHEETS.c.token_hash == hash_of(token))
            revision = sa.func.coalesce(SHEETS.c.revision, 0) + 1
            connection.execute(changed.values(facts=_json(facts), revision=revision, changed_at=_utc(now)))

    def tie(self, token: str, conversation: str) -> None:
        """Ties a sheet to the conversation in which it is given; nothing where there is no such sheet."""
        with self._engine.begin() as connection:
            tied = SHEETS.update().where(SHEETS.c.token_hash == hash_of(token))
            connection.execute(tied.values(conversation_hash=pseudonym(conversation)))

    def erase(self, token: str) -> None:
        """Forgets a sheet."""
        with self._engine.begin() as connection:
            connection.execute(SHEETS.delete().where(SHEETS.c.token_hash == hash_of(token)))


@lru_cache(maxsize=1)
def opened() -> SheetStore:
    """The store that the settings name, opened once; raises ValueError naming a setting that is wrong."""
    days = settings.get("SHEETS_RETENTION_DAYS")
    if not days.isdigit() or not 0 < int(days) <= 366:
        raise ValueError(f"SHEETS_RETENTION_DAYS must be between 1 and 366, not {days!r}")
    return SheetStore(settings.conversations_url(), dt.timedelta(days=int(days)))


def hash_of(token: str) -> str:
    """The hash that stands for a token; the token is random enough to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _json(facts: Facts) -> str:
    return json.dumps(kept(facts))


def _utc(now: dt.datetime) -> dt.datetime:
    if now.tzinfo is None:
        raise ValueError("the time must have its zone")
    return now.astimezone(dt.UTC).replace(tzinfo=None)
