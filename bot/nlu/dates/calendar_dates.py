"""Dates that name their day by the calendar: "le 18 sept. 2026", "18/09", "le 4 du mois dernier"."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from bot.law.days import Days
from bot.law.time_limits import add_months
from bot.nlu.dates.reading import Reading, Unread, joined_in_order
from bot.nlu.dates.words import FULL_MONTHS, MONTH_WORDS, NUMBER_WORDS, WEEKDAYS, month, number

# A day and a month without a year, so near ahead, may be a slip for a day past, or that day a year ago.
_NEAR_AHEAD = dt.timedelta(days=31)
_FIRST_YEAR = 1900
# Models of cars that a year would not stand beside: "volée le 3 octobre, 3008 grise".
_MODELS = frozenset({"1007", "3008", "4007", "4008", "5008"})
_WEEKDAY_NAMES = "|".join(WEEKDAYS)

_START = r"(?:(?<![\w/.,*-])|(?<=\bl[ea]))"
_ORDINAL = r"(?:\s?(?:er|ere|ier|e|eme)\b)?"
_AND_THE = r"\s*(?:-|/|\bou\b|\bet\b|\bau\b|\ba\b)\s*(?:l[ea]\s+|du\s+)?"
# What shows that a number after a month is no year: "le 3 octobre 30 euros", "le 3 octobre 14h".
_NO_YEAR = (
    r"(?!\d|\s*(?:h\b|h\d|heures?|€|e\b|eur|jours?|j\b|ans?\b|mois|min|%|:|rue|km|cv|[,.]\d|[/*-]\s?\d))"
)
_YEAR = (
    rf"(?P<year>\d{{4,6}}(?![\d,.]\d|\s?[a-z]{{2,3}}\s?\d\d\b)|\d{{3}}(?=\s*(?:$|[.,;!?)]))|\d\d\b{_NO_YEAR})"
)
_WHICH_YEAR = (
    r"(?P<last>de\s+l'?\s?an(?:nee)?\s+(?:derniere?|passee?))|(?P<this>de\s+cette\s+annee)"
    r"|derniere?\b|passee?\b"
)
_IN_WORDS = re.compile(
    rf"""{_START}(?:
        (?:(?P<first>\d{{1,2}}){_ORDINAL}(?:\s*,\s*(?:le\s+)?\d{{1,2}})*{_AND_THE})?
        (?P<day>\d{{1,2}}){_ORDINAL}[\s./-]{{0,3}}(?P<month>(?:7|8|9|10)bre|[a-z]{{3,10}})(?![a-z])
      | (?:(?P<first_word>{NUMBER_WORDS})\s+(?:ou|au|a)\s+(?:le\s+)?)?
        (?P<day_word>premier|(?!une?\b)(?:{NUMBER_WORDS}))[\s-]+(?P<exact_month>{MONTH_WORDS})\b
    )
    (?:\.?[\s,/-]{{0,3}}(?:de\s+)?{_YEAR}|\.?\s+(?:{_WHICH_YEAR}))?""",
    re.VERBOSE,
)
_IN_DIGITS = re.compile(
    rf"""{_START}(?:(?P<first>\d{{1,2}})\s*(?:ou|et|au|-)\s*)?
    (?P<day>\d{{1,2}})(?:er)?(?:\s?(?P<sep>[/.-])\s?(?P<month>\d{{1,2}})\s?(?P=sep)\s?(?P<year>\d{{2,6}})
      |\s(?P<spaced_month>\d{{1,2}})\s(?P<spaced_year>(?:19|20)\d\d))
    (?![\w*]|[/.-]\d|\s\d\d\b(?!\s?[h:]))""",
    re.VERBOSE,
)
_ISO = re.compile(rf"{_START}(?P<year>(?:19|20)\d\d)([/-])(?P<month>\d\d)\2(?P<day>\d\d)(?![\w/-])")
_ANNOUNCED = re.compile(
    r"""\b(?:le|du|au|date|ou|et)\s*:?\s+(?:le\s+)?(?:(?P<first>\d{1,2})\s*(?:ou|et|au)\s*)?
    (?P<span>(?P<day>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<month>\d{1,2}))
    (?![\w*]|[/.,-]\d|\s*(?:€|eur|[ld]ci\b|[a-z]{0,2}d[ci]i?\b|cm\b|mm\b|[lv]\b|cv\b|h\b))""",
    re.VERBOSE,
)
# Without a word before it, only two figures twice are a day and a month: not "24/7", "9/10" or "2/3".
_UNANNOUNCED = re.compile(
    r"(?<![\w/.,*-])(?<!h )(?P<day>[0-3]\d)\s?/\s?(?P<month>[01]\d)"
    r"(?![\w/*]|[.,-]\d|\s*(?:€|eur|cm\b|mm\b|pouces|ans\b|h\b))"
)
_NUMBERED_MONTH = re.compile(
    r"\ble\s+(?P<day>\d{1,2})\s+du\s+(?P<month>0?[1-9]|1[0-2])(?:\s+(?P<year>(?:19|20)\d\d))?\b(?!\s*/)"
)
_WHOLE = re.compile(
    r"\W*(?!24\s?/\s?7\W*$|[^€]*€)(?:le\s+)?(?P<day>\d{1,2})(?:\s?[/.-]\s?(?P<month>\d{1,2})|"
    r"\s(?P<spaced_month>\d\d)\s(?P<spaced_year>\d\d))\W*"
)
_EIGHT_FIGURES = re.compile(r"\W*(?P<day>[0-3]\d)(?P<month>[01]\d)(?P<year>(?:19|20)\d\d)\W*")

_DAY_OF_MONTH = re.compile(
    r"\ble\s+(?P<day>1er|premier|\d{1,2})\s+(?:(?P<before>d(?:u|e ce)\s+mois\s+(?:dernier|passe|d'avant))"
    r"|(?P<this>du\s+mois\b|de\s+ce\s+mois(?:-ci|\s+ci)?|courant\b))"
)
_WEEKDAY_AND_DAY = re.compile(
    rf"\b(?P<weekday>{_WEEKDAY_NAMES})\s+(?:le\s+)?(?P<day>1er|\d{{1,2}})\b(?![/.-]?\d)"
    r"(?:\s+(?P<word>[a-z0-9]+))?"
)
_HAPPENED = (
    r"(?:refus|rejet|recu|recevoi?r?|depos|deman|valid|envoy|fait|vol|perd|declar|notifi|repon|repondu|poste"
    r"|expedi|accept|depuis|courrier|lettre|mail|date|plainte|avis)[a-z]*"
)
_AFTER_A_DAY = (
    r"(?=\s*(?:$|[.,;!?)](?!\d))|\s+(?:et|mais|par|donc|sans|j|je|on|il|elle|c|puis|alors|que|quel\w*|ou"
    r"|au matin|au soir|matin|soir|comment|ai|est-ce)\b)"
)
_BARE_DAY = re.compile(
    rf"\b{_HAPPENED}\s+(?:(?!dans\b|le\b|sur\b|pour\b|au\b|de\b|du\b|a\b)[a-z']+\s+){{0,2}}"
    rf"(?P<span>(?:entre\s+)?le\s+(?:(?P<first>1er|\d{{1,2}})\s*(?:ou|et)\s*(?:le\s+)?)?(?P<day>1er|\d{{1,2}}))"
    rf"(?:\s+(?:dernier|passe)\b|{_AFTER_A_DAY})"
)
_WHOLE_DAY = re.compile(
    r"\W*(?:c'?etait\s+|vers\s+)?le\s+(?:(?P<first>1er|\d{1,2})\s*(?:ou|et)\s*(?:le\s+)?)?"
    r"(?P<day>1er|\d{1,2})(?:\s+(?:dernier|passe))?\W*"
)
_MONTH = re.compile(
    rf"""\b(?:
        (?:(?P<part>(?:a\s+la\s+)?fin|(?:au\s+)?debut|(?:a\s+la\s+)?mi|(?:au\s+)?milieu)\s*-?\s*(?:du?\s+|de\s+)?(?:mois\s+)?(?:de\s+|d')?
          |(?P<half>(?:premiere|1ere|deuxieme|2eme|2e|seconde|derniere)\s+(?:quinzaine|semaine))\s+(?:de\s+|d'|du\s+mois\s+de\s+)
          |en\s+|courant\s+|depuis\s+|(?:(?:au|du|le|ce)\s+)mois\s+(?:de\s+|d'))
        (?P<month>{MONTH_WORDS})
      | (?P<bare>{"|".join(FULL_MONTHS)})
    )\b(?:\.?\s+(?:de\s+)?(?P<year>(?:19|20)\d\d)\b|\.?\s+(?:{_WHICH_YEAR}))?""",
    re.VERBOSE,
)
_PARTS = {"debut": (1, 10), "mi": (10, 20), "milieu": (10, 20), "fin": (20, 31)}
_ONLY_YEAR = re.compile(
    r"\b(?:en|courant|dans\s+l'annee|(?P<part>(?:a\s+la\s+)?fin|(?:au\s+)?debut|(?:a\s+la\s+)?mi|(?:au\s+)?milieu))"
    r"[\s-]+(?:de\s+)?(?P<year>(?:19|20)\d\d)\b(?!\s?[/.-]\s?\d)"
)
_PARTS_OF_YEAR = {"debut": (1, 4), "mi": (5, 8), "milieu": (5, 8), "fin": (9, 12)}


def readings(folded: str, today: dt.date) -> Iterator[Reading]:
    """The dates of a folded text that name their day, month or part of a month."""
    if any(character.isdigit() for character in folded):
        yield from _with_digits(folded, today)
    for match in _DAY_OF_MONTH.finditer(folded):
        base = add_months(today, -1) if match["before"] else today
        yield _reading(match, _of_numbers(base.year, base.month, _figure(match["day"]), today))
    for match in _IN_WORDS.finditer(folded):
        yield from _in_words(match, today)
    for match in _MONTH.finditer(folded):
        yield from _of_month(match, today)
    for match in _ONLY_YEAR.finditer(folded):
        yield from _of_year(match, today)


def _with_digits(folded: str, today: dt.date) -> Iterator[Reading]:
    for match in _ISO.finditer(folded):
        yield _reading(match, _of_numbers(int(match["year"]), int(match["month"]), int(match["day"]), today))
    for match in _IN_DIGITS.finditer(folded):
        yield from _in_digits(match, today)
    for pattern in (_ANNOUNCED, _UNANNOUNCED, _NUMBERED_MONTH):
        for match in pattern.finditer(folded):
            yield from _day_and_month(match, today)
    for pattern in (_WHOLE, _EIGHT_FIGURES):
        whole = pattern.fullmatch(folded)
        if whole:
            yield from _day_and_month(whole, today)
    for match in _WEEKDAY_AND_DAY.finditer(folded):
        yield from _weekday_and_day(match, today)
    whole = _WHOLE_DAY.fullmatch(folded)
    for match in _BARE_DAY.finditer(folded) if whole is None else [whole]:
        found = _bare_day(match, today)
        if found:
            span = match.span("span") if "span" in match.groupdict() else match.span()
            yield Reading(*span, found)


def _in_words(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    groups = match.groupdict()
    name = groups["month"] or groups["exact_month"]
    the_month = month(name)
    if the_month is None:
        return
    day = _figure(groups["day"] or groups["day_word"])
    first = groups["first"] or groups["first_word"]
    year = groups["year"]
    if year in _MODELS:
        year = None
    if groups["last"] or groups["this"]:
        year = str(today.year - bool(groups["last"]))
    read = _day(day, the_month, year, today)
    if first and isinstance(read, Days):
        read = joined_in_order(_day(_figure(first), the_month, str(read.earliest.year), today), read)
    yield _reading(match, read)


def _in_digits(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    groups = match.groupdict()
    day, the_month = int(groups["day"]), int(groups["month"] or groups["spaced_month"])
    year = groups["year"] or groups["spaced_year"]
    if groups["sep"] in (".", "-") and len(groups["day"]) == len(groups["month"]) == 1 and len(year) != 4:
        # "1.2.10" is a version.
        return
    if len(year) == 2 and (the_month > 12 or day > 31):
        return
    read = _day(day, the_month, year, today)
    if groups["first"] and isinstance(read, Days):
        read = joined_in_order(_day(int(groups["first"]), the_month, year, today), read)
    if read is Unread.IMPOSSIBLE and groups["sep"] != "/" and year[:2] not in ("19", "20"):
        # A number of a file rather than a slip.
        return
    yield _reading(match, read)


def _day_and_month(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    groups = match.groupdict()
    day, the_month = int(groups["day"]), int(groups.get("month") or groups.get("spaced_month") or 0)
    year = groups.get("year") or groups.get("spaced_year")
    separator = groups.get("sep")
    if the_month not in range(1, 13) or day not in range(1, 32):
        return
    if separator in (".", "-") and len(groups["day"]) == len(groups["month"] or "") == 1:
        # "le 2-3" or "le 1.6" is more often another thing.
        return
    read = _day(day, the_month, year, today)
    if groups.get("first") and isinstance(read, Days):
        read = joined_in_order(
            _day(int(groups["first"] or 0), the_month, str(read.earliest.year), today), read
        )
    start = match.start("first") if groups.get("first") else match.start("day")
    end = match.end("span") if "span" in groups else match.end()
    yield Reading(start, end, read)


def _weekday_and_day(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    """The latest month in which that day was that weekday; where none was of late, the day alone counts."""
    if match["word"] and month(match["word"]):
        return
    day, weekday = _figure(match["day"]), WEEKDAYS.index(match["weekday"])
    candidates = [one for one in _days_of_month(day, today, 7) if one.weekday() == weekday]
    if candidates:
        yield Reading(match.start(), match.end("day"), Days.on(candidates[0]))


def _bare_day(match: re.Match[str], today: dt.date) -> Days | None:
    """From that day of the month before the latest one past: which of them is meant was not said."""
    last = _days_of_month(_figure(match["day"]), today, 2)
    first = _days_of_month(_figure(match["first"]), today, 2) if match["first"] else last
    return Days(min(first), max(last)) if last and first else None


def _of_month(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    name = match["month"] or match["bare"]
    the_month, year = month(name), match["year"]
    if the_month is None:
        return
    if match["last"] or match["this"]:
        year = str(today.year - bool(match["last"]))
    first = dt.date(int(year) if year else today.year, the_month, 1)
    if not year and first > today:
        first = first.replace(year=first.year - 1)
    days = _part_of_month(match, first).until(today)
    yield Reading(match.start(), match.end(), days or Unread.TO_COME)


def _of_year(match: re.Match[str], today: dt.date) -> Iterator[Reading]:
    year = int(match["year"])
    begin, end = _PARTS_OF_YEAR.get((match["part"] or "").split(" ")[-1], (1, 12))
    last = dt.date(year, end, calendar.monthrange(year, end)[1])
    yield _reading(match, Days(dt.date(year, begin, 1), last).until(today) or Unread.TO_COME)


def _part_of_month(match: re.Match[str], first: dt.date) -> Days:
    last = calendar.monthrange(first.year, first.month)[1]
    begin, end = 1, last
    if match["part"]:
        begin, end = _PARTS[match["part"].split()[-1]]
    elif match["half"]:
        which, kind = match["half"].split()
        is_first, is_last = which in ("premiere", "1ere"), which == "derniere"
        if kind == "quinzaine":
            begin, end = (1, 15) if is_first else (15, last)
        else:
            # A week may be the calendar's or seven days: it is read as wide as both.
            begin, end = (1, 13) if is_first else (last - 12, last) if is_last else (2, 20)
    return Days(first.replace(day=begin), first.replace(day=min(end, last)))


def _day(day: int, the_month: int, year: str | None, today: dt.date) -> Days | Unread:
    """That day; without a year the latest one past, unless the next is so near that it may be meant."""
    if year is not None:
        full = int(year)
        if len(year) == 2:
            # Ten years ahead at most: a car of 98 is of 1998.
            full += today.year // 100 * 100
            full -= 100 if full > today.year + 10 else 0
        elif len(year) != 4 or not _FIRST_YEAR <= full < today.year + 100:
            return Unread.IMPOSSIBLE
        return _of_numbers(full, the_month, day, today)
    past = [one for one in (_date(today.year - back, the_month, day) for back in range(9)) if one]
    if not past:
        return Unread.IMPOSSIBLE
    if today < past[0] <= today + _NEAR_AHEAD:
        return Unread.YEAR_UNCLEAR
    return Days.on(next(one for one in past if one <= today))


def _of_numbers(year: int, the_month: int, day: int, today: dt.date) -> Days | Unread:
    found = _date(year, the_month, day)
    if found is None:
        return Unread.IMPOSSIBLE
    return Days.on(found) if found <= today else Unread.TO_COME


def _days_of_month(day: int, today: dt.date, count: int) -> list[dt.date]:
    """The latest ``count`` days past with that number in their month, the latest first; none beyond 31."""
    found = []
    base = today.replace(day=1)
    for _ in range(2 * count if 1 <= day <= 31 else 0):
        one = _date(base.year, base.month, day)
        if one and one <= today:
            found.append(one)
        base = add_months(base, -1)
    return found[:count]


def _date(year: int, the_month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, the_month, day)
    except ValueError:
        return None


def _figure(text: str) -> int:
    return 1 if text in ("1er", "premier") else number(text)


def _reading(match: re.Match[str], read: Days | Unread) -> Reading:
    return Reading(match.start(), match.end(), read)
