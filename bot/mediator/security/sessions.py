"""Signed-in sessions: held by the server, named by a cookie whose hash alone is stored, ended by time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security import policies
from bot.mediator.security.accounts import Account, account_of
from bot.mediator.security.keys import Keys, new_token
from bot.mediator.store.tables import ACCOUNTS, DESKS, SESSIONS

IDLE_MINUTES = 60
LONGEST_HOURS = 12
# Between the password and the second factor.
CODE_MINUTES = 10


class Sessions:
    """The sessions of the desk."""

    def __init__(self, keys: Keys) -> None:
        """Hashes the cookies with ``keys``."""
        self._keys = keys

    def open(
        self, connection: Connection, account: Account, now: dt.datetime, provider_token: str = ""
    ) -> str:
        """The cookie of a new session; ``provider_token`` is the proof of the provider, if any."""
        sealed = (
            self._keys.seal("provider token", provider_token, str(account.id)) if provider_token else None
        )
        return self._insert(connection, account, now, provider_token=sealed)

    def await_code(self, connection: Connection, account: Account, now: dt.datetime) -> str:
        """The cookie of a sign-in whose password was right and whose second factor is to come."""
        return self._insert(connection, account, now, awaits_code=True)

    def awaiting(self, connection: Connection, token: str, now: dt.datetime) -> Account | None:
        """Whose sign-in waits for its second factor; None where it is unknown, too old, or closed."""
        row = connection.execute(
            sa.select(SESSIONS.c.created_at.label("opened_at"), ACCOUNTS)
            .join(ACCOUNTS)
            .where(SESSIONS.c.token_hash == self._hash(token), SESSIONS.c.awaits_code)
        ).first()
        if row is None or not row.active or row.opened_at <= now - dt.timedelta(minutes=CODE_MINUTES):
            return None
        return account_of(row)

    def provider_token(self, connection: Connection, token: str) -> str | None:
        """The provider's proof of a session; "" where it cannot be read any more, None without one."""
        row = connection.execute(
            sa.select(SESSIONS).where(SESSIONS.c.token_hash == self._hash(token))
        ).first()
        if row is None or row.provider_token is None:
            return None
        return self._keys.unseal("provider token", row.provider_token, str(row.account_id)) or ""

    def of(self, connection: Connection, account_id: int, now: dt.datetime) -> list[Row]:
        """The sessions of an account that are open, the last used first."""
        query = sa.select(SESSIONS).where(
            SESSIONS.c.account_id == account_id,
            SESSIONS.c.used_at >= now - dt.timedelta(minutes=IDLE_MINUTES),
            SESSIONS.c.created_at >= now - dt.timedelta(hours=LONGEST_HOURS),
            ~SESSIONS.c.awaits_code,
        )
        return list(connection.execute(query.order_by(SESSIONS.c.used_at.desc())))

    def close_others(self, connection: Connection, account_id: int, token: str) -> int:
        """Ends every session of the account but this one; how many there were."""
        others = (SESSIONS.c.account_id == account_id, SESSIONS.c.token_hash != self._hash(token))
        return connection.execute(SESSIONS.delete().where(*others)).rowcount

    def is_this(self, row: Row, token: str) -> bool:
        """Whether a stored session is that of the cookie."""
        return bool(row.token_hash == self._hash(token))

    def _insert(self, connection: Connection, account: Account, now: dt.datetime, **values: object) -> str:
        token = new_token()
        times = {"created_at": now, "used_at": now, "seen_at": now}
        connection.execute(
            SESSIONS.insert().values(token_hash=self._hash(token), account_id=account.id, **times, **values)
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
            .add_columns(DESKS.c.subdivision)
            .join_from(SESSIONS, ACCOUNTS)
            .join(DESKS, ACCOUNTS.c.desk_id == DESKS.c.id, isouter=True)
            .where(session, ~SESSIONS.c.awaits_code)
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
        account = replace(account_of(row), place=row.subdivision or "")
        if account.has_second_factor or not account.has_password:
            return account
        return replace(account, must_set_up=account.role in policies.needs_second_factor(connection))

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
