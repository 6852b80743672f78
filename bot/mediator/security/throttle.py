"""How often something may fail before it is refused for a while; kept in the store, across restarts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.keys import Keys
from bot.mediator.store.tables import ATTEMPTS


@dataclass(frozen=True)
class Limit:
    """At most ``most`` failures of a kind for one key within ``minutes``."""

    kind: str
    most: int
    minutes: int


# A login tried from one address; what a stranger fails elsewhere does not count for its owner.
SIGN_IN_OF_LOGIN = Limit("login", 5, 15)
SIGN_IN_FROM_ADDRESS = Limit("address", 30, 15)
# A login tried from many addresses at once, against guessing by many machines.
SIGN_IN_OF_LOGIN_ANYWHERE = Limit("login_anywhere", 40, 15)
# A browser in which the login's owner has signed in before, whatever strangers do.
SIGN_IN_OF_DEVICE = Limit("device", 5, 15)
SECOND_FACTOR = Limit("second_factor", 5, 15)
# The former password, asked again of somebody who is signed in.
PASSWORD_OF_ACCOUNT = Limit("password", 5, 15)
CODE_OF_ACCOUNT = Limit("code", 10, 15)
# Six characters are few: whatever the number of accounts, guessing stays hopeless.
CODE_OF_ALL = Limit("code_all", 100, 15)
INVITATION_FROM_ADDRESS = Limit("invitation", 20, 15)
# Apart from passwords, whose door stays open when a provider is in trouble. Going and coming back count each.
PROVIDER_FROM_ADDRESS = Limit("provider", 60, 15)
# A sign-in under way is good once; it is over before the hour is.
PROVIDER_STATE = Limit("provider_state", 1, 60)


class Throttle:
    """Counts failures by a hash of their key."""

    def __init__(self, keys: Keys) -> None:
        """Hashes with ``keys``: the table holds neither logins nor addresses."""
        self._keys = keys

    def is_closed(self, connection: Connection, limit: Limit, key: str, now: dt.datetime) -> bool:
        """Whether this key has failed too often lately."""
        since = now - dt.timedelta(minutes=limit.minutes)
        count = connection.scalar(
            sa.select(sa.func.count())
            .select_from(ATTEMPTS)
            .where(ATTEMPTS.c.kind == limit.kind, ATTEMPTS.c.key_hash == self._hash(limit, key))
            .where(ATTEMPTS.c.at > since)
        )
        return (count or 0) >= limit.most

    def count(self, connection: Connection, limit: Limit, key: str, now: dt.datetime) -> None:
        """Notes a failure."""
        connection.execute(ATTEMPTS.insert().values(kind=limit.kind, key_hash=self._hash(limit, key), at=now))

    def forget(self, connection: Connection, limit: Limit, key: str) -> None:
        """Starts again, after a success."""
        connection.execute(
            ATTEMPTS.delete().where(
                ATTEMPTS.c.kind == limit.kind, ATTEMPTS.c.key_hash == self._hash(limit, key)
            )
        )

    def _hash(self, limit: Limit, key: str) -> str:
        return self._keys.digest("attempt", limit.kind, key.casefold())
