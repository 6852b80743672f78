"""The short code that opens a citizen's conversation at a desk: six characters, one use, ten minutes."""

from __future__ import annotations

import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.keys import Keys
from bot.mediator.store.tables import CODES

# Letters and digits that are not taken for one another, read aloud or written by hand.
ALPHABET = "ACDEFHJKMNPQRTUVWXY34679"
LENGTH = 6
MINUTES = 10


def make(connection: Connection, keys: Keys, conversation: str, now: dt.datetime, subject: str = "") -> str:
    """A new code for the conversation on that subject, told once; its former ones stop working."""
    connection.execute(CODES.delete().where(CODES.c.conversation == conversation))
    code = _draw()
    while connection.execute(sa.select(CODES).where(CODES.c.code_hash == _hash(keys, code))).first():
        code = _draw()
    connection.execute(
        CODES.insert().values(
            code_hash=_hash(keys, code),
            conversation=conversation,
            subject=subject,
            expires_at=now + dt.timedelta(minutes=MINUTES),
        )
    )
    return code


def use(connection: Connection, keys: Keys, typed: str, now: dt.datetime) -> tuple[str, str] | None:
    """The conversation that the code opens, once, and its subject; None for one unknown, over or used."""
    code = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    found = CODES.c.code_hash == _hash(keys, code)
    row = connection.execute(sa.select(CODES).where(found)).first()
    if row is None or row.expires_at <= now:
        return None
    changed = connection.execute(CODES.update().where(found, CODES.c.used_at.is_(None)).values(used_at=now))
    return (str(row.conversation), str(row.subject)) if changed.rowcount == 1 else None


def purge(connection: Connection, now: dt.datetime) -> None:
    """Removes those that are over."""
    connection.execute(CODES.delete().where(CODES.c.expires_at <= now))


def _draw() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _hash(keys: Keys, code: str) -> str:
    return keys.digest("code", code)
