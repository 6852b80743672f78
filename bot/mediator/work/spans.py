"""Opening hours as people write them, read and written: « 9h-12h, 14h-17h30 », « de 9 h à 12 h »."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

# "9", "9h", "9 h 30", "09:30", "9.30", "9 heures", midday and midnight.
_TIME = r"(midi|minuit|\d{1,2})\s*(?:(?:heures?|[h:.])\s*(\d{2})?)?"
_SPAN = re.compile(rf"(?:de\s+)?{_TIME}\s*(?:[-–—‑]|à|a|jusqu['’]?\s*à)\s*{_TIME}")
_BETWEEN = re.compile(r"[,;/\n]|\bet\b|\bpuis\b")
_CLOSED = frozenset({"", "fermé", "ferme", "fermée", "fermeture", "-", "–"})
_LAST_MINUTE = 24 * 60


class Unreadable(ValueError):
    """Hours that cannot be meant; ``kind`` is "unreadable", "order" or "overlap", ``part`` its text."""

    def __init__(self, kind: str, part: str) -> None:
        """The kind and the part that it is about."""
        super().__init__(kind)
        self.kind = kind
        self.part = part


def read_spans(text: str) -> list[list[str]]:
    """The pairs of times in "9h-12h, 14h-17h30", in order; none for "" and "fermé".

    Raises Unreadable where one cannot be read, ends before it begins, or lies within another.
    """
    plain = re.sub(r"[\s\u00a0\u202f]+", " ", text.casefold()).strip().rstrip(".")
    if plain in _CLOSED:
        return []
    spans = sorted(_read(part.strip()) for part in _BETWEEN.split(plain) if part.strip())
    for earlier, later in pairwise(spans):
        if later[0] < earlier[1]:
            raise Unreadable("overlap", written_spans((earlier, later)))
    return [list(span) for span in spans]


def written_spans(spans: Iterable[Iterable[str]]) -> str:
    """The pairs of times as a form shows them: "9h00-12h00, 14h00-17h30"."""
    return ", ".join("-".join(_written(time) for time in span) for span in spans)


def _read(part: str) -> tuple[str, str]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise Unreadable("unreadable", part)
    begin, end = _minutes(match[1], match[2], part), _minutes(match[3], match[4], part)
    # Midnight at the end of a span is the end of the day.
    end = end or _LAST_MINUTE
    if begin == _LAST_MINUTE or begin >= end:
        raise Unreadable("order", part)
    return _stored(begin), _stored(end)


def _minutes(hour: str, minute: str | None, part: str) -> int:
    found = {"midi": 12, "minuit": 0}.get(hour)
    hours = int(hour) if found is None else found
    minutes = int(minute or 0)
    if minutes > 59 or hours * 60 + minutes > _LAST_MINUTE:
        raise Unreadable("unreadable", part)
    return hours * 60 + minutes


def _stored(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _written(time: str) -> str:
    hour, _, minute = time.partition(":")
    return f"{int(hour)}h{minute}"
