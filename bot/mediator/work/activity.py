"""Anonymous lines for reports: what happened, on which day, at which desk; nothing that leads to anybody."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, ACTIVITY, DESKS

COLUMNS = ("jour", "guichet", "activité", "sujet", "issue", "minutes")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def note(
    connection: Connection,
    day: dt.date,
    account_id: int | None,
    kind: str,
    subject: str,
    outcome: str,
    minutes: int | None = None,
) -> None:
    """Adds a line, at the desk of the account where it has one."""
    desk = connection.scalar(
        sa.select(DESKS.c.name)
        .join(ACCOUNTS, ACCOUNTS.c.desk_id == DESKS.c.id)
        .where(ACCOUNTS.c.id == account_id)
    )
    connection.execute(
        ACTIVITY.insert().values(
            day=day, desk=desk or "", kind=kind, subject=subject, outcome=outcome, minutes=minutes
        )
    )


def lines(connection: Connection, since: dt.date, until: dt.date) -> list[Row]:
    """The lines of those days, the first day first."""
    query = sa.select(ACTIVITY).where(ACTIVITY.c.day.between(since, until))
    return list(connection.execute(query.order_by(ACTIVITY.c.day, ACTIVITY.c.id)))


def as_csv(rows: Iterable[Row]) -> str:
    """The lines as French spreadsheets open them: semicolons, a byte-order mark, no formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (row.day.isoformat(), *map(_plain, (row.desk, row.kind, row.subject, row.outcome)), row.minutes)
        )
    return "\ufeff" + text.getvalue()


def _plain(text: str) -> str:
    """The text so that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
