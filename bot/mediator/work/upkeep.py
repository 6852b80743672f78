"""What time alone asks for: hand-overs left lying, codes and cases that are over, old attempts."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from bot.mediator import clock
from bot.mediator.bridge import BotAway, Gone
from bot.mediator.security import failures, journal
from bot.mediator.security.sessions import LONGEST_HOURS
from bot.mediator.store.tables import ATTEMPTS, HANDOVERS, INVITATIONS, RESETS, SESSIONS
from bot.mediator.work import activity, cases, codes, desks, handovers, presence, reception, reviews
from bot.mediator.work.handovers import Status

if TYPE_CHECKING:
    from bot.mediator.desk import Desk

logger = logging.getLogger(__name__)

# How long an ended hand-over still names its conversation, and a used invitation its maker.
LINKED_DAYS = 30
ATTEMPT_HOURS = 24
# Somebody may sign in again, or load a page, before those who wait are told that nobody is left.
ALONE_MINUTES = 3
# A conversation that has just been handed over may not be stored yet.
SETTLING_SECONDS = 10


def sweep(desk: Desk, now: dt.datetime) -> None:
    """Ends what nobody is in any more, tells those who wait, then erases what is over."""
    _end_ghosts(desk, now)
    _return_to_sender(desk, now)
    with desk.database.transaction() as connection:
        lying = handovers.left_lying(connection, now)
    for row in lying:
        _let_go(desk, row, now)
    _tell_queue(desk, now)
    with desk.database.transaction() as connection:
        erased = cases.purge(connection, clock.in_paris(now).date())
        if erased:
            desk.journal.note(connection, now, journal.SYSTEM, "case_erased", str(erased))
        codes.purge(connection, now)
        desks.purge(connection, clock.in_paris(now).date())
        failures.purge(connection, now)
        reviews.purge(connection, clock.in_paris(now).date())
        for statement in _forgetting(now):
            connection.execute(statement)


def _end_ghosts(desk: Desk, now: dt.datetime) -> None:
    """Ends the hand-overs whose conversation was erased, or left by the person without the desk hearing."""
    with desk.database.transaction() as connection:
        rows = handovers.unfinished(connection)
    told = desk.glance.at(row.conversation for row in rows)
    for row in rows:
        ended = ended_by_person(row, told.get(row.conversation), now)
        if ended is not None:
            with desk.database.transaction() as connection:
                reception.end_by_person(desk, connection, row, ended, now)


def ended_by_person(row: Row, told: dict[str, Any] | None, now: dt.datetime) -> Status | None:
    """How the person ended the hand-over as the conversation tells it; None where they did not."""
    if told is None or row.requested_at > now - dt.timedelta(seconds=SETTLING_SECONDS):
        return None
    if not told["known"]:
        return Status.ERASED
    was_taken = row.status == Status.TAKEN.value and row.taken_at is not None
    if was_taken and not told["paused"] and told["resumed_at"] is not None:
        resumed = dt.datetime.fromtimestamp(told["resumed_at"], dt.UTC).replace(tzinfo=None)
        return Status.LEFT if resumed > row.taken_at else None
    return None


def _return_to_sender(desk: Desk, now: dt.datetime) -> None:
    """What a colleague did not open goes back to who passed it on, where they are still there."""
    with desk.database.transaction() as connection:
        there = {colleague.login: colleague.id for colleague in presence.there(connection, now)}
        for row in handovers.not_received(connection, now):
            if row.passed_by in there:
                handovers.pass_on(connection, row, row.login, there[row.passed_by], "", now)
                handovers.receive(connection, row.id)
                desk.journal.note(connection, now, journal.SYSTEM, "not_received", f"n° {row.id}")


def _tell_queue(desk: Desk, now: dt.datetime) -> None:
    """Tells those who wait their new place, or that nobody will come: closed, or nobody left for a while."""
    with desk.database.transaction() as connection:
        waiting = handovers.waiting(connection)
        stands = reception.standing(connection, now)
    if stands.is_open:
        desk.alone_since = None
    elif desk.alone_since is None:
        desk.alone_since = now
    is_alone = desk.alone_since is not None and now - desk.alone_since >= dt.timedelta(minutes=ALONE_MINUTES)
    for place, row in enumerate(waiting, start=1):
        try:
            if not stands.open_desks and stands.next_opening is not None:
                opening = stands.next_opening
                desk.bridge.tell(row.conversation, "closed_meanwhile", **reception.spoken(opening))
            elif not stands.open_desks or is_alone:
                desk.bridge.tell(row.conversation, "left_alone")
            else:
                _tell_place(desk, row, place)
                continue
        except (BotAway, Gone):
            continue
        _expire(desk, row, now)


def _tell_place(desk: Desk, row: Row, place: int) -> None:
    if row.told_place is None or place >= row.told_place:
        return
    desk.bridge.tell(row.conversation, "moved_first" if place == 1 else "moved", position=place)
    with desk.database.transaction() as connection:
        handovers.told_place(connection, row.id, place)


def _let_go(desk: Desk, row: Row, now: dt.datetime) -> None:
    """Ends one hand-over, once the person was told; where the bot is away, the next sweep tries again."""
    was_taken = row.status == Status.TAKEN.value
    try:
        if was_taken:
            desk.bridge.give_back(row.conversation, by_time=True)
        else:
            desk.bridge.tell(row.conversation, "nobody")
    except BotAway:
        return
    except Gone:
        with desk.database.transaction() as connection:
            reception.end_by_person(desk, connection, row, Status.ERASED, now)
        return
    _expire(desk, row, now, Status.RETURNED if was_taken else Status.EXPIRED)


def _expire(desk: Desk, row: Row, now: dt.datetime, status: Status = Status.EXPIRED) -> None:
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
        RESETS.delete().where(RESETS.c.expires_at < long_ago),
    ]
