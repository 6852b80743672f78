"""Regions and countries in a message: region and département names, French cities, foreign places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from bot.nlu.lexicon import ABROAD, ELSEWHERE, cities, regions
from bot.nlu.text import fold, normalise

# The country codes of France.
FRANCE = frozenset({"FR", "PM", "BL", "MF", "NC", "PF", "WF", "TF", "GP", "MQ", "GF", "RE", "YT"})
_NOT_PLACES = frozenset("vienne sete nice vence lens rouge aire tours cours mai bar gap".split())
# Départements and regions that are ordinary words too: places only behind what announces one.
_ORDINARY_WORDS = frozenset("ain allier aube cher creuse drome landes vendee vienne".split()) | {
    "la manche",
    "la somme",
    "le lot",
    "le nord",
    "l'orne",
}
_ANNOUNCES_PLACE = re.compile(
    r"\b(?:(?:dans|region|departement)(?: (?:de |d[eu] )?(?:l[ea]s?|l'))?|en|du|de la|de l') ?$"
)
_BEFORE_PLACE = r"(?:a|en|au|aux|de|d'|du|sur|dans l[ea']s?|vers|pres de|chez moi a|de la region|region)"
_NUMBER = re.compile(
    r"(?:dans le|departement|dept|dpt|dep\.?|du|(?<!pas )(?<!non )(?<!et )le)\s+"
    r"(0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-46])\b"
    r"(?!\s*(?:[/.]|\d|jan|fev|mar|avr|mai|jui|jul|aou|sep|oct|nov|dec|cv|eur|ans|h\b))"
)


@dataclass(frozen=True)
class FoundPlace:
    """A place in a text: where it stands, its region's key or None, and whether it is outside France."""

    start: int
    end: int
    region: str | None
    abroad: bool


def find(text: str, named: tuple[str, ...] = ()) -> tuple[FoundPlace, ...]:
    """The places of ``text``; ``named`` are strings that a named-entity recogniser took for places."""
    folded = fold(text)
    found = [*_regions(folded), *_departement_numbers(folded), *_foreign(folded), *_cities(folded, named)]
    kept: list[FoundPlace] = []
    for place in sorted(found, key=lambda place: (place.start, place.start - place.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return tuple(kept)


def _regions(folded: str) -> list[FoundPlace]:
    return [
        FoundPlace(match.start(), match.end(), _region_names()[1][match[0]], False)
        for match in _region_names()[0].finditer(folded)
        if match[0] not in _ORDINARY_WORDS or _ANNOUNCES_PLACE.search(folded[: match.start()])
    ]


def _departement_numbers(folded: str) -> list[FoundPlace]:
    numbers = {number: key for key, region in regions().items() for number in region.departements}
    return [
        FoundPlace(match.start(1), match.end(1), numbers[match[1]], False)
        for match in _NUMBER.finditer(folded)
        if match[1] in numbers
    ]


def _foreign(folded: str) -> list[FoundPlace]:
    return [
        FoundPlace(match.start(1), match.end(1), None, True) for match in _country_names().finditer(folded)
    ]


def _cities(folded: str, named: tuple[str, ...]) -> list[FoundPlace]:
    found = []
    for match in re.finditer(rf"\b{_BEFORE_PLACE}\s*((?:[a-z]+[- ]?){{1,4}})", folded):
        words = match[1].split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            place = _city(name)
            if place:
                found.append(FoundPlace(match.start(1), match.start(1) + len(name), *place))
                break
    for name in named:
        start = folded.find(fold(name))
        place = _city(fold(name), any_size=True)
        if start >= 0 and place:
            found.append(FoundPlace(start, start + len(name), *place))
    return found


def _city(name: str, any_size: bool = False) -> tuple[str | None, bool] | None:
    if name in _NOT_PLACES and not any_size:
        return None
    place = cities().get(name.replace("-", " "))
    if place is None:
        return None
    return (None if place in (ABROAD, ELSEWHERE) else place), place == ABROAD


@lru_cache(maxsize=1)
def _region_names() -> tuple[re.Pattern[str], dict[str, str]]:
    keys = {name: key for key, region in regions().items() for name in region.names}
    for key, region in regions().items():
        keys.update({name: key for name in region.departements.values()})
    keys.update({name.replace("-", " "): key for name, key in list(keys.items())})
    longest_first = sorted(keys, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), keys


@lru_cache(maxsize=1)
def _country_names() -> re.Pattern[str]:
    territories = Locale("fr").territories
    names = {
        fold(normalise(name))
        for code, name in territories.items()
        if len(code) == 2 and code not in FRANCE and len(name) > 3
    }
    names |= {"angleterre", "ecosse", "usa", "pays-bas", "hollande", "andorre"}
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\b((?:a |de )?l'etranger|hors de france|{alternatives})\b")
