"""What the bot may ask of the desk for a citizen: is anybody there, a place in the queue, a code."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection, Row

from bot.mediator import clock
from bot.mediator.security import journal
from bot.mediator.work import activity, codes, desks, handovers, hours, presence
from bot.mediator.work.handovers import Status

if TYPE_CHECKING:
    from bot.mediator.desk import Desk

LONGEST_SUBJECT = 80


@dataclass(frozen=True)
class Standing:
    """How the desks stand now: the names of those within their hours, who is there, the next opening."""

    has_desks: bool
    open_desks: tuple[str, ...]
    closes_at: str | None
    there: tuple[presence.Colleague, ...]
    next_opening: hours.Opening | None

    @property
    def is_open(self) -> bool:
        """Whether a citizen who asks now is served."""
        return bool(self.there)


def standing(connection: Connection, now: dt.datetime) -> Standing:
    """Open: a desk within its hours, and somebody of it (or of none) who is there."""
    timetables = desks.timetables(connection)
    open_desks = {number: timetable for number, timetable in timetables.items() if timetable.is_open(now)}
    colleagues = [
        colleague
        for colleague in presence.there(connection, now)
        if open_desks and (colleague.desk_id is None or colleague.desk_id in open_desks)
    ]
    ends = [timetable.closing(now) for timetable in open_desks.values()]
    return Standing(
        has_desks=bool(timetables),
        open_desks=tuple(row.name for row in desks.every(connection) if row.id in open_desks),
        closes_at=max(filter(None, ends), default=None),
        there=tuple(colleagues),
        next_opening=hours.earliest(timetable.next_opening(now) for timetable in timetables.values()),
    )


def status(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Whether somebody is there now, else when, and where this conversation stands in the queue."""
    with desk.database.transaction() as connection:
        return _told(connection, asked["conversation"], now)


def request(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A place in the queue for the conversation, where somebody is there."""
    with desk.database.transaction() as connection:
        if standing(connection, now).is_open:
            handovers.request(connection, asked["conversation"], _subject(asked), "chat", now)
        return _told(connection, asked["conversation"], now)


def leave_message(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """The conversation is left for whoever comes next; where somebody is there by now, it waits for them."""
    with desk.database.transaction() as connection:
        wanted = Status.WAITING if standing(connection, now).is_open else Status.MESSAGE
        handovers.request(connection, asked["conversation"], _subject(asked), "chat", now, wanted)
        return _told(connection, asked["conversation"], now)


def withdraw(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Takes the conversation out of the queue, or away from the mediator who has it."""
    with desk.database.transaction() as connection:
        row = handovers.open_one(connection, asked["conversation"])
        if row is not None and row.status == Status.TAKEN.value:
            end_by_person(desk, connection, row, Status.LEFT, now)
        elif row is not None:
            handovers.end(connection, row.id, Status.WITHDRAWN, now)
        return _told(connection, asked["conversation"], now)


def code(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A code that opens this conversation at a desk."""
    with desk.database.transaction() as connection:
        made = codes.make(connection, desk.keys, asked["conversation"], now, _subject(asked))
    return {"code": made, "minutes": codes.MINUTES}


def end_by_person(desk: Desk, connection: Connection, row: Row, ended: Status, now: dt.datetime) -> None:
    """Ends what the person left or erased; an erased conversation is not even named any more."""
    if handovers.end(connection, row.id, ended, now):
        desk.journal.note(connection, now, journal.SYSTEM, ended.value, f"n° {row.id}")
        minutes = math.ceil((now - row.taken_at).total_seconds() / 60) if row.taken_at else None
        day = clock.in_paris(now).date()
        activity.note(connection, day, row.account_id, "handover", row.subject, ended.value, minutes)
    if ended is Status.ERASED:
        handovers.forget(connection, row.conversation)


def _subject(asked: dict[str, Any]) -> str:
    subject = asked.get("subject")
    return subject[:LONGEST_SUBJECT] if isinstance(subject, str) else ""


def told_opening(opening: hours.Opening) -> dict[str, str]:
    """The day and time in the desk's place, and how that time is called where it is not Paris's."""
    told = {"day": opening.day.isoformat(), "time": opening.time}
    return told if opening.place.zone == clock.PARIS else {**told, "clock": opening.place.clock}


def spoken(opening: hours.Opening) -> dict[str, str]:
    """The day and time as a sentence tells them, with whose clock it is where that is not Paris's."""
    told = told_opening(opening)
    time = hours.spoken(told["time"])
    return {"day": told["day"], "time": f"{time} ({told['clock']})" if "clock" in told else time}


def _told(connection: Connection, conversation: str, now: dt.datetime) -> dict[str, Any]:
    """What the bot's sentences need; the place told is noted, so that a better one can be told later."""
    stands = standing(connection, now)
    opening = stands.next_opening
    row = handovers.open_one(connection, conversation)
    place = handovers.position(connection, row.id) if row is not None else 0
    if row is not None and place:
        handovers.told_place(connection, row.id, place)
    return {
        "open": stands.is_open,
        "within_hours": bool(stands.open_desks),
        "mediators": len(stands.there),
        "next_opening": told_opening(opening) if opening else None,
        "status": row.status if row is not None else "none",
        "number": row.id if row is not None else None,
        "position": place,
        "minutes": handovers.minutes_to_wait(connection, place, len(stands.there)) if place else None,
        "days": handovers.MESSAGE_DAYS,
    }
