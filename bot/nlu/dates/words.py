"""The words that dates are made of: months in every spelling, numbers, units of time, weekdays."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Each month with its short forms and the misspellings that are more than a slip; folded.
MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "janvie": 1,
    "fevrier": 2, "fevr": 2, "fev": 2, "feb": 2,
    "mars": 3, "mar": 3,
    "avril": 4, "avr": 4, "apr": 4,
    "mai": 5,
    "juin": 6, "jun": 6, "jiun": 6,
    "juillet": 7, "juill": 7, "juil": 7, "jul": 7,
    "aout": 8, "aou": 8, "aug": 8, "aoout": 8,
    "septembre": 9, "septemb": 9, "sept": 9, "sep": 9, "7bre": 9,
    "octobre": 10, "octob": 10, "octbr": 10, "oct": 10, "8bre": 10,
    "novembre": 11, "novemb": 11, "nov": 11, "9bre": 11,
    "decembre": 12, "decemb": 12, "dec": 12, "10bre": 12,
}  # fmt: skip
# Names that mean nothing else: they say a month without a day beside them.
FULL_MONTHS = (
    "janvier",
    "fevrier",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_LONG_NAMES = ("janvier", "fevrier", "avril", "juillet", "septembre", "octobre", "novembre", "decembre")
# A short name has too many neighbours for two slips.
_LETTERS_FOR_TWO_SLIPS = 8
_FEWEST_LETTERS = 5

NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19, "vingt": 20, "vingt-et-un": 21, "vingt-deux": 22,
    "vingt-trois": 23, "vingt-quatre": 24, "vingt-cinq": 25, "vingt-six": 26, "vingt-sept": 27,
    "vingt-huit": 28, "vingt-neuf": 29, "trente": 30, "trente-et-un": 31,
    "quarante": 40, "quarante-cinq": 45, "cinquante": 50, "soixante": 60,
}  # fmt: skip
# "Une quinzaine de jours": about that many.
ABOUT = {
    "huitaine": 8, "dizaine": 10, "dixaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60,
}  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

# The longest first: an alternation takes the first that fits.
NUMBER_WORDS = "|".join(
    word.replace("-", r"[\s-]+") for word in sorted(NUMBERS, key=lambda word: (-len(word), word))
)
MONTH_WORDS = "|".join(sorted(MONTHS, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1024)
def month(word: str) -> int | None:
    """The month that a folded word names, a slip or two aside; None for any other word."""
    if word in MONTHS:
        return MONTHS[word]
    if len(word) < _FEWEST_LETTERS:
        return None
    slips = 2 if len(word) >= _LETTERS_FOR_TWO_SLIPS else 1
    nearest = process.extractOne(word, _LONG_NAMES, scorer=OSA.distance, score_cutoff=slips)
    return MONTHS[nearest[0]] if nearest else None


def number(text: str) -> int:
    """The number that folded digits or words say; KeyError for any other text."""
    return int(text) if text.isdigit() else NUMBERS["-".join(text.replace("-", " ").split())]
