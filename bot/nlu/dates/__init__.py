"""Dates as people write them: found by shape, read as the days they may mean.

Grammars of our own, because no library reads these: on the cases of ``tests/cases/dates.yml`` dateparser
takes "sept" for seven and "1.6" for a day, and no library says how sure a day is ("il y a 2-3 semaines").
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from itertools import chain

from bot.law.days import Days
from bot.nlu.dates import calendar_dates, relative_dates
from bot.nlu.dates.reading import Reading, Unread
from bot.nlu.text import fold

__all__ = ["FoundDate", "Unread", "find"]

# Numbers and days that are no dates, whatever stands in them.
_NO_DATES = re.compile(
    r"""\b(?:
        (?:rue|avenue|av|bd|bld|boulevard|place|quai|cours|square|allees?|impasse|chemin|route)\s+
        (?:du|de\s+la|des|de|d')?\s*\d{1,2}(?:er)?\s+[a-z]+(?:\s+\d{4})?
      | (?:art(?:icle)?s?|alineas?|version|android|page|etape|cerfa|formulaire|pneus?|taille|note|numero|tel)
        \s*[.:]?\s*(?:n°|de|en|a)?\s*\d[\d./*-]*
      | (?:plaques?|immatricul\w+)\s+(?:[a-z]+\s+)?\d{1,4}\s?[a-z]{2,3}\s?\d{2}
      | (?:loi|decret|arrete|ordonnance|circulaire|reglement|directive)\s+(?:n\s?°?\s?[\d-]+\s+)?
        du\s+(?:1er|\d{1,2})\s+[a-z]+(?:\s+\d{4})?
    )\b""",
    re.VERBOSE,
)
# Two days that are two ends or two guesses of one.
_JOINING = re.compile(r",?\s*(?:ou(?:\s+bien|\s+alors)?|-|/)?\s*(?:l[ea]|du|en|a\s+la|vers)?\s*")
_JOINING_ENDS = re.compile(r"\s*(?:et|au|a|jusqu'?\s?au|-)\s*(?:l[ea]|du)?\s*")
_BETWEEN = re.compile(r"\b(?:entre|d[eu]|nuit du)\s+(?:l[ea]\s+)?$")
_ABOUT = re.compile(
    r"\b(?:vers|environ|autour\s+d[eu]|(?:aux\s+)?alentours?\s+d[eu]|aux\s+environs\s+d[eu]|peut[- ]etre)\s+"
    r"(?:l[ea]\s+|du\s+)?$"
)
_AFTER = re.compile(r"\bapres\s+(?:l[ea]\s+|la\s+mi\s*)?$")
_BEFORE = re.compile(r"\b(?:avant|d'ici|jusqu'?\s?(?:au|a))\s+(?:l[ea]\s+)?$")
_WEEK_OF = re.compile(r"\bsemaine\s+d[ue]\s+(?:l[ae]\s+)?$")
# What is planned is not past: a day ahead in such words is no slip.
_PLANNED = re.compile(
    r"\b(?:rdv|rendez[- ]?vous|vacances|valable|valide|prevue?|convo|expire|echeance|je\s+pars)"
)
# "Vers le 12": a few days before or after.
_MARGIN = dt.timedelta(days=5)
_CONTEXT = 30


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: where it stands, and the days that it may mean or why it means none."""

    start: int
    end: int
    read: Days | Unread


def find(text: str, today: dt.date) -> tuple[FoundDate, ...]:
    """The dates in ``text`` seen from ``today``, in order; a day without a year is the latest one past."""
    folded = fold(text)
    found = chain(calendar_dates.readings(folded, today), relative_dates.readings(folded, today))
    kept: list[Reading] = []
    ordered = sorted(found, key=lambda one: (one.start, -one.end))
    if not ordered:
        return ()
    shields = [match.span() for match in _NO_DATES.finditer(folded)]
    for one in ordered:
        overlaps_earlier = kept and one.start < kept[-1].end
        if not overlaps_earlier and not any(start < one.end and one.start < end for start, end in shields):
            kept.append(one)
    joined = _joined(kept, folded)
    read = (_in_context(one, folded, today) for one in joined)
    return tuple(FoundDate(one.start, one.end, one.read) for one in read if one is not None)


def _joined(found: list[Reading], folded: str) -> list[Reading]:
    """The readings with those that are guesses or ends of one ("le 3 ou le 4", "du 3 au 5") made one."""
    joined: list[Reading] = []
    for one in found:
        earlier = joined[-1] if joined else None
        if earlier and isinstance(earlier.read, Days) and isinstance(one.read, Days):
            gap = folded[earlier.end : one.start]
            before = folded[max(0, earlier.start - _CONTEXT) : earlier.start]
            are_ends = _BETWEEN.search(before) and _JOINING_ENDS.fullmatch(gap)
            if are_ends or (_JOINING.fullmatch(gap) and _is_guess(gap, folded, one)):
                joined[-1] = Reading(earlier.start, one.end, earlier.read.joined(one.read))
                continue
        joined.append(one)
    return joined


def _is_guess(gap: str, folded: str, one: Reading) -> bool:
    """Whether what stands between two days makes them guesses: "ou" or a dash, not a mere comma or space."""
    words = gap.split()
    return "ou" in words or "-" in gap or "/" in gap or _is_part(folded, one)


def _is_part(folded: str, one: Reading) -> bool:
    """Whether a part of a month follows: "fin octobre début novembre"."""
    return folded.startswith(("debut", "mi", "fin"), one.start)


def _in_context(one: Reading, folded: str, today: dt.date) -> Reading | None:
    """The reading as the words before it make it: about, after, or an end that says nothing of the day."""
    before = folded[max(0, one.start - _CONTEXT) : one.start]
    if _BEFORE.search(before):
        return None
    days = one.read
    if not isinstance(days, Days):
        return None if days is not Unread.IMPOSSIBLE and _PLANNED.search(before) else one
    if _WEEK_OF.search(before) and days.is_exact:
        monday = days.earliest - dt.timedelta(days=days.earliest.weekday())
        return replace(one, read=Days(monday, min(days.latest + dt.timedelta(days=6), today)))
    if _ABOUT.search(before) and days.is_exact:
        wide = Days(days.earliest - _MARGIN, min(days.latest + _MARGIN, today))
        return replace(one, read=wide)
    if _AFTER.search(before):
        return replace(one, read=Days(days.earliest, today))
    return one
