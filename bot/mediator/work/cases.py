"""Blocked cases: the situation, a note without personal data, a next date, a history, and an end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.guides.facts import Facts
from bot.mediator import clock
from bot.mediator.security.roles import Role
from bot.mediator.store.tables import ACCOUNTS, CASE_CHANGES, CASES
from bot.privacy.masking import mask

LONGEST_NOTE = 2000
LONGEST_LABEL = 40
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
_OPENER = ACCOUNTS.alias("opener")
_ASSIGNEE = ACCOUNTS.alias("assignee")


@dataclass(frozen=True)
class Follow:
    """How a case is followed up: what its form holds beside the facts."""

    status: Status
    note: str = ""
    next_on: dt.date | None = None
    label: str = ""
    assignee_id: int | None = None


def open_case(
    connection: Connection,
    account_id: int,
    facts: Facts,
    status: Status,
    note: str,
    next_on: dt.date | None,
    on: dt.date,
) -> int:
    """The number of a new case, with whoever opens it."""
    values = _values(Follow(status, note, next_on, assignee_id=account_id), on)
    made = connection.execute(
        CASES.insert().values(account_id=account_id, facts=dict(facts), opened_on=on, **values)
    )
    return int(made.inserted_primary_key[0])


def follow_up(
    connection: Connection, case_id: int, account_id: int, version: int, follow: Follow, now: dt.datetime
) -> bool:
    """Whether the case was still as ``version`` had it, and is now followed up so."""
    values = _values(follow, clock.in_paris(now).date())
    return _change(connection, case_id, account_id, version, values, now)


def change_facts(
    connection: Connection, case_id: int, account_id: int, version: int, facts: Facts, now: dt.datetime
) -> bool:
    """Whether the case was still as ``version`` had it, and has these facts now."""
    row = find(connection, case_id)
    if row is None:
        return False
    on = clock.in_paris(now).date()
    values = {"facts": dict(facts), "changed_on": on, "erase_on": _end(row.next_on, on)}
    return _change(connection, case_id, account_id, version, values, now)


def find(connection: Connection, case_id: int) -> Row | None:
    """The case of that number, with the login of who opened it and of who has it."""
    return connection.execute(_with_people().where(CASES.c.id == case_id)).first()


def history(connection: Connection, case_id: int) -> list[Row]:
    """What was changed, by whom and when, the latest first."""
    return list(
        connection.execute(
            sa.select(CASE_CHANGES, ACCOUNTS.c.login)
            .join(ACCOUNTS)
            .where(CASE_CHANGES.c.case_id == case_id)
            .order_by(CASE_CHANGES.c.id.desc())
        )
    )


def board(connection: Connection) -> list[Row]:
    """Every case: those still open by their next date, then those that ended."""
    rows = connection.execute(_with_people()).all()
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


def is_due(row: Row, on: dt.date) -> bool:
    """Whether an open case has reached its date."""
    return row.next_on is not None and row.next_on <= on and row.status not in ENDED


def may_erase(row: Row, account_id: int, role: Role) -> bool:
    """Whether that account may erase the case: who opened it, who has it, or an administrator."""
    return account_id in (row.account_id, row.assignee_id) or role.may_act_as(Role.ADMINISTRATOR)


def people(connection: Connection) -> list[Row]:
    """The open accounts, to whom a case may be given."""
    return list(
        connection.execute(
            sa.select(ACCOUNTS.c.id, ACCOUNTS.c.login)
            .where(ACCOUNTS.c.active.is_(True))
            .order_by(ACCOUNTS.c.login)
        )
    )


def erase(connection: Connection, case_id: int) -> bool:
    """Whether there was a case to erase; its history goes with it."""
    connection.execute(CASE_CHANGES.delete().where(CASE_CHANGES.c.case_id == case_id))
    return connection.execute(CASES.delete().where(CASES.c.id == case_id)).rowcount == 1


def purge(connection: Connection, on: dt.date) -> int:
    """How many cases reached their end and are gone."""
    kept = sa.select(CASES.c.id).where(CASES.c.erase_on > on)
    connection.execute(CASE_CHANGES.delete().where(CASE_CHANGES.c.case_id.not_in(kept)))
    return connection.execute(CASES.delete().where(CASES.c.erase_on <= on)).rowcount


def _with_people() -> sa.Select[Any]:
    return (
        sa.select(CASES, _OPENER.c.login, _ASSIGNEE.c.login.label("assignee"))
        .join(_OPENER, CASES.c.account_id == _OPENER.c.id)
        .join(_ASSIGNEE, CASES.c.assignee_id == _ASSIGNEE.c.id, isouter=True)
    )


def _change(
    connection: Connection,
    case_id: int,
    account_id: int,
    version: int,
    values: Mapping[str, Any],
    now: dt.datetime,
) -> bool:
    before = connection.execute(sa.select(CASES).where(CASES.c.id == case_id)).first()
    changed = connection.execute(
        CASES.update()
        .where(CASES.c.id == case_id, CASES.c.version == version)
        .values(**values, version=version + 1)
    )
    if before is None or changed.rowcount != 1:
        return False
    told = [
        [name, _plain(getattr(before, name)), _plain(value)]
        for name, value in values.items()
        if name not in ("changed_on", "erase_on") and getattr(before, name) != value
    ]
    if told:
        connection.execute(
            CASE_CHANGES.insert().values(case_id=case_id, account_id=account_id, at=now, changes=told)
        )
    return True


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _values(follow: Follow, on: dt.date) -> dict[str, object]:
    return {
        "status": follow.status.value,
        "note": mask(follow.note.replace("\r\n", "\n").strip()[:LONGEST_NOTE]),
        "next_on": follow.next_on,
        "label": mask(" ".join(follow.label.split())[:LONGEST_LABEL])[:LONGEST_LABEL],
        "assignee_id": follow.assignee_id,
        "changed_on": on,
        "erase_on": _end(follow.next_on, on),
    }


def _end(next_on: dt.date | None, on: dt.date) -> dt.date:
    return max(on, next_on or on) + dt.timedelta(days=KEPT_DAYS)
