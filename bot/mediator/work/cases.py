"""Blocked cases: the situation, a note without personal data, a status, a next date, and an end."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.guides.facts import Facts
from bot.mediator.store.tables import ACCOUNTS, CASES
from bot.privacy.masking import mask

LONGEST_NOTE = 2000
# After the last change, or after the next date where there is one: long enough for two appeals in a row.
KEPT_DAYS = 180


class Status(StrEnum):
    """Whose turn it is."""

    CITIZEN = "citizen"
    ADMINISTRATION = "administration"
    DESK = "desk"
    SOLVED = "solved"
    GIVEN_UP = "given_up"


ENDED = (Status.SOLVED.value, Status.GIVEN_UP.value)


def open_case(
    connection: Connection,
    account_id: int,
    facts: Facts,
    status: Status,
    note: str,
    next_on: dt.date | None,
    on: dt.date,
) -> int:
    """The number of a new case."""
    values = _values(status, note, next_on, on)
    made = connection.execute(
        CASES.insert().values(account_id=account_id, facts=dict(facts), opened_on=on, **values)
    )
    return int(made.inserted_primary_key[0])


def change(
    connection: Connection, case_id: int, status: Status, note: str, next_on: dt.date | None, on: dt.date
) -> bool:
    """Whether the case was there to be changed."""
    changed = connection.execute(
        CASES.update().where(CASES.c.id == case_id).values(**_values(status, note, next_on, on))
    )
    return changed.rowcount == 1


def find(connection: Connection, case_id: int) -> Row | None:
    """The case of that number, with the login of who opened it."""
    return connection.execute(
        sa.select(CASES, ACCOUNTS.c.login).join(ACCOUNTS).where(CASES.c.id == case_id)
    ).first()


def board(connection: Connection) -> list[Row]:
    """Every case: those still open by their next date, then those that ended."""
    rows = connection.execute(sa.select(CASES, ACCOUNTS.c.login).join(ACCOUNTS)).all()
    return sorted(
        rows, key=lambda row: (row.status in ENDED, row.next_on or dt.date.max, -row.changed_on.toordinal())
    )


def due(connection: Connection, on: dt.date) -> int:
    """How many open cases have reached their date."""
    count = connection.scalar(
        sa.select(sa.func.count())
        .select_from(CASES)
        .where(CASES.c.next_on <= on, CASES.c.status.not_in(ENDED))
    )
    return int(count or 0)


def erase(connection: Connection, case_id: int) -> bool:
    """Whether there was a case to erase."""
    return connection.execute(CASES.delete().where(CASES.c.id == case_id)).rowcount == 1


def purge(connection: Connection, on: dt.date) -> int:
    """How many cases reached their end and are gone."""
    return connection.execute(CASES.delete().where(CASES.c.erase_on <= on)).rowcount


def _values(status: Status, note: str, next_on: dt.date | None, on: dt.date) -> dict[str, object]:
    return {
        "status": status.value,
        "note": mask(note.strip()[:LONGEST_NOTE]),
        "next_on": next_on,
        "changed_on": on,
        "erase_on": max(on, next_on or on) + dt.timedelta(days=KEPT_DAYS),
    }
