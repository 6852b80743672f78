"""The dates of a sheet as a calendar file (iCalendar, RFC 5545): whole days, each with its reminders."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Assistant carte grise//Fiche personnelle//FR"
# Under this name, the same date of the same sheet always gets the same identifier.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:assistant-carte-grise:sheet")


def make(agenda: dict[str, Any]) -> bytes:
    """The calendar file of an agenda given as plain values."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for entry in agenda["entries"]:
        calendar.add_component(_event(entry, agenda))
    return bytes(calendar.to_ical())


def _event(entry: dict[str, Any], agenda: dict[str, Any]) -> Event:
    day = dt.date.fromisoformat(entry["day"])
    changed = dt.datetime.fromisoformat(agenda["changed_at"])
    event = Event()
    event.add("uid", str(uuid.uuid5(NAMESPACE, f"{agenda['sheet']}/{entry['code']}")))
    # A calendar that has the event already takes the new day only where these are greater (RFC 5545, 3.8.7).
    event.add("sequence", agenda["revision"])
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", entry["title"])
    event.add("description", entry["description"])
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    for days in entry["reminders"]:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        # The words shown: as neutral as the title.
        alarm.add("description", entry["title"])
        alarm.add("trigger", dt.timedelta(days=-days, hours=agenda["hour"]))
        event.add_component(alarm)
    return event
