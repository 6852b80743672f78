"""What editors work off: messages that had no answer, and answers that somebody says are wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.guides.facts import Facts
from bot.mediator.store.tables import ACCOUNTS, HANDLED_MESSAGES, WRONG_ANSWERS
from bot.privacy.masking import mask

LONGEST_TEXT = 1000
# As long as the bot keeps a message, and a wrong answer long enough for the sentence to be mended.
KEPT_DAYS = {"handled_messages": 60, "wrong_answers": 180}
_HANDLERS = ACCOUNTS.alias("handler")


class Status(StrEnum):
    """What an editor did with it."""

    OPEN = "open"
    DONE = "done"
    SET_ASIDE = "set_aside"


def handle_message(
    connection: Connection, text_hash: str, status: Status, account_id: int, on: dt.date
) -> None:
    """Notes that a message is dealt with; OPEN takes the note away."""
    connection.execute(HANDLED_MESSAGES.delete().where(HANDLED_MESSAGES.c.text_hash == text_hash))
    if status is not Status.OPEN:
        values = {"status": status.value, "account_id": account_id, "handled_on": on}
        connection.execute(HANDLED_MESSAGES.insert().values(text_hash=text_hash, **values))


def handled(connection: Connection) -> dict[str, str]:
    """The messages dealt with, by the hash of their words, and how."""
    rows = connection.execute(sa.select(HANDLED_MESSAGES.c.text_hash, HANDLED_MESSAGES.c.status))
    return {row.text_hash: row.status for row in rows}


def report(
    connection: Connection,
    account_id: int,
    question: str,
    answer: str,
    responses: Iterable[str],
    facts: Facts,
    on: dt.date,
) -> int:
    """The number of a new report of a wrong answer: its words masked, its facts choices and dates alone."""
    values = {
        "question": mask(question.strip()[:LONGEST_TEXT]),
        "answer": mask(answer.strip()[:LONGEST_TEXT]),
        "responses": list(responses),
        "facts": dict(facts),
    }
    made = connection.execute(
        WRONG_ANSWERS.insert().values(
            account_id=account_id, status=Status.OPEN.value, reported_on=on, **values
        )
    )
    return int(made.inserted_primary_key[0])


def reports(connection: Connection, status: Status) -> list[Row]:
    """The reports of that status with who made them, the latest first."""
    return list(
        connection.execute(
            sa.select(WRONG_ANSWERS, ACCOUNTS.c.login, _HANDLERS.c.login.label("handler"))
            .join(ACCOUNTS, WRONG_ANSWERS.c.account_id == ACCOUNTS.c.id)
            .join(_HANDLERS, WRONG_ANSWERS.c.handler_id == _HANDLERS.c.id, isouter=True)
            .where(WRONG_ANSWERS.c.status == status.value)
            .order_by(WRONG_ANSWERS.c.id.desc())
        )
    )


def handle_report(connection: Connection, report_id: int, status: Status, account_id: int) -> bool:
    """Whether there was such a report."""
    changed = connection.execute(
        WRONG_ANSWERS.update()
        .where(WRONG_ANSWERS.c.id == report_id)
        .values(status=status.value, handler_id=account_id)
    )
    return changed.rowcount == 1


def purge(connection: Connection, on: dt.date) -> None:
    """Erases what has reached its age."""
    old = {name: on - dt.timedelta(days=days) for name, days in KEPT_DAYS.items()}
    messages, wrong = HANDLED_MESSAGES.c.handled_on, WRONG_ANSWERS.c.reported_on
    connection.execute(HANDLED_MESSAGES.delete().where(messages < old["handled_messages"]))
    connection.execute(WRONG_ANSWERS.delete().where(wrong < old["wrong_answers"]))
