"""What time alone asks for: hand-overs left lying, codes and cases that are over, old attempts."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Row

from bot.mediator import clock
from bot.mediator.bridge import BotAway
from bot.mediator.security import journal
from bot.mediator.security.sessions import LONGEST_HOURS
from bot.mediator.store.tables import ATTEMPTS, HANDOVERS, INVITATIONS, SESSIONS
from bot.mediator.work import activity, cases, codes, handovers, reviews

if TYPE_CHECKING:
    from bot.mediator.desk import Desk

logger = logging.getLogger(__name__)

# How long an ended hand-over still names its conversation, and a used invitation its maker.
LINKED_DAYS = 30
ATTEMPT_HOURS = 24


def sweep(desk: Desk, now: dt.datetime) -> None:
    """Gives back what was left lying, then erases what is over."""
    with desk.database.transaction() as connection:
        lying = handovers.left_lying(connection, now)
    for row in lying:
        _let_go(desk, row, now)
    with desk.database.transaction() as connection:
        erased = cases.purge(connection, clock.in_paris(now).date())
        if erased:
            desk.journal.note(connection, now, journal.SYSTEM, "case_erased", str(erased))
        codes.purge(connection, now)
        reviews.purge(connection, clock.in_paris(now).date())
        for statement in _forgetting(now):
            connection.execute(statement)


def _let_go(desk: Desk, row: Row, now: dt.datetime) -> None:
    """Ends one hand-over, once the person was told; where the bot is away, the next sweep tries again."""
    was_taken = row.status == handovers.Status.TAKEN.value
    try:
        if was_taken:
            desk.bridge.give_back(row.conversation)
        else:
            desk.bridge.say_nobody_came(row.conversation)
    except BotAway:
        return
    status = handovers.Status.RETURNED if was_taken else handovers.Status.EXPIRED
    with desk.database.transaction() as connection:
        if handovers.end(connection, row.id, status, now):
            desk.journal.note(connection, now, journal.SYSTEM, status.value, f"n° {row.id}")
            day = clock.in_paris(now).date()
            activity.note(connection, day, row.account_id, "handover", row.subject, status.value)


def _forgetting(now: dt.datetime) -> list[sa.sql.Executable]:
    long_ago = now - dt.timedelta(days=LINKED_DAYS)
    return [
        HANDOVERS.update().where(HANDOVERS.c.ended_at < long_ago).values(conversation=None),
        ATTEMPTS.delete().where(ATTEMPTS.c.at < now - dt.timedelta(hours=ATTEMPT_HOURS)),
        SESSIONS.delete().where(SESSIONS.c.created_at < now - dt.timedelta(hours=LONGEST_HOURS)),
        INVITATIONS.delete().where(INVITATIONS.c.expires_at < long_ago),
    ]
