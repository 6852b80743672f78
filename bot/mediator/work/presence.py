"""Who is there for citizens: signed in with a page open, at work on it, and not away by their own word."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.accounts import Account
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, HANDOVERS, PRESENCE, SESSIONS
from bot.mediator.work import handovers

# A page left open gives a sign of life every few seconds, up to once a minute where it is out of sight.
SEEN_MINUTES = 2
# Whoever has touched no page of the desk for so long has left it open.
ACTED_MINUTES = 30
MOST_AT_ONCE = 5
HIGHEST_MOST = 20


@dataclass(frozen=True)
class Colleague:
    """Somebody who is there."""

    id: int
    login: str
    desk_id: int | None


@dataclass(frozen=True)
class Live:
    """What every page shows of the desk's life to whoever is signed in."""

    available: bool
    # Available, and not taken for gone: the last click or key is recent.
    is_counted: bool
    most: int
    waiting: int
    messages: int


def live(connection: Connection, account: Account, now: dt.datetime) -> Live:
    """The desk's life as that account sees it."""
    counts = dict(
        connection.execute(
            sa.select(HANDOVERS.c.status, sa.func.count())
            .where(HANDOVERS.c.status.in_(handovers.TO_TAKE))
            .group_by(HANDOVERS.c.status)
        )
        .tuples()
        .all()
    )
    return Live(
        available=is_available(connection, account),
        is_counted=any(colleague.id == account.id for colleague in there(connection, now)),
        most=most(connection, account.id),
        waiting=counts.get(handovers.Status.WAITING.value, 0),
        messages=counts.get(handovers.Status.MESSAGE.value, 0),
    )


def there(connection: Connection, now: dt.datetime) -> list[Colleague]:
    """All who are there, by login."""
    available = sa.func.coalesce(PRESENCE.c.available, ACCOUNTS.c.role == Role.MEDIATOR.value)
    rows = connection.execute(
        sa.select(ACCOUNTS.c.id, ACCOUNTS.c.login, ACCOUNTS.c.desk_id)
        .join(SESSIONS)
        .join(PRESENCE, PRESENCE.c.account_id == ACCOUNTS.c.id, isouter=True)
        .where(
            # Whoever knows the password alone is not there yet.
            ~SESSIONS.c.awaits_code,
            SESSIONS.c.seen_at > now - dt.timedelta(minutes=SEEN_MINUTES),
            SESSIONS.c.used_at > now - dt.timedelta(minutes=ACTED_MINUTES),
            ACCOUNTS.c.active,
            available,
        )
        .distinct()
        .order_by(ACCOUNTS.c.login)
    )
    return [Colleague(row.id, row.login, row.desk_id) for row in rows]


def is_available(connection: Connection, account: Account) -> bool:
    """Whether the account says that it is there for citizens; at first, only mediators are."""
    row = connection.execute(sa.select(PRESENCE).where(PRESENCE.c.account_id == account.id)).first()
    return bool(row.available) if row else account.role is Role.MEDIATOR


def most(connection: Connection, account_id: int) -> int:
    """How many conversations at a time the account wants at the most."""
    found = connection.scalar(sa.select(PRESENCE.c.most).where(PRESENCE.c.account_id == account_id))
    return int(found) if found else MOST_AT_ONCE


def has_enough(connection: Connection, account_id: int) -> bool:
    """Whether the account has as many conversations as it wants."""
    return len(handovers.held_by(connection, account_id)) >= most(connection, account_id)


def change(connection: Connection, account_id: int, available: bool, most_at_once: int | None) -> None:
    """Keeps what the account says of itself."""
    kept = most_at_once or most(connection, account_id)
    values = {"available": available, "most": min(max(kept, 1), HIGHEST_MOST)}
    mine = PRESENCE.c.account_id == account_id
    if connection.execute(PRESENCE.update().where(mine).values(**values)).rowcount == 0:
        connection.execute(PRESENCE.insert().values(account_id=account_id, **values))


def arrive(connection: Connection, account: Account) -> None:
    """Whoever signs in as a mediator is there, even if they were away when they left."""
    if account.role is Role.MEDIATOR:
        connection.execute(
            PRESENCE.update().where(PRESENCE.c.account_id == account.id).values(available=True)
        )
