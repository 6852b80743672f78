"""How old a source may be, by authority: since our last reading, and by its own date (``freshness.yml``)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.law.parameters import Authority, Source

LIMITS_FILE = Path(__file__).with_name("freshness.yml")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days that may pass since our last reading, and since the text's own date."""

    reading: int
    edition: int


@lru_cache(maxsize=1)
def limits() -> dict[Authority, Limits]:
    """The limits of each authority."""
    return msgspec.yaml.decode(LIMITS_FILE.read_bytes(), type=dict[Authority, Limits])


def expires_on(authority: Authority, verified_on: dt.date) -> dt.date:
    """The last day on which something of that authority, read then, needs no caution."""
    return verified_on + dt.timedelta(days=limits()[authority].reading)


def is_expired(source: Source, on: dt.date) -> bool:
    """Whether the source's last reading is too old on that day."""
    return on > expires_on(source.authority, source.verified_on)


def edition_good_until(source: Source) -> dt.date | None:
    """The last day on which the text's own date is recent enough.

    None where age cannot be told (an undated text) or is no fault (a historical one).
    """
    if source.edition is None or source.historical:
        return None
    return source.edition + dt.timedelta(days=limits()[source.authority].edition)


def is_edition_old(source: Source, on: dt.date) -> bool:
    """Whether a newer version of the text should be looked for on that day."""
    last_day = edition_good_until(source)
    return last_day is not None and on > last_day
