"""When a desk is open: hours by day of the week, never on a public holiday that a text makes one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.law.public_holidays import public_holidays

# As in the store: day of the week as text (Monday is "0") → pairs of times "09:00".
Hours = Mapping[str, list[list[str]]]

TIME = r"([01]?\d|2[0-3])[h:]([0-5]\d)?"
SPAN = re.compile(rf"^{TIME}\s*[-–]\s*{TIME}$")
DAYS_AHEAD = 31


@dataclass(frozen=True)
class Opening:
    """The next moment when somebody is there, in the time of France."""

    day: dt.date
    time: str


def is_open(hours: Hours, subdivision: str, at: dt.datetime) -> bool:
    """Whether a desk is open at that moment of its own time."""
    if at.date() in public_holidays(subdivision, at.year):
        return False
    now = f"{at:%H:%M}"
    return any(begin <= now < end for begin, end in hours.get(str(at.weekday()), []))


def closing(hours: Hours, at: dt.datetime) -> str | None:
    """When the opening under way at that moment ends, "12:00"; None where there is none."""
    now = f"{at:%H:%M}"
    spans = hours.get(str(at.weekday()), [])
    return max((end for begin, end in spans if begin <= now < end), default=None)


def next_opening(hours: Hours, subdivision: str, at: dt.datetime) -> Opening | None:
    """The next opening after that moment, None where there is none within a month."""
    for ahead in range(DAYS_AHEAD):
        day = at.date() + dt.timedelta(days=ahead)
        if day in public_holidays(subdivision, day.year):
            continue
        begins = sorted(begin for begin, _ in hours.get(str(day.weekday()), []))
        later = [begin for begin in begins if ahead or begin > f"{at:%H:%M}"]
        if later:
            return Opening(day, later[0])
    return None


def spoken(time: str) -> str:
    """A time as people say it: "9 h" of "09:00", "14 h 30" of "14:30"."""
    hour, _, minutes = time.partition(":")
    return f"{int(hour)} h {minutes}".removesuffix(" 00")


def earliest(openings: Iterable[Opening | None]) -> Opening | None:
    """The first of several openings."""
    found = [opening for opening in openings if opening is not None]
    return min(found, key=lambda opening: (opening.day, opening.time), default=None)


def read_spans(text: str) -> list[list[str]]:
    """The pairs of times in "9h-12h, 14h-17h30", in order; raises ValueError where one cannot be read."""
    spans = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]| et ", text))):
        match = SPAN.match(part)
        if match is None:
            raise ValueError(part)
        begin, end = (f"{int(match[first]):02}:{match[first + 1] or '00'}" for first in (1, 3))
        if begin >= end:
            raise ValueError(part)
        spans.append([begin, end])
    return sorted(spans)


def written_spans(spans: Iterable[Iterable[str]]) -> str:
    """The pairs of times as a form shows them: "9h00-12h00, 14h00-17h30"."""
    return ", ".join("-".join(time.lstrip("0").replace(":", "h") for time in span) for span in spans)
