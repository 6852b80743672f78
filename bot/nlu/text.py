"""Plain functions on what people type; everything else in this package starts from them."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 1500

_LOOKALIKES = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
        "…": "...", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
    }
)  # fmt: skip
_INVISIBLE = re.compile(r"[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """The text in composed form with straight quotes, single spaces and no invisible characters.

    Beyond ``MAX_CHARACTERS`` only the beginning and the end are kept: in a long story the question
    comes last.
    """
    text = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    text = _INVISIBLE.sub("", text)
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    text = _SPACES.sub(" ", text).strip()
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} {text[-half:]}"


def without_accents(text: str) -> str:
    """The text without accents or cedillas, of the same length where it was composed."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def fold(text: str) -> str:
    """The text as the classifier's n-grams see it: lower case, no accents."""
    return without_accents(text).lower()
