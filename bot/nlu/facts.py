"""Facts of the case that a message states: plain functions, no Rasa.

A fact is one of the slots of ``domain.yml`` (``reason``, ``plate_format``, ``refused_on``…) with a value
the law core understands. A plate gives its format only: the number goes no further than this module.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dateutil.relativedelta import relativedelta

from bot.law import plates
from bot.law.days import Days
from bot.nlu import dates, lexicon, places
from bot.nlu.text import fold
from bot.privacy import masking
from bot.procedures.registry import DAYS_FACTS

FactValue = str | bool | int

# "je n'ai pas déménagé", "jamais été volée", "sans contrôle": the fact is denied, not stated.
_NEGATION = re.compile(
    r"\b(?:pas|jamais|sans|aucun|aucune|ni|non)(?:\s+(?:encore|ete|de|d'|du|la|le|ma|un|une|fait|ai))*\s*$"
)
_NOT_NEGATION = re.compile(
    r"(?:pourquoi|ou) pas\s*$|^(?:ah|oh|euh|mais|bah|ben|en fait|finalement)?,?\s*non\s*$"
)
# "j'habite à Lyon" says where a person lives, not where the card was stolen.
_HOME = re.compile(r"\b(?:j'?habit|habit|vi[st]\b|resid|demeur|domicili|chez (?:moi|nous))[^,.;]{0,25}$")
# Words shaped like a date that are none, to be asked again; its value is what the person wrote.
UNREAD_DATE = "unread_date"
# A place outside France is named, whatever happens there.
PLACE_ABROAD = "place_abroad"
# "Il y a 2 mois, ma demande a été refusée": where nothing comes before a date, what follows says its meaning.
_BEGINS_CLAUSE = re.compile(
    r"(?:^|[.;!?:(]|\b(?:et|mais|bonjour|donc|alors|c'est|que|depuis)\b),?\s*(?:l[ea]\s+|en\s+|vers\s+|du\s+)*$"
)
_CLAUSE = re.compile(r"\s*,?[^,.;!?]{0,60}")
# "Jusqu'au 12 décembre ?" asks about the end of a period: nothing happened on that day.
_UNTIL = re.compile(
    r"\bjusqu?\W?\s?(?:au?|en|le)?\s*(?:le |lundi |mardi |mercredi |jeudi |vendredi |samedi |dimanche )?$"
)
# "Après le 9 décembre, j'ai le droit ?" asks about days to come: nothing was told that could not be read.
_ABOUT_LATER = re.compile(
    r"\b(?:apres|avant|a partir|a compter|d'ici|des|passe|pour"
    r"|fini[rt]\w*|expir\w*|termin\w*|s'arret\w*|prend fin|se termine)\s*(?:d[eu]|le|au)?\s*$"
)
# How far before a date its meaning is looked for.
_CUE_WINDOW = 60
_REGISTRATION = re.compile(
    r"(?:mise? en circulation|immatriculee?|date|annee|modele|de|depuis)\s+"
    r"(?:(?:en|le|de|la|pour|premiere fois)\s+)*((?:19[5-9]|20[0-3])\d)\b"
)
_AGE = re.compile(
    r"(?:elle|il|voiture|vehicule|moto|scooter|auto|camion\w*)\s+(?:a|de|qui a)\s+"
    r"(?:plus de\s+|environ\s+|a peine\s+)?(\d{1,2})\s+ans\b"
)
_NEW = re.compile(r"\b(?:voiture|vehicule|moto|auto|scooter)\s+neu(?:ve|f)\b")
_YEAR = re.compile(r"\b(?:19[5-9]|20[0-3])\d\b")
_BARE_NUMBER = re.compile(r"\D{0,20}\b(\d{1,2})\b\D{0,20}")
_VEHICLE_FOUND = re.compile(
    r"(?:voiture|vehicule|moto|auto|scooter|camion\w*|plaques?)\s+(?:\w+\s+){0,3}(?:re)?trouve"
    r"|(?:re)?trouve[er]?e?s?\s+(?:ma|mon|la|le|sa|son|notre)\s+(?:voiture|vehicule|moto|auto|scooter)"
)
_POWER = re.compile(r"\b(\d{1,2})\s*(?:cv|chevaux(?: fiscaux)?|ch fiscaux)\b")


@dataclass(frozen=True)
class FoundFact:
    """A fact stated in a text, and where."""

    name: str
    value: FactValue
    start: int
    end: int
    # Of a date that could not be read (``UNREAD_DATE``): why, and the fact that it would have told.
    why: str | None = None
    about: str | None = None


def find(
    text: str, today: dt.date | Days, named_places: tuple[str, ...] = (), latest: dt.date | None = None
) -> tuple[FoundFact, ...]:
    """The facts that ``text`` (normalised) states seen from ``today``; one value a fact, the last said.

    ``today`` may be one of two days, where the person's place is unknown; a day that is written may be as
    late as ``latest``, which has begun somewhere.
    """
    folded = fold(text)
    found: dict[str, FoundFact] = {}
    days = today if isinstance(today, Days) else Days.on(today)
    facts = _all(text, folded, days, latest or days.latest, named_places)
    for fact in sorted(facts, key=lambda fact: (fact.start, fact.end)):
        earlier = found.get(fact.name)
        if earlier is None or fact.start >= earlier.end or _length(fact) >= _length(earlier):
            found[fact.name] = fact
    _settle(found, folded)
    return tuple(sorted(found.values(), key=lambda fact: fact.start))


def answer_to(asked: str, text: str) -> FactValue | None:
    """The value that a short answer gives to the fact just asked for, where only the question makes it so."""
    folded = fold(text)
    if asked == "first_registration":
        year = _YEAR.search(folded)
        return f"{year[0]}-01-01" if year else None
    if asked == "fiscal_power":
        number = _BARE_NUMBER.fullmatch(folded)
        return int(number[1]) if number else None
    for entry in lexicon.answer_patterns().get(asked, ()):
        match = entry.pattern.search(folded)
        if match and not _NEGATION.search(folded[: match.start()]):
            return entry.value
    return None


def _length(fact: FoundFact) -> int:
    return fact.end - fact.start


def _all(
    text: str, folded: str, today: Days, latest: dt.date, named_places: tuple[str, ...]
) -> Iterator[FoundFact]:
    yield from _from_lexicon(folded)
    for plate in plates.find(text):
        yield FoundFact("plate_format", plate.format.value, plate.start, plate.end)
    for masked in masking.plate_formats(text):
        yield FoundFact("plate_format", masked.format, masked.start, masked.end)
    yield from _from_places(text, named_places)
    yield from _from_dates(text, folded, _dates(text, today, latest))
    yield from _from_numbers(folded, today.latest)


def _from_lexicon(folded: str) -> Iterator[FoundFact]:
    for entry in lexicon.fact_patterns():
        for match in entry.pattern.finditer(folded):
            before = folded[: match.start()]
            denied = bool(_NEGATION.search(before)) and not _NOT_NEGATION.search(before)
            if not denied:
                yield FoundFact(entry.fact, entry.value, match.start(), match.end())
            elif isinstance(entry.value, bool):
                yield FoundFact(entry.fact, not entry.value, match.start(), match.end())


def _from_places(text: str, named_places: tuple[str, ...]) -> Iterator[FoundFact]:
    for place in places.find(text, named_places):
        if place.region:
            yield FoundFact("region", place.region, place.start, place.end)
        if place.abroad:
            # Where the person goes, or where it happened: the question tells.
            yield FoundFact(PLACE_ABROAD, True, place.start, place.end)
        if not _HOME.search(fold(text[: place.start])):
            yield FoundFact("event_abroad", place.abroad, place.start, place.end)


def _dates(text: str, today: Days, latest: dt.date) -> Iterator[dates.FoundDate]:
    """The dates of the text, each with every day that it may mean."""
    found = dates.find(text, today.latest)
    others = {one.start: one.read for one in dates.find(text, today.earliest)} if not today.is_exact else {}
    begun = any(one.read is dates.Unread.TO_COME for one in found) and latest > today.latest
    overseas = {one.start: one.read for one in dates.find(text, latest)} if begun else {}
    for one in found:
        read, other = one.read, others.get(one.start)
        if isinstance(read, Days) and isinstance(other, Days) and read.is_exact:
            # "Hier" is one of two days; "il y a deux semaines" is no more certain in one place.
            read = read.joined(other)
        elif read is dates.Unread.TO_COME:
            read = overseas.get(one.start, read)
        yield replace(one, read=read)


def _from_dates(text: str, folded: str, found: Iterator[dates.FoundDate]) -> Iterator[FoundFact]:
    plate_spans = [(plate.start, plate.end) for plate in plates.find(text)]
    for date in found:
        if any(start < date.end and date.start < end for start, end in plate_spans):
            continue
        before = folded[max(0, date.start - _CUE_WINDOW) : date.start]
        if _UNTIL.search(before):
            continue
        kind = _date_kind(before)
        if kind == "date" and _BEGINS_CLAUSE.search(before):
            clause = _CLAUSE.match(folded, date.end)
            kind = _date_kind(clause[0] if clause else "")
        if isinstance(date.read, dates.Unread):
            if _ABOUT_LATER.search(before):
                continue
            written = text[date.start : date.end].strip()
            yield FoundFact(UNREAD_DATE, written, date.start, date.end, date.read.value, kind)
        else:
            yield FoundFact(kind, _date_value(kind, date.read), date.start, date.end)


def _date_value(kind: str, days: Days) -> str:
    """The days as ISO 8601; a vehicle is as old as it may be, the older being under more rules."""
    return days.earliest.isoformat() if kind == "first_registration" else str(days)


def _date_kind(before: str) -> str:
    """What a date is about: the announcing words nearest before it, or just ``date``."""
    nearest = [
        (match.end(), -rank, kind)
        for rank, (kind, cue) in enumerate(lexicon.date_cues())
        for match in cue.finditer(before)
    ]
    return max(nearest)[2] if nearest else "date"


def _from_numbers(folded: str, today: dt.date) -> Iterator[FoundFact]:
    for match in _REGISTRATION.finditer(folded):
        year = int(match[1])
        if year <= today.year:
            yield FoundFact("first_registration", f"{year}-01-01", match.start(1), match.end(1))
    for match in _AGE.finditer(folded):
        # The oldest that a vehicle of so many years may be, the older being under more rules.
        born = today - relativedelta(years=int(match[1]) + 1, days=-1)
        yield FoundFact("first_registration", born.isoformat(), match.start(1), match.end(1))
    for match in _NEW.finditer(folded):
        yield FoundFact("first_registration", today.isoformat(), match.start(), match.end())
    for match in _POWER.finditer(folded):
        yield FoundFact("fiscal_power", int(match[1]), match.start(1), match.end(1))


def _settle(found: dict[str, FoundFact], folded: str) -> None:
    """Where two facts cannot both hold, keeps the one that was meant."""
    if found.get("vehicle_stolen") and found["vehicle_stolen"].value is True and "reason" not in found:
        stolen = found["vehicle_stolen"]
        found["reason"] = FoundFact("reason", "theft", stolen.start, stolen.end)
    if "original_found" in found and _VEHICLE_FOUND.search(folded):
        del found["original_found"]
    told_days = [fact for fact in found.values() if fact.name in DAYS_FACTS]
    region = found.get("region")
    if region and any(day.start <= region.start and region.end <= day.end for day in told_days):
        # "Refusée le 12" names a day, not a département.
        del found["region"]
    of_refusal = found.get("refused_on") or found.get(UNREAD_DATE)
    if of_refusal and "refused_on" in (of_refusal.name, of_refusal.about) and "file_status" not in found:
        found["file_status"] = FoundFact("file_status", "refused", of_refusal.start, of_refusal.end)
    abroad = found.get("event_abroad")
    if abroad and not ("reason" in found or "vehicle_stolen" in found):
        # "je vis en Bretagne" says where a person lives, not where the card was stolen.
        del found["event_abroad"]
