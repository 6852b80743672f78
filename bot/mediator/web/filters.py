"""What the templates may call: French dates, blocks of an answer, addresses of files."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from bot.mediator import clock
from bot.mediator.sheet import days
from bot.nlg import french
from bot.nlg.formatting import blocks, is_address
from bot.nlg.sources import SHOWN

STATIC = Path(__file__).parent.parent / "static"


def install(templates: Environment) -> None:
    """Gives them to the templates."""
    templates.filters |= {
        "blocks": blocks,
        "day": french.date,
        "typed_day": days.shown,
        "weekday": weekday,
        "moment": moment,
        "time": time_of_day,
        "lasting": lasting,
    }
    templates.tests["match_address"] = is_address
    templates.globals |= {"file": file_address, "plural": plural, "sources_shown": SHOWN}


def weekday(day: dt.date) -> str:
    """A day as people name it: "lundi 23 novembre"."""
    return format_date(day, "EEEE d MMMM", locale=french.LOCALE)


@pass_context
def moment(context: Context, at: dt.datetime | None) -> str:
    """A moment of the store, in the time of who reads it: "23/11/2026 à 09:12"; "" for none."""
    return format_datetime(_local(context, at), "dd/MM/y 'à' HH:mm", locale=french.LOCALE) if at else ""


@pass_context
def time_of_day(context: Context, at: dt.datetime | float | None) -> str:
    """The hour of a moment of the store or of a count of seconds, in the reader's time; "" for none."""
    if at is None:
        return ""
    if isinstance(at, (int, float)):
        at = dt.datetime.fromtimestamp(at, dt.UTC).replace(tzinfo=None)
    return f"{_local(context, at):%H:%M}"


def _local(context: Context, at: dt.datetime) -> dt.datetime:
    visit = context.get("visit")
    return clock.in_zone(at, visit.where.zone if visit else clock.PARIS)


def lasting(since: dt.datetime | float, now: dt.datetime) -> str:
    """How long ago a moment of the store, or a count of seconds, is: "4 min", "2 h 05", "3 jours"."""
    at = dt.datetime.utcfromtimestamp(since) if isinstance(since, (int, float)) else since
    minutes = max(int((now - at).total_seconds()) // 60, 0)
    if minutes < 1:
        return "moins d’une minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest:02}"
    return f"{hours // 24} {plural(hours // 24, 'jour', 'jours')}"


@lru_cache(maxsize=32)
def file_address(name: str) -> str:
    """The address of a file, with a hash so that a new one is fetched."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:12]}"


def plural(count: int, one: str, many: str) -> str:
    """The word that goes with a count, as French counts: nothing and one are singular."""
    return one if count < 2 else many
