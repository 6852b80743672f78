"""How long after its last check a source may be relied on, by authority (``freshness.yml``)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.law.parameters import Authority, Source

LIMITS_FILE = Path(__file__).with_name("freshness.yml")


@lru_cache(maxsize=1)
def limits() -> dict[Authority, int]:
    """The number of days each authority may go unchecked."""
    return msgspec.yaml.decode(LIMITS_FILE.read_bytes(), type=dict[Authority, int])


def expires_on(authority: Authority, verified_on: dt.date) -> dt.date:
    """The last day on which something of that authority, checked then, needs no caution."""
    return verified_on + dt.timedelta(days=limits()[authority])


def is_expired(source: Source, on: dt.date) -> bool:
    """Whether the source's last check is too old on that day."""
    return on > expires_on(source.authority, source.verified_on)
