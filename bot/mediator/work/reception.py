"""What the bot may ask of the desk for a citizen: is anybody there, a place in the queue, a code."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from bot.mediator import clock
from bot.mediator.work import codes, desks, handovers, hours

if TYPE_CHECKING:
    from bot.mediator.desk import Desk

LONGEST_SUBJECT = 80


def status(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Whether somebody is there now, else when, and where this conversation stands in the queue."""
    with desk.database.transaction() as connection:
        return {**_presence(desk, connection, now), **_place(desk, connection, asked["conversation"], now)}


def request(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A place in the queue for the conversation, where somebody is there."""
    subject = asked.get("subject")
    subject = subject[:LONGEST_SUBJECT] if isinstance(subject, str) else ""
    with desk.database.transaction() as connection:
        presence = _presence(desk, connection, now)
        if presence["open"]:
            handovers.request(connection, asked["conversation"], subject, "chat", now)
        return {**presence, **_place(desk, connection, asked["conversation"], now)}


def withdraw(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Takes the conversation out of the queue; one that is with a person stays there."""
    with desk.database.transaction() as connection:
        row = handovers.open_one(connection, asked["conversation"])
        if row is not None and row.status == handovers.Status.WAITING.value:
            handovers.end(connection, row.id, handovers.Status.WITHDRAWN, now)
        return _place(desk, connection, asked["conversation"], now)


def code(desk: Desk, asked: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A code that opens this conversation at a desk."""
    with desk.database.transaction() as connection:
        made = codes.make(connection, desk.keys, asked["conversation"], now)
    return {"code": made, "minutes": codes.MINUTES}


def _presence(desk: Desk, connection: Connection, now: dt.datetime) -> dict[str, Any]:
    """Open: a desk within its hours, and somebody of it (or of none) signed in with a page open."""
    timetables = desks.timetables(connection)
    open_desks = {number for number, timetable in timetables.items() if timetable.is_open(now)}
    there = [
        account
        for account, desk_id in desk.sessions.present(connection, now)
        if open_desks and (desk_id is None or desk_id in open_desks)
    ]
    opening = hours.earliest(timetable.next_opening(now) for timetable in timetables.values())
    return {
        "open": bool(there),
        "mediators": len(there),
        "next_opening": _told(opening) if opening else None,
    }


def _told(opening: hours.Opening) -> dict[str, str]:
    """The day and time in the desk's place, and how that time is called where it is not Paris's."""
    told = {"day": opening.day.isoformat(), "time": opening.time}
    return told if opening.place.zone == clock.PARIS else {**told, "clock": opening.place.clock}


def _place(desk: Desk, connection: Connection, conversation: str, now: dt.datetime) -> dict[str, Any]:
    row = handovers.open_one(connection, conversation)
    if row is None:
        return {"status": "none", "position": 0, "minutes": None}
    place = handovers.position(connection, row.id)
    mediators = len(desk.sessions.present(connection, now))
    minutes = handovers.minutes_to_wait(connection, place, mediators) if place else None
    return {"status": row.status, "position": place, "minutes": minutes}
