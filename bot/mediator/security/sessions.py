"""Signed-in sessions: held by the server, named by a cookie whose hash alone is stored, ended by time."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.accounts import Account, account_of
from bot.mediator.security.keys import Keys, new_token
from bot.mediator.store.tables import ACCOUNTS, SESSIONS

IDLE_MINUTES = 60
LONGEST_HOURS = 12


class Sessions:
    """The sessions of the desk."""

    def __init__(self, keys: Keys) -> None:
        """Hashes the cookies with ``keys``."""
        self._keys = keys

    def open(self, connection: Connection, account: Account, now: dt.datetime) -> str:
        """The cookie of a new session."""
        token = new_token()
        connection.execute(
            SESSIONS.insert().values(
                token_hash=self._hash(token), account_id=account.id, created_at=now, used_at=now, seen_at=now
            )
        )
        return token

    def account(
        self, connection: Connection, token: str, now: dt.datetime, by_person: bool
    ) -> Account | None:
        """Whose session it is, None where it is unknown, over or its account closed.

        ``by_person`` tells a page that somebody asked for from one that refreshes itself, which does not
        keep a session open.
        """
        session = SESSIONS.c.token_hash == self._hash(token)
        row = connection.execute(
            sa.select(SESSIONS.c.created_at.label("opened_at"), SESSIONS.c.used_at, ACCOUNTS)
            .join(ACCOUNTS)
            .where(session)
        ).first()
        if row is None:
            return None
        is_over = (
            row.used_at < now - dt.timedelta(minutes=IDLE_MINUTES)
            or row.opened_at < now - dt.timedelta(hours=LONGEST_HOURS)
            or not row.active
        )
        if is_over:
            connection.execute(SESSIONS.delete().where(session))
            return None
        connection.execute(
            SESSIONS.update()
            .where(session)
            .values(seen_at=now, used_at=now if by_person else SESSIONS.c.used_at)
        )
        return account_of(row)

    def close(self, connection: Connection, token: str) -> None:
        """Ends a session."""
        connection.execute(SESSIONS.delete().where(SESSIONS.c.token_hash == self._hash(token)))

    def act(self, connection: Connection, token: str, now: dt.datetime) -> None:
        """Notes that a person touched a page: typed or clicked, without asking for another page."""
        connection.execute(
            SESSIONS.update().where(SESSIONS.c.token_hash == self._hash(token)).values(used_at=now)
        )

    def _hash(self, token: str) -> str:
        return self._keys.digest("session", token)
