"""Sign-ins that failed, for administrators: when, on whose login, from which network, why; no password."""

from __future__ import annotations

import datetime as dt
import ipaddress

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, FAILED_SIGN_INS

KEPT_DAYS = 90
# As much of an address as tells one attack from another without naming a person's connection.
_NETWORK_BITS = {4: 24, 6: 48}


def note(connection: Connection, login: str, address: str, reason: str, now: dt.datetime) -> str:
    """Keeps a failure; the login as it is kept.

    That is "" for a login which is nobody's: people type their password, or another site's name, into that
    field.
    """
    is_known = connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == login)).first()
    kept = login if is_known else ""
    values = {"at": now, "login": kept, "network": network(address), "reason": reason}
    connection.execute(FAILED_SIGN_INS.insert().values(**values))
    return kept


def latest(connection: Connection, limit: int, login: str | None = None) -> list[Row]:
    """The newest failures, of one login where given."""
    query = sa.select(FAILED_SIGN_INS).order_by(FAILED_SIGN_INS.c.at.desc(), FAILED_SIGN_INS.c.id.desc())
    if login is not None:
        query = query.where(FAILED_SIGN_INS.c.login == login)
    return list(connection.execute(query.limit(limit)))


def purge(connection: Connection, now: dt.datetime) -> None:
    """Forgets what is old."""
    long_ago = now - dt.timedelta(days=KEPT_DAYS)
    connection.execute(FAILED_SIGN_INS.delete().where(FAILED_SIGN_INS.c.at < long_ago))


def network(address: str) -> str:
    """The network of an address, "" for what is none: "203.0.113.0/24", "2001:db8:1::/48"."""
    try:
        parsed = ipaddress.ip_network(address, strict=False).network_address
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS[parsed.version]), strict=False))
