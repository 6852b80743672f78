"""What administrators decided for everybody: who must have a second factor."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator.security.roles import Role
from bot.mediator.store.tables import POLICIES

SECOND_FACTOR = "second_factor"


def needs_second_factor(connection: Connection) -> frozenset[Role]:
    """The roles that must have one."""
    stored = connection.scalar(sa.select(POLICIES.c.value).where(POLICIES.c.name == SECOND_FACTOR))
    return frozenset(Role(role) for role in stored or ())


def require_second_factor(connection: Connection, roles: Iterable[Role]) -> None:
    """Asks a second factor of those roles, and of no other."""
    connection.execute(POLICIES.delete().where(POLICIES.c.name == SECOND_FACTOR))
    value = sorted(role.value for role in roles)
    connection.execute(POLICIES.insert().values(name=SECOND_FACTOR, value=value))
