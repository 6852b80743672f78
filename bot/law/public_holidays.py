"""Which days are public holidays, by the place: only those that a text makes so.

The ``holidays`` library lists, in its one category for France (PUBLIC), both the legal days and days that are
merely kept by custom. Taken from it:

- its national list, for every place: the eleven days of code du travail, art. L3133-1;
- of its local days, those named in ``LEGAL_LOCAL_DAYS``, each for the text given there.

Left out are the customary days, which no text that we read makes public holidays: Good Friday and Mi-Carême
in Guadeloupe, Good Friday in Martinique, 21 July (Victor Schoelcher) in the Antilles, the three days of
Wallis-et-Futuna. They move no time limit and close no office by law. A local day that the library adds later
counts only once it is named here.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays

_ABOLITION = frozenset({"Abolition de l'esclavage"})
_ALSACE_MOSELLE = frozenset({"Vendredi saint", "Saint-Étienne"})

# By the library's code of the place, the French names that the library gives the days.
LEGAL_LOCAL_DAYS: dict[str, frozenset[str]] = {
    # Code du travail, art. L3134-13. Good Friday: only where there is a Protestant or shared church; the
    # town is not known here, so the whole of the three departments keeps it.
    "57": _ALSACE_MOSELLE,
    "6AE": _ALSACE_MOSELLE,
    "Alsace-Moselle": _ALSACE_MOSELLE,
    # Code du travail, art. L3422-2. Saint-Martin: the article read says 27 May, the circular of 4 May 2018
    # (after the loi 2017-256) 28 May; the library and the State's offices there keep the 28th.
    "971": _ABOLITION,
    "972": _ABOLITION,
    "973": _ABOLITION,
    "974": _ABOLITION,
    "976": _ABOLITION,
    "BL": _ABOLITION,
    "MF": _ABOLITION,
    "Saint-Barthélémy": _ABOLITION,
    # The lists of public holidays of these countries' own labour codes.
    "NC": frozenset({"Fête de la Citoyenneté"}),
    "PF": frozenset({"Vendredi saint", "Arrivée de l'Évangile", "Fête de l'autonomie", "Matāri'i"}),
}


@lru_cache(maxsize=256)
def public_holidays(place: str, year: int) -> frozenset[dt.date]:
    """The public holidays of a year in a place, "" for the mainland; NotImplementedError for an unknown one.

    ``place`` is a code of the ``holidays`` library (``places``), or one that the library used to have.
    """
    national = frozenset(holidays.country_holidays("FR", years=year))
    legal = LEGAL_LOCAL_DAYS.get(place, frozenset())
    kept = holidays.country_holidays("FR", subdiv=place or None, years=year, language="fr")
    return national | {day for day in kept if not legal.isdisjoint(kept.get_list(day))}


def places() -> tuple[str, ...]:
    """The places whose public holidays may differ from the mainland's, sorted."""
    return tuple(sorted(holidays.country_holidays("FR").subdivisions))
