"""The desks: their places and hours, days that are not as the others, closing and removing them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, DESK_DAYS, DESKS, INVITATIONS
from bot.mediator.work.hours import Spans, Timetable

# How long a day that is over stays in the store.
KEPT_DAYS = 31
# How far ahead a day may be set apart: further is a typing mistake.
AHEAD_DAYS = 731


class Refused(ValueError):
    """Something asked of the desks is not possible; the message is a code that a page explains."""


def every(connection: Connection) -> list[Row]:
    """Every desk, by name."""
    return list(connection.execute(sa.select(DESKS).order_by(DESKS.c.name)))


def timetables(connection: Connection) -> dict[int, Timetable]:
    """When each desk is open, by its number."""
    special = connection.execute(sa.select(DESK_DAYS)).all()
    return {row.id: Timetable.of(row, special) for row in every(connection)}


def special_days(connection: Connection, since: dt.date) -> dict[int, list[Row]]:
    """The days set apart that are not over at ``since``, by the desk's number, the first ones first."""
    rows = connection.execute(
        sa.select(DESK_DAYS)
        .where(DESK_DAYS.c.last_on >= since)
        .order_by(DESK_DAYS.c.first_on, DESK_DAYS.c.id)
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.desk_id, []).append(row)
    return found


def keep(connection: Connection, desk_id: int | None, values: dict[str, Any]) -> int:
    """Makes a desk, or changes the one of that number; its number. Raises Refused("name_taken")."""
    same = sa.select(DESKS.c.id).where(sa.func.lower(DESKS.c.name) == values["name"].lower())
    if connection.execute(same if desk_id is None else same.where(DESKS.c.id != desk_id)).first():
        raise Refused("name_taken")
    if desk_id is None:
        return int(connection.execute(DESKS.insert().values(**values)).inserted_primary_key[0])
    connection.execute(DESKS.update().where(DESKS.c.id == desk_id).values(**values))
    return desk_id


def set_apart(
    connection: Connection, desk_id: int, first: dt.date, last: dt.date, spans: Spans, today: dt.date
) -> None:
    """Gives the days from ``first`` to ``last`` hours of their own; without any, they are closed.

    Raises Refused with "days_order", or "days_past" or "days_far" for days that cannot be meant. Former
    entries of the very same days are replaced.
    """
    if last < first:
        raise Refused("days_order")
    if last < today:
        raise Refused("days_past")
    if last > today + dt.timedelta(days=AHEAD_DAYS):
        raise Refused("days_far")
    these = (DESK_DAYS.c.desk_id == desk_id, DESK_DAYS.c.first_on == first, DESK_DAYS.c.last_on == last)
    connection.execute(DESK_DAYS.delete().where(*these))
    connection.execute(
        DESK_DAYS.insert().values(
            desk_id=desk_id, first_on=first, last_on=last, spans=[list(span) for span in spans]
        )
    )


def as_usual(connection: Connection, desk_id: int, number: int) -> Row | None:
    """Takes back days set apart; what they were, None where they are gone already."""
    these = (DESK_DAYS.c.desk_id == desk_id, DESK_DAYS.c.id == number)
    row = connection.execute(sa.select(DESK_DAYS).where(*these)).first()
    connection.execute(DESK_DAYS.delete().where(*these))
    return row


def close(connection: Connection, desk_id: int, closed: bool) -> None:
    """Closes a desk until further notice, or opens it again."""
    connection.execute(DESKS.update().where(DESKS.c.id == desk_id).values(closed=closed))


def remove(connection: Connection, desk_id: int) -> None:
    """Removes a desk; raises Refused("desk_used") while an open account or an invitation belongs to it.

    What was counted for reports keeps its name.
    """
    used = (
        sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.desk_id == desk_id, ACCOUNTS.c.active),
        sa.select(INVITATIONS.c.token_hash).where(
            INVITATIONS.c.desk_id == desk_id, INVITATIONS.c.used_at.is_(None)
        ),
    )
    if any(connection.execute(query).first() for query in used):
        raise Refused("desk_used")
    for table in (ACCOUNTS, INVITATIONS):
        connection.execute(table.update().where(table.c.desk_id == desk_id).values(desk_id=None))
    connection.execute(DESK_DAYS.delete().where(DESK_DAYS.c.desk_id == desk_id))
    try:
        connection.execute(DESKS.delete().where(DESKS.c.id == desk_id))
    except sa.exc.IntegrityError as error:
        raise Refused("desk_used") from error


def purge(connection: Connection, today: dt.date) -> None:
    """Forgets days set apart that are long over."""
    connection.execute(DESK_DAYS.delete().where(DESK_DAYS.c.last_on < today - dt.timedelta(days=KEPT_DAYS)))
