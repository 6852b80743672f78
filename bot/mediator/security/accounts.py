"""Accounts: made by invitation only, signed in by password or by an identity provider, never deleted."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.security import passwords
from bot.mediator.security.keys import Keys, new_token
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, DESKS, INVITATIONS, SESSIONS

INVITATION_DAYS = 7
LONGEST_LABEL = 80
SHORTEST_LOGIN, LONGEST_LOGIN = 3, 80
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]*[a-z0-9]")


class Refused(ValueError):
    """Something asked of the accounts is not possible; the message is a code that a page explains."""


@dataclass(frozen=True)
class Account:
    """One person who works at the desk.

    ``place`` is where their desk stands (a code of ``work.places``); ``must_set_up`` tells that nothing else
    opens before they have a second factor.
    """

    id: int
    login: str
    role: Role
    desk_id: int | None
    place: str = ""
    has_password: bool = True
    has_second_factor: bool = False
    must_set_up: bool = False


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
        label: str = "",
    ) -> str:
        """The token of a new invitation: it is told once, only its hash is kept. ``label`` says for whom."""
        token = new_token()
        connection.execute(
            INVITATIONS.insert().values(
                token_hash=self._hash(token),
                role=role.value,
                desk_id=desk_id,
                invited_by=invited_by,
                label=label.strip()[:LONGEST_LABEL],
                expires_at=now + dt.timedelta(days=INVITATION_DAYS),
            )
        )
        return token

    def invitations(self, connection: Connection, now: dt.datetime) -> list[Row]:
        """Those that can still be used, with the name of their desk, the first to end first."""
        query = (
            sa.select(INVITATIONS, DESKS.c.name.label("desk_name"))
            .join_from(INVITATIONS, DESKS, isouter=True)
            .where(INVITATIONS.c.used_at.is_(None), INVITATIONS.c.expires_at > now)
        )
        return list(connection.execute(query.order_by(INVITATIONS.c.expires_at)))

    def revoke(self, connection: Connection, token_hash: str) -> Row | None:
        """Takes back an invitation that nobody used yet; what it was, None where there is none."""
        this = (INVITATIONS.c.token_hash == token_hash, INVITATIONS.c.used_at.is_(None))
        row = connection.execute(sa.select(INVITATIONS).where(*this)).first()
        connection.execute(INVITATIONS.delete().where(*this))
        return row

    def is_open(self, connection: Connection, token: str, now: dt.datetime) -> bool:
        """Whether an invitation with that token can still be used."""
        return self._invitation(connection, token, now) is not None

    def accept(
        self, connection: Connection, token: str, login: str, password: str, now: dt.datetime
    ) -> Account:
        """The account made by an invitation, which is used up; raises Refused with why not."""
        login = _checked(login)
        invitation = self._take(connection, token, now)
        fault = passwords.fault(password, login, desk_name(connection, invitation.desk_id))
        if fault:
            raise Refused(fault)
        proof = {"password_hash": passwords.hashed(password), "password_set_at": now}
        return self._create(connection, login, invitation, now, **proof)

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

    def change_password(
        self, connection: Connection, account: Account, former: str, password: str, now: dt.datetime
    ) -> None:
        """Another password for who knows the former; raises Refused with why not ("former": not that one)."""
        if not self.knows_password(connection, account, former):
            raise Refused("former")
        if password == former:
            raise Refused("same")
        fault = passwords.fault(password, account.login, desk_name(connection, account.desk_id))
        if fault:
            raise Refused(fault)
        connection.execute(
            ACCOUNTS.update()
            .where(ACCOUNTS.c.id == account.id)
            .values(password_hash=passwords.hashed(password), password_set_at=now)
        )

    def knows_password(self, connection: Connection, account: Account, password: str) -> bool:
        """Whether that is the account's password."""
        stored = connection.scalar(sa.select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.id == account.id))
        return passwords.matches(stored, password)

    def password_set_at(self, connection: Connection, account_id: int) -> dt.datetime | None:
        """When the password was chosen; None where it is not known."""
        return connection.scalar(sa.select(ACCOUNTS.c.password_set_at).where(ACCOUNTS.c.id == account_id))

    def by_login(self, connection: Connection, login: str) -> Account | None:
        """The account of that login, open or not."""
        row = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.login == login)).first()
        return account_of(row) if row else None

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
        self, connection: Connection, login: str, invitation: Row, now: dt.datetime, **proof: object
    ) -> Account:
        login = self.free_login(connection, login)
        values = {"login": login, "role": invitation.role, "desk_id": invitation.desk_id}
        made = connection.execute(ACCOUNTS.insert().values(**values, active=True, created_at=now, **proof))
        return Account(made.inserted_primary_key[0], login, Role(invitation.role), invitation.desk_id)

    def _hash(self, token: str) -> str:
        return self._keys.digest("invitation", token)


def _checked(login: str) -> str:
    login = login.strip().casefold()
    if re.search(r"\s", login):
        raise Refused("login_spaces")
    if len(login) < SHORTEST_LOGIN:
        raise Refused("login_short")
    if len(login) > LONGEST_LOGIN or not LOGIN.fullmatch(login):
        raise Refused("login_signs")
    return login


def suggested(login: str) -> str:
    """A login that is possible and like the one that was typed: "marie.dupre" for "Marie Dupré"."""
    plain = unicodedata.normalize("NFKD", login.casefold().replace("œ", "oe").replace("æ", "ae"))
    words = re.split(r"[^a-z0-9._@+-]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    made = ".".join(word for word in words if word).strip("._@+-")[:LONGEST_LOGIN]
    return made if len(made) >= SHORTEST_LOGIN and LOGIN.fullmatch(made) else ""


def desk_name(connection: Connection, desk_id: int | None) -> str:
    """The name of a desk, "" for none."""
    if desk_id is None:
        return ""
    return connection.scalar(sa.select(DESKS.c.name).where(DESKS.c.id == desk_id)) or ""


def account_of(row: Row) -> Account:
    """The account of a stored row."""
    return Account(
        row.id,
        row.login,
        Role(row.role),
        row.desk_id,
        has_password=row.password_hash is not None,
        has_second_factor=row.totp_secret is not None,
    )
