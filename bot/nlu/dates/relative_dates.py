"""Dates said from today: "hier", "il y a 2-3 semaines", "mardi dernier", "la semaine dernière", "cet été"."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from dateutil.easter import easter

from bot.law.days import Days
from bot.law.time_limits import add_months
from bot.nlu.dates.reading import Reading, Unread
from bot.nlu.dates.words import ABOUT, NUMBER_WORDS, WEEKDAYS, number

ONE_DAY = dt.timedelta(days=1)
_AGO = (
    r"(?:il\s*y\s*a|i(?:l?\s+)?ya|i\s+y\s+a|y\s*'?\s*a|ya|ilya"
    r"|(?:ca|cela|sa|c)\s+(?:fai[ts]|fera|faisait|va\s+faire)|depuis|voila|voici)"
)
_NUMBER = rf"(?:\d{{1,3}}|{NUMBER_WORDS})"
_UNIT = r"(?P<unit>jou?rs?|jrs?|j|heures?|h|minutes?|min|se?m+ain?e?s?|sem|moi[st]?|ans?|annees?)\b"
_MORE = r"(?:(?:un\s+peu\s+|largement\s+)?plus\s+d[e']|au\s+moins|bien|facilement|facile)"
_LESS = r"(?:(?:un\s+peu\s+)?moins\s+d[e']|au\s+plus|au\s+maximum|maximum|max|pas\s+plus\s+d[e'])"
_NEARLY = r"(?:presque|bientot|quasi(?:ment)?|a\s+peine|pres\s+d[e']|pas\s+tout\s+a\s+fait)"
_SPAN_AGO = re.compile(
    rf"""\b{_AGO}\s+(?:deja\s+|maintenant\s+|environ\s+|a\s+peu\s+pres\s+|peut[- ]etre\s+|genre\s+)*
    (?:(?P<more>{_MORE})|(?P<less>{_LESS})|(?P<nearly>{_NEARLY}))?\s*(?:environ\s+)?
    (?:
        (?P<few>quelques?|qq|qqs|qlq|qlqs|plusieurs)
      | (?:une\s+)?(?:bonne\s+|petite\s+)?(?P<about>{"|".join(ABOUT)})(?:\s+de)?(?=\s+jours?\b|(?!\s+d))
      | (?:entre\s+)?(?P<low>{_NUMBER})(?:\s*(?:-|/|\bou\b|\ba\b|\bet\b|\s)\s*(?P<high>{_NUMBER}))?
        (?P<decimal>[,.]5)?
    )
    \s*(?P<good>(?:bon(?:ne)?s?|grand(?:e)?s?)\s+)?(?P<small>petite?s?\s+)?(?:{_UNIT})?
    (?:(?P<half>\s+(?:et\s+demie?|1/2|et\s+1/2))|(?P<or_two>\s+ou\s+deux)
      |\s+et\s+(?P<more_count>{_NUMBER})\s+(?P<more_unit>jours?|j|semaines?)\b)?""",
    re.VERBOSE,
)
_OR_ELSE = re.compile(
    rf"\s*,?\s*(?:ou|voire|\ba|,|-)\s*(?:peut[- ]etre\s+)?"
    rf"(?P<amount>{_NUMBER}\s*(?:jours?|j|semaines?|mois|ans?)\b(?:\s+et\s+demie?)?)"
)
_NEAR = re.compile(
    r"\b(?:(?P<eve>avant[- ]?\s?hier)|(?P<yesterday>hier)|(?P<night>cette\s+nuit|la\s+nuit\s+derniere)"
    r"|(?P<after>apres[- ]?\s?demain|demain)"
    r"|aujourd\s?'?\s?hui|aujourdui|ojd|auj|ce\s+(?:matin|midi|soir)|cet\s+(?:aprem|apres[- ]?midi)"
    r"|a\s+l'instant|tout\s+a\s+l'heure)\b"
)
_WEEKDAY_NAMES = "|".join(WEEKDAYS)
_LAST = r"(?:derniere?|passee?|precedente?|d'avant)"
_WEEKDAY = re.compile(
    rf"""\b(?:ce\s+)?(?P<weekday>{_WEEKDAY_NAMES})\b
    (?!\s+(?:le\s+)?\d\d?(?!\s?h))           # "mardi 17" is read with its number
    (?!\s+d(?:e\s+(?!la|cette)|'(?!avant)))  # "le dernier lundi d'octobre"
    (?:\s+(?:matin|soir|midi|apres[- ]midi))?
    (?:\s+(?:(?P<of_last_week>de\s+la\s+semaine\s+{_LAST}\b)|(?P<of_this_week>de\s+cette\s+semaine\b)
      |(?P<last>{_LAST}\b)|(?P<next>prochain\b)))?""",
    re.VERBOSE,
)
# "Tous les mardis", "ouvert du lundi au vendredi", "le mardi": a habit, no day.
_HABIT_BEFORE = re.compile(
    r"(?:\b(?:les?|du|au|chaque|tous)\s+|\b(?:ouver|ferm|horaire|dispo)\w*[^.;!]{0,25})$"
)
_HABIT_AFTER = re.compile(rf"\s*(?:,|et|au|a|-)\s*(?:l[ae]s?\s+)?(?:{_WEEKDAY_NAMES})s?\b")
_SEVERAL_BEFORE = re.compile(rf"\b(?:{_WEEKDAY_NAMES})s?\s*(?:,|et|au|a|-)\s*(?:l[ae]s?\s+)?$")
# "Dans la nuit de vendredi à samedi" is one night.
_NIGHT_BEFORE = re.compile(rf"\bnuit\s+d[eu]\s+(?:(?:{_WEEKDAY_NAMES})\s+(?:a|au)\s+)?$")
_UNIT_NAME = r"(?P<unit>se?m+ain?e|mois|an|annee|week[- ]?end|nuit)"
_PERIOD = re.compile(
    rf"""\b(?:
        (?:la\s+|le\s+|l'\s?)?(?:(?P<part>fin|debut|milieu)\s+(?:de\s+la\s+|du\s+|de\s+l')?)?
        {_UNIT_NAME}\s+(?:(?P<last>{_LAST})|(?P<next>prochaine?))
      | (?P<this>ce(?:t|tte)?\s+(?:semaine|mois(?:[- ]ci)?|annee|week[- ]?end))
      | (?P<part_of_this>fin|debut|milieu)\s+(?:du|de\s+ce)\s+mois(?!\s+(?:d|{_LAST}))
      | (?:l'|cet?\s+|au\s+|en\s+|le\s+)(?P<season>printemps|ete|automne|hiver)\b
        (?:\s+(?:(?P<last_season>{_LAST})|(?P<year>(?:19|20)\d\d)))?
      | (?:a|pour|apres|avant|depuis|vers|pendant)\s+(?:la\s+)?(?P<feast>noel|toussaint|paques|rentree)
      | (?P<part_of_week>(?:fin|debut|milieu)\s+de\s+semaine)(?!\s+{_LAST})
      | dans\s+(?P<ahead>{_NUMBER})\s+(?:jours?|semaines?|mois|ans?)
    )\b""",
    re.VERBOSE,
)
_SEASONS = {"printemps": (3, 6), "ete": (6, 9), "automne": (9, 12), "hiver": (12, 3)}
_PARTS = {"debut": (1, 10), "milieu": (10, 20), "fin": (20, 31)}
# "À Noël" is a few days before or after.
_AROUND_FEAST = dt.timedelta(days=7)
# "Quelques jours", "plusieurs mois": two at least, hardly more than ten.
_FEWEST, _MOST = 2, 10
# Half a unit is what people round to.
_HALF_WEEK, _HALF_MONTH, _HALF_YEAR = 3, 15, 6


def readings(folded: str, today: dt.date) -> Iterator[Reading]:
    """The dates of a folded text that are said from today."""
    for match in _SPAN_AGO.finditer(folded):
        days, end = _ago(match, today), match.end()
        other = _OR_ELSE.match(folded, end)
        if days and other:
            # "Il y a 3 semaines ou un mois".
            longer = _SPAN_AGO.match(f"depuis {other['amount']}")
            also = _ago(longer, today) if longer else None
            days, end = (days.joined(also), other.end()) if also else (days, end)
        if days:
            yield Reading(match.start(), end, days)
    for match in _NEAR.finditer(folded):
        yield Reading(match.start(), match.end(), _near(match, today))
    for match in _WEEKDAY.finditer(folded):
        if not _is_habit(folded, match):
            yield Reading(match.start(), match.end(), _weekday(match, today))
    for match in _PERIOD.finditer(folded):
        read = _period(match, today)
        if read:
            yield Reading(match.start(), match.end(), read)


def _near(match: re.Match[str], today: dt.date) -> Days | Unread:
    if match["after"]:
        return Unread.TO_COME
    if match["night"]:
        return Days(today - ONE_DAY, today)
    return Days.on(today - (2 if match["eve"] else 1 if match["yesterday"] else 0) * ONE_DAY)


def _ago(match: re.Match[str], today: dt.date) -> Days | None:
    """Between the longest and the shortest time that the words allow; None where no unit of time follows."""
    if (match["unit"] or "").startswith(("h", "min")):
        return _hours_ago(match, today)
    unit = "d" if match["about"] and not match["unit"] else (match["unit"] or "")[:1]
    # A day is written jour or j, a week semaine, a month mois, a year an or année.
    unit = {"j": "d", "s": "w", "m": "m", "a": "y", "d": "d"}.get(unit, "")
    if not unit:
        return None
    if match["few"]:
        return Days(_back(today, _MOST, unit), _back(today, _FEWEST, unit))
    if match["about"]:
        count = ABOUT[match["about"]]
        return _within(today, count, unit, count // 5 + 1)
    low = number(match["low"])
    high = number(match["high"]) if match["high"] else low + 1 if match["or_two"] else low
    if high != low:
        return Days(_back(today, max(low, high), unit), _back(today, min(low, high), unit))
    if match["half"] or match["decimal"]:
        return _and_a_half(today, low, unit)
    if match["more_count"]:
        more_unit = "d" if match["more_unit"][0] == "j" else "w"
        return _within(_back(today, low, unit), number(match["more_count"]), more_unit)
    if match["more"] or match["good"]:
        return Days(_back(today, low + 1, unit), _back(today, low, unit))
    if match["less"]:
        return Days(_back(today, low, unit), today)
    if match["nearly"] or match["small"]:
        return Days(_back(today, low, unit), _back(today, low - 1, unit))
    return _within(today, low, unit)


def _hours_ago(match: re.Match[str], today: dt.date) -> Days | None:
    """Minutes are of today; hours may cross midnight."""
    if not match["low"]:
        return None
    hours = 0 if match["unit"].startswith("min") else number(match["low"])
    whole_days = hours // 24
    return Days(today - (whole_days + bool(hours)) * ONE_DAY, today - whole_days * ONE_DAY)


def _within(today: dt.date, count: int, unit: str, margin: int | None = None) -> Days:
    """The days that people call that long ago.

    Weeks, months and years are rounded to half a unit either way. Who says a number of days has counted them,
    the first day perhaps too: not longer ago, but less, and more so with a round number.
    """
    middle = _back(today, count, unit)
    if unit == "y":
        return Days(add_months(middle, -_HALF_YEAR), min(add_months(middle, _HALF_YEAR), today))
    if margin is None and unit == "d":
        round_days = count // 5 if count >= 10 and count % 5 == 0 else 1
        return Days(middle, min(middle + round_days * ONE_DAY, today))
    margin = margin or {"w": _HALF_WEEK, "m": _HALF_MONTH}[unit]
    return Days(middle - margin * ONE_DAY, min(middle + margin * ONE_DAY, today))


def _and_a_half(today: dt.date, count: int, unit: str) -> Days | None:
    whole = _back(today, count, unit)
    if unit == "y":
        return Days(add_months(whole, -9), add_months(whole, -3))
    near, far = {"d": (0, 1), "w": (1, 6), "m": (7, 23)}[unit]
    return Days(whole - far * ONE_DAY, whole - near * ONE_DAY)


def _back(today: dt.date, count: int, unit: str) -> dt.date:
    if unit in ("m", "y"):
        return add_months(today, -count * (12 if unit == "y" else 1))
    return today - count * (7 if unit == "w" else 1) * ONE_DAY


def _is_habit(folded: str, match: re.Match[str]) -> bool:
    before = folded[max(0, match.start() - 40) : match.start()]
    if _NIGHT_BEFORE.search(before):
        return False
    if folded[match.end() : match.end() + 1] == "s" or _HABIT_AFTER.match(folded, match.end()):
        return True
    return bool(_HABIT_BEFORE.search(before) or _SEVERAL_BEFORE.search(before))


def _weekday(match: re.Match[str], today: dt.date) -> Days | Unread:
    """The latest such day; "mardi dernier" may be the one before, and today's name that of a week ago."""
    if match["next"]:
        return Unread.TO_COME
    weekday = WEEKDAYS.index(match["weekday"])
    if match["of_this_week"]:
        day = today + (weekday - today.weekday()) * ONE_DAY
        return Days.on(day) if day <= today else Unread.TO_COME
    if match["of_last_week"]:
        return Days.on(today - (today.weekday() + 7 - weekday) * ONE_DAY)
    past = today - ((today.weekday() - weekday - 1) % 7 + 1) * ONE_DAY
    if match["last"]:
        return Days(past - 7 * ONE_DAY, past)
    return Days(past, today) if today.weekday() == weekday else Days.on(past)


def _period(match: re.Match[str], today: dt.date) -> Days | Unread | None:
    if match["next"] or match["ahead"]:
        return Unread.TO_COME
    if match["season"]:
        return _season(match["season"], bool(match["last_season"]), match["year"], today)
    if match["feast"]:
        return _feast(match["feast"], today)
    if match["this"]:
        return _this(match["this"], today)
    monday = today - today.weekday() * ONE_DAY
    if match["part_of_week"]:
        # This week's, or last week's.
        return Days(monday - 7 * ONE_DAY, today)
    if match["part_of_this"]:
        return _part(match["part_of_this"], today).until(today)
    unit = match["unit"]
    if unit.startswith("s"):
        return Days(monday - 7 * ONE_DAY, monday - ONE_DAY)
    if unit.startswith("w"):
        return Days(monday - 2 * ONE_DAY, monday - ONE_DAY)
    if unit == "mois":
        month_before = add_months(today, -1)
        return _part(match["part"], month_before)
    if unit.startswith("an"):
        return Days(dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31))
    return None


def _this(words: str, today: dt.date) -> Days:
    monday = today - today.weekday() * ONE_DAY
    if "semaine" in words:
        return Days(monday, today)
    if "mois" in words:
        return Days(today.replace(day=1), today)
    if "annee" in words:
        return Days(today.replace(month=1, day=1), today)
    return _weekend(monday, today)


def _weekend(monday: dt.date, today: dt.date) -> Days:
    """The weekend under way, else the one before."""
    saturday = monday + 5 * ONE_DAY
    if today < saturday:
        saturday -= 7 * ONE_DAY
    return Days(saturday, min(saturday + ONE_DAY, today))


def _part(part: str | None, day: dt.date) -> Days:
    """That part of the month of ``day``, the whole month without one."""
    last = calendar.monthrange(day.year, day.month)[1]
    begin, end = _PARTS[part] if part else (1, last)
    return Days(day.replace(day=begin), day.replace(day=min(end, last)))


def _season(name: str, is_last: bool, told_year: str | None, today: dt.date) -> Days | Unread:
    """The season of that year, else the latest begun, as wide as people mean it.

    "L'automne dernier" may be the one before while this one lasts, and "l'hiver 2026" begins in 2025.
    """
    begin, end = _SEASONS[name]
    year = today.year if dt.date(today.year, begin, 1) <= today else today.year - 1
    if told_year:
        return _season_of(int(told_year), begin, end).until(today) or Unread.TO_COME
    last_year = year + (end < begin)
    last = dt.date(last_year, end, calendar.monthrange(last_year, end)[1])
    first = dt.date(year - (is_last and last >= today), begin, 1)
    return Days(first, min(last, today))


def _season_of(year: int, begin: int, end: int) -> Days:
    """The season of a year that was told; a winter may be the one that begins or the one that ends in it."""
    last_year = year + (end < begin)
    last = dt.date(last_year, end, calendar.monthrange(last_year, end)[1])
    return Days(dt.date(year - (end < begin), begin, 1), last)


def _feast(name: str, today: dt.date) -> Days:
    def in_year(year: int) -> dt.date:
        fixed = {"noel": (12, 25), "toussaint": (11, 1), "rentree": (9, 3)}.get(name)
        return dt.date(year, *fixed) if fixed else easter(year)

    day = in_year(today.year)
    if day > today:
        day = in_year(today.year - 1)
    return Days(day - _AROUND_FEAST, min(day + _AROUND_FEAST, today))
