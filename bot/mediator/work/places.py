"""Where a desk stands: the place's name, its time zone, and whose public holidays are kept there."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Place:
    """A place of France.

    ``code`` is what the store keeps, ``holidays`` the code of ``bot.law.public_holidays`` ("" for the
    mainland's), ``clock`` how its time is called.
    """

    code: str
    name: str
    zone: ZoneInfo
    holidays: str
    clock: str


def _place(code: str, name: str, zone: str, clock: str, holidays: str | None = None) -> Place:
    return Place(code, name, ZoneInfo(zone), code if holidays is None else holidays, clock)


# The store has kept the codes of the ``holidays`` library from the start: they stay the codes of the places.
_PLACES = (
    _place("", "Hexagone et Corse", "Europe/Paris", "heure de Paris"),
    _place("6AE", "Bas-Rhin et Haut-Rhin (67, 68)", "Europe/Paris", "heure de Paris"),
    _place("57", "Moselle (57)", "Europe/Paris", "heure de Paris"),
    _place("971", "Guadeloupe (971)", "America/Guadeloupe", "heure de Guadeloupe"),
    _place("972", "Martinique (972)", "America/Martinique", "heure de Martinique"),
    _place("973", "Guyane (973)", "America/Cayenne", "heure de Guyane"),
    _place("974", "La Réunion (974)", "Indian/Reunion", "heure de La Réunion"),
    _place("PM", "Saint-Pierre-et-Miquelon (975)", "America/Miquelon", "heure de Saint-Pierre-et-Miquelon"),
    _place("976", "Mayotte (976)", "Indian/Mayotte", "heure de Mayotte"),
    _place("BL", "Saint-Barthélemy (977)", "America/St_Barthelemy", "heure de Saint-Barthélemy"),
    _place("MF", "Saint-Martin (978)", "America/Marigot", "heure de Saint-Martin"),
    _place("TF", "Terres australes et antarctiques (984)", "Indian/Kerguelen", "heure des Kerguelen"),
    _place("WF", "Wallis-et-Futuna (986)", "Pacific/Wallis", "heure de Wallis"),
    _place("PF", "Polynésie française (987), heure de Tahiti", "Pacific/Tahiti", "heure de Tahiti"),
    _place("PF-M", "Îles Marquises (987)", "Pacific/Marquesas", "heure des Marquises", "PF"),
    _place("PF-G", "Îles Gambier (987)", "Pacific/Gambier", "heure des Gambier", "PF"),
    _place("NC", "Nouvelle-Calédonie (988)", "Pacific/Noumea", "heure de Nouvelle-Calédonie"),
)
_BY_CODE = {place.code: place for place in _PLACES}
# The numbers by which people and the State know those whose code is another, and names kept from before.
_OTHER_NAMES = {
    "67": "6AE", "68": "6AE", "975": "PM", "977": "BL", "978": "MF", "984": "TF", "986": "WF", "987": "PF",
    "988": "NC", "Alsace-Moselle": "6AE", "Saint-Barthélémy": "BL",
}  # fmt: skip
MAINLAND = _BY_CODE[""]


def places() -> tuple[Place, ...]:
    """Every place, the mainland first, then by number."""
    return _PLACES


def find(code: str) -> Place:
    """The place of that code or number; raises KeyError for another."""
    return _BY_CODE[_OTHER_NAMES.get(code, code)]


def known(code: str) -> Place:
    """The place of a code of the store; the mainland for one that is no longer known."""
    return _BY_CODE.get(_OTHER_NAMES.get(code, code), MAINLAND)
