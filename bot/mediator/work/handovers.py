"""Conversations that wait for a person or are with one: each step is one guarded change of one row."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.mediator.store.tables import ACCOUNTS, HANDOVERS

# Nobody waits for ever, and the bot is not left silent by a mediator who went away.
WAITING_HOURS = 4
SILENT_MINUTES = 30
# A conversation left for whoever comes next, and one passed to a colleague who does not open it.
MESSAGE_DAYS = 7
PASSED_MINUTES = 5
# An estimate from fewer would be a guess.
FEWEST_TO_ESTIMATE = 3
COUNTED = 30


class Status(StrEnum):
    """Where a hand-over stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    # Left for whoever comes next, while nobody was there.
    MESSAGE = "message"
    # The person went back to the assistant, or erased the conversation.
    LEFT = "left"
    ERASED = "erased"


class Outcome(StrEnum):
    """What became of a conversation, as the mediator who ends it says."""

    ANSWERED = "answered"
    PARTLY = "partly"
    ELSEWHERE = "elsewhere"
    APPOINTMENT = "appointment"
    SILENT = "silent"
    NOT_SAID = "not_said"


# What may be taken, and what is not over.
TO_TAKE = (Status.WAITING.value, Status.MESSAGE.value)
OPEN = (*TO_TAKE, Status.TAKEN.value)


def open_one(connection: Connection, conversation: str) -> Row | None:
    """The hand-over of a conversation that is not over, if there is one."""
    return connection.execute(
        sa.select(HANDOVERS).where(HANDOVERS.c.conversation == conversation, HANDOVERS.c.status.in_(OPEN))
    ).first()


def find(connection: Connection, handover_id: int) -> Row | None:
    """The hand-over of that number, with the login of who has it."""
    return connection.execute(
        sa.select(HANDOVERS, ACCOUNTS.c.login)
        .join(ACCOUNTS, isouter=True)
        .where(HANDOVERS.c.id == handover_id)
    ).first()


def request(
    connection: Connection,
    conversation: str,
    subject: str,
    origin: str,
    now: dt.datetime,
    status: Status = Status.WAITING,
) -> int:
    """The number of the conversation's open hand-over, made where there is none.

    What was left as a message waits from now on, where somebody is there after all.
    """
    already = open_one(connection, conversation)
    if already is not None:
        if already.status == Status.MESSAGE.value and status is Status.WAITING:
            connection.execute(
                HANDOVERS.update()
                .where(HANDOVERS.c.id == already.id, HANDOVERS.c.status == Status.MESSAGE.value)
                .values(status=status.value, requested_at=now, told_place=None)
            )
        return int(already.id)
    made = connection.execute(
        HANDOVERS.insert().values(
            conversation=conversation,
            origin=origin,
            subject=subject,
            status=status.value,
            requested_at=now,
        )
    )
    return int(made.inserted_primary_key[0])


def take(connection: Connection, handover_id: int, account_id: int, now: dt.datetime) -> bool:
    """Whether the account now has it: of several who ask, the first; who has it already may ask again."""
    changed = connection.execute(
        HANDOVERS.update()
        .where(HANDOVERS.c.id == handover_id, HANDOVERS.c.status.in_(TO_TAKE))
        .values(status=Status.TAKEN.value, account_id=account_id, taken_at=now, active_at=now)
    )
    if changed.rowcount == 1:
        return True
    row = find(connection, handover_id)
    return row is not None and row.status == Status.TAKEN.value and row.account_id == account_id


def put_back(connection: Connection, handover_id: int, status: str) -> None:
    """Gives it the status that it had, where taking it could not be finished."""
    connection.execute(
        HANDOVERS.update()
        .where(HANDOVERS.c.id == handover_id, HANDOVERS.c.status == Status.TAKEN.value)
        .values(status=status, account_id=None, taken_at=None, active_at=None)
    )


def pass_on(connection: Connection, row: Row, by: str, to: int, note: str, now: dt.datetime) -> bool:
    """Whether it is now with the account ``to``, who has yet to open it; ``note`` is masked already."""
    changed = connection.execute(
        HANDOVERS.update()
        .where(
            HANDOVERS.c.id == row.id,
            HANDOVERS.c.status == Status.TAKEN.value,
            HANDOVERS.c.account_id == row.account_id,
        )
        .values(account_id=to, passed_by=by, passed_at=now, note=note, active_at=now)
    )
    return changed.rowcount == 1


def receive(connection: Connection, handover_id: int) -> None:
    """Notes that its new mediator has opened it."""
    connection.execute(HANDOVERS.update().where(HANDOVERS.c.id == handover_id).values(passed_at=None))


def not_received(connection: Connection, now: dt.datetime) -> Sequence[Row]:
    """Those passed on whose new mediator has not opened them in time, with that mediator's login."""
    return connection.execute(
        sa.select(HANDOVERS, ACCOUNTS.c.login)
        .join(ACCOUNTS)
        .where(
            HANDOVERS.c.status == Status.TAKEN.value,
            HANDOVERS.c.passed_at < now - dt.timedelta(minutes=PASSED_MINUTES),
        )
    ).all()


def touch(connection: Connection, handover_id: int, now: dt.datetime) -> None:
    """Notes that the mediator does something in it: reads it anew, types, answers."""
    connection.execute(HANDOVERS.update().where(HANDOVERS.c.id == handover_id).values(active_at=now))


def end(
    connection: Connection,
    handover_id: int,
    status: Status,
    now: dt.datetime,
    outcome: Outcome | None = None,
) -> bool:
    """Whether this call closed it: a second one finds nothing to close. A note goes at once."""
    changed = connection.execute(
        HANDOVERS.update()
        .where(HANDOVERS.c.id == handover_id, HANDOVERS.c.status.in_(OPEN))
        .values(status=status.value, ended_at=now, note=None, outcome=outcome and outcome.value)
    )
    return changed.rowcount == 1


def forget(connection: Connection, conversation: str) -> None:
    """Takes the id of a conversation off all its hand-overs; their times stay, for counting."""
    forgotten = HANDOVERS.update().where(HANDOVERS.c.conversation == conversation)
    connection.execute(forgotten.values(conversation=None))


def waiting(connection: Connection, status: Status = Status.WAITING) -> Sequence[Row]:
    """Those that wait, or that were left as a message, the first come first."""
    return connection.execute(
        sa.select(HANDOVERS)
        .where(HANDOVERS.c.status == status.value)
        .order_by(HANDOVERS.c.requested_at, HANDOVERS.c.id)
    ).all()


def told_place(connection: Connection, handover_id: int, place: int) -> None:
    """Notes which place the person was told."""
    connection.execute(HANDOVERS.update().where(HANDOVERS.c.id == handover_id).values(told_place=place))


def unfinished(connection: Connection) -> Sequence[Row]:
    """All that are not over."""
    return connection.execute(
        sa.select(HANDOVERS).where(HANDOVERS.c.status.in_(OPEN), HANDOVERS.c.conversation.is_not(None))
    ).all()


def held_by(connection: Connection, account_id: int) -> Sequence[Row]:
    """Those that are with an account."""
    return connection.execute(
        sa.select(HANDOVERS).where(
            HANDOVERS.c.status == Status.TAKEN.value, HANDOVERS.c.account_id == account_id
        )
    ).all()


def taken(connection: Connection) -> Sequence[Row]:
    """Those that are with somebody, with whom."""
    return connection.execute(
        sa.select(HANDOVERS, ACCOUNTS.c.login)
        .join(ACCOUNTS)
        .where(HANDOVERS.c.status == Status.TAKEN.value)
        .order_by(HANDOVERS.c.taken_at)
    ).all()


def position(connection: Connection, handover_id: int) -> int:
    """The place in the queue, from 1; 0 where it does not wait."""
    ranks = [row.id for row in waiting(connection)]
    return ranks.index(handover_id) + 1 if handover_id in ranks else 0


def minutes_to_wait(connection: Connection, place: int, mediators: int) -> int | None:
    """The likely wait at that place: the usual length of a conversation shared among who is there.

    None where too few conversations have ended to tell, or nobody is there.
    """
    ended = connection.execute(
        sa.select(HANDOVERS.c.taken_at, HANDOVERS.c.ended_at)
        .where(HANDOVERS.c.status == Status.RETURNED.value, HANDOVERS.c.taken_at.is_not(None))
        .order_by(HANDOVERS.c.ended_at.desc())
        .limit(COUNTED)
    ).all()
    if len(ended) < FEWEST_TO_ESTIMATE or mediators < 1:
        return None
    usual = statistics.median((row.ended_at - row.taken_at).total_seconds() for row in ended)
    return max(1, math.ceil(usual * place / mediators / 60))


def left_lying(connection: Connection, now: dt.datetime) -> Sequence[Row]:
    """Those that wait or stand silent for too long."""
    return connection.execute(
        sa.select(HANDOVERS).where(
            sa.or_(
                sa.and_(
                    HANDOVERS.c.status == Status.WAITING.value,
                    HANDOVERS.c.requested_at < now - dt.timedelta(hours=WAITING_HOURS),
                ),
                sa.and_(
                    HANDOVERS.c.status == Status.MESSAGE.value,
                    HANDOVERS.c.requested_at < now - dt.timedelta(days=MESSAGE_DAYS),
                ),
                sa.and_(
                    HANDOVERS.c.status == Status.TAKEN.value,
                    HANDOVERS.c.active_at < now - dt.timedelta(minutes=SILENT_MINUTES),
                ),
            )
        )
    ).all()
