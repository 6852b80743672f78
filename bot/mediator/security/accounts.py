"""Accounts: made by invitation only, signed in by password or by an identity provider, never deleted."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security import passwords
from bot.mediator.security.keys import Keys, new_token
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, INVITATIONS, SESSIONS

INVITATION_DAYS = 7
LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{1,78}[a-z0-9])")


class Refused(ValueError):
    """Something asked of the accounts is not possible; the message is a code that a page explains."""


@dataclass(frozen=True)
class Account:
    """One person who works at the desk."""

    id: int
    login: str
    role: Role
    desk_id: int | None


class Accounts:
    """The accounts and the invitations that make them."""

    def __init__(self, keys: Keys) -> None:
        """Hashes the invitations' tokens with ``keys``."""
        self._keys = keys

    def invite(
        self,
        connection: Connection,
        role: Role,
        invited_by: str,
        now: dt.datetime,
        desk_id: int | None = None,
    ) -> str:
        """The token of a new invitation: it is told once, only its hash is kept."""
        token = new_token()
        connection.execute(
            INVITATIONS.insert().values(
                token_hash=self._hash(token),
                role=role.value,
                desk_id=desk_id,
                invited_by=invited_by,
                expires_at=now + dt.timedelta(days=INVITATION_DAYS),
            )
        )
        return token

    def is_open(self, connection: Connection, token: str, now: dt.datetime) -> bool:
        """Whether an invitation with that token can still be used."""
        return self._invitation(connection, token, now) is not None

    def accept(
        self, connection: Connection, token: str, login: str, password: str, now: dt.datetime
    ) -> Account:
        """The account made by an invitation, which is used up; raises Refused with why not."""
        login = _checked(login)
        fault = passwords.fault(password, login)
        if fault:
            raise Refused(fault)
        invitation = self._take(connection, token, now)
        return self._create(connection, login, invitation, now, password_hash=passwords.hashed(password))

    def accept_by_provider(
        self, connection: Connection, token: str, login: str, subject: str, now: dt.datetime
    ) -> Account:
        """The account of somebody whom an identity provider vouches for, made by an invitation.

        Raises Refused with why not; "subject_taken" where an account, open or closed, is theirs already.
        """
        login = _checked(login)
        if connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.subject == subject)).first():
            raise Refused("subject_taken")
        invitation = self._take(connection, token, now)
        return self._create(connection, login, invitation, now, subject=subject)

    def free_login(self, connection: Connection, login: str) -> str:
        """The login as it is stored; raises Refused where it is not possible or somebody's."""
        login = _checked(login)
        if connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == login)).first():
            raise Refused("login_taken")
        return login

    def by_password(self, connection: Connection, login: str, password: str) -> Account | None:
        """The active account with that login and password."""
        row = connection.execute(
            sa.select(ACCOUNTS).where(ACCOUNTS.c.login == login.strip().casefold())
        ).first()
        is_right = passwords.matches(row.password_hash if row else None, password)
        return account_of(row) if row and is_right and row.active else None

    def by_subject(self, connection: Connection, subject: str) -> Account | None:
        """The active account that an identity provider names so."""
        row = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.subject == subject)).first()
        return account_of(row) if row and row.active else None

    def all(self, connection: Connection) -> list[Row]:
        """Every account, by login."""
        return list(connection.execute(sa.select(ACCOUNTS).order_by(ACCOUNTS.c.login)))

    def change(
        self, connection: Connection, account_id: int, role: Role, desk_id: int | None, active: bool
    ) -> str:
        """Gives an account another role, desk or state and ends its sessions; its login.

        Raises Refused("unknown"), or Refused("last_administrator") where nobody could undo it.
        """
        row = connection.execute(
            sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account_id).with_for_update()
        ).first()
        if row is None:
            raise Refused("unknown")
        stays = active and role is Role.ADMINISTRATOR
        if not stays and self._administrators(connection) == [account_id]:
            raise Refused("last_administrator")
        connection.execute(
            ACCOUNTS.update()
            .where(ACCOUNTS.c.id == account_id)
            .values(role=role.value, desk_id=desk_id, active=active)
        )
        if row.role != role.value or not active:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.account_id == account_id))
        return str(row.login)

    def _administrators(self, connection: Connection) -> list[int]:
        rows = connection.execute(
            sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.role == Role.ADMINISTRATOR.value, ACCOUNTS.c.active)
        )
        return [row.id for row in rows]

    def _invitation(self, connection: Connection, token: str, now: dt.datetime) -> Row | None:
        query = sa.select(INVITATIONS).where(INVITATIONS.c.token_hash == self._hash(token))
        row = connection.execute(query.with_for_update()).first()
        return row if row and row.used_at is None and row.expires_at > now else None

    def _take(self, connection: Connection, token: str, now: dt.datetime) -> Row:
        invitation = self._invitation(connection, token, now)
        if invitation is None:
            raise Refused("invitation")
        connection.execute(
            INVITATIONS.update().where(INVITATIONS.c.token_hash == invitation.token_hash).values(used_at=now)
        )
        return invitation

    def _create(
        self, connection: Connection, login: str, invitation: Row, now: dt.datetime, **proof: str
    ) -> Account:
        login = self.free_login(connection, login)
        values = {"login": login, "role": invitation.role, "desk_id": invitation.desk_id}
        made = connection.execute(ACCOUNTS.insert().values(**values, active=True, created_at=now, **proof))
        return Account(made.inserted_primary_key[0], login, Role(invitation.role), invitation.desk_id)

    def _hash(self, token: str) -> str:
        return self._keys.digest("invitation", token)


def _checked(login: str) -> str:
    login = login.strip().casefold()
    if not LOGIN.fullmatch(login):
        raise Refused("login")
    return login


def account_of(row: Row) -> Account:
    """The account of a stored row."""
    return Account(row.id, row.login, Role(row.role), row.desk_id)
