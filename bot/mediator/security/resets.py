"""One-time links by which somebody who forgot their password chooses another; administrators make them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security import passwords
from bot.mediator.security.accounts import Account, Refused, account_of, desk_name
from bot.mediator.security.keys import Keys, new_token
from bot.mediator.store.tables import ACCOUNTS, RESETS, SESSIONS

RESET_HOURS = 24


class Resets:
    """The links that are under way."""

    def __init__(self, keys: Keys) -> None:
        """Hashes the links' tokens with ``keys``."""
        self._keys = keys

    def make(
        self, connection: Connection, account_id: int, made_by: str, now: dt.datetime
    ) -> tuple[str, str]:
        """The token of a new link, told once, and the account's login; former links stop working.

        Raises Refused("unknown"), or Refused("no_password") for an account that has none or is closed.
        """
        row = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).first()
        if row is None:
            raise Refused("unknown")
        if row.password_hash is None or not row.active:
            raise Refused("no_password")
        token = new_token()
        connection.execute(RESETS.delete().where(RESETS.c.account_id == account_id))
        connection.execute(
            RESETS.insert().values(
                token_hash=self._hash(token),
                account_id=account_id,
                made_by=made_by,
                expires_at=now + dt.timedelta(hours=RESET_HOURS),
            )
        )
        return token, str(row.login)

    def account(self, connection: Connection, token: str, now: dt.datetime) -> Account | None:
        """Whose password the link changes; None where it is unknown, used, over, or the account closed."""
        row = connection.execute(
            sa.select(ACCOUNTS, RESETS.c.used_at, RESETS.c.expires_at)
            .join_from(RESETS, ACCOUNTS, RESETS.c.account_id == ACCOUNTS.c.id)
            .where(RESETS.c.token_hash == self._hash(token))
            .with_for_update()
        ).first()
        is_open = row is not None and row.used_at is None and row.expires_at > now and row.active
        return account_of(row) if row is not None and is_open else None

    def use(self, connection: Connection, token: str, password: str, now: dt.datetime) -> Account:
        """Changes the password and ends the account's sessions; raises Refused with why not."""
        account = self.account(connection, token, now)
        if account is None:
            raise Refused("link")
        fault = passwords.fault(password, account.login, desk_name(connection, account.desk_id))
        if fault:
            raise Refused(fault)
        connection.execute(
            RESETS.update().where(RESETS.c.token_hash == self._hash(token)).values(used_at=now)
        )
        connection.execute(
            ACCOUNTS.update()
            .where(ACCOUNTS.c.id == account.id)
            .values(password_hash=passwords.hashed(password), password_set_at=now)
        )
        connection.execute(SESSIONS.delete().where(SESSIONS.c.account_id == account.id))
        return account

    def pending(self, connection: Connection, now: dt.datetime) -> list[Row]:
        """The links that can still be used, with the login of each."""
        query = (
            sa.select(RESETS, ACCOUNTS.c.login)
            .join_from(RESETS, ACCOUNTS, RESETS.c.account_id == ACCOUNTS.c.id)
            .where(RESETS.c.used_at.is_(None), RESETS.c.expires_at > now)
        )
        return list(connection.execute(query.order_by(RESETS.c.expires_at)))

    def revoke(self, connection: Connection, account_id: int) -> bool:
        """Takes back the link of an account; whether there was one."""
        unused = (RESETS.c.account_id == account_id, RESETS.c.used_at.is_(None))
        return connection.execute(RESETS.delete().where(*unused)).rowcount > 0

    def _hash(self, token: str) -> str:
        return self._keys.digest("reset", token)
