"""The text with personal data replaced by what it was: "[nom]", "[téléphone]", "[plaque SIV]".

Masking comes before anything else, so that the tracker, the event broker, the logs, the desk and the figures
never hold the text as typed. What an answer depends on stays readable inside the mask: the format of a
registration number and the département of an address. The dialogue reads it from there
(``plate_formats``), rather than from facts carried beside the message, so that a stored text can be parsed
again with the same result, and no second way of a fact has to be kept in step with the first. A number of
the same format in its place would look like someone's real number.

Masks are stable: masking a masked text changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy import foreign_names, mail, names, numbers, places, registrations
from bot.privacy.found import Found

# Most reliable recognisers first: where two matches overlap, the first listed wins.
ORDER = (
    "email", "iban", "social", "card", "formula", "vin", "phone", "plate", "file", "identity", "secret",
    "address", "birth", "name",
)  # fmt: skip
WORDS = {
    "email": "adresse mail",
    "iban": "IBAN",
    "social": "numéro de sécurité sociale",
    "card": "carte bancaire",
    "formula": "numéro de formule",
    "vin": "numéro de série",
    "phone": "téléphone",
    "file": "numéro de dossier",
    "identity": "numéro",
    "secret": "code",
    "address": "adresse",
    "birth": "date de naissance",
    "name": "nom",
}
PLATES = {
    "siv": "plaque SIV",
    "fni": "plaque FNI",
    "moped": "plaque cyclomoteur",
    "ww": "plaque WW",
    "w_garage": "plaque W garage",
    "": "plaque",
}
# What a mask's words say: the kind, and a plate's format.
_READ = {words.lower(): (kind, "") for kind, words in WORDS.items()} | {
    words.lower(): ("plate", format_) for format_, words in PLATES.items()
}
_LONGEST_FIRST = sorted({*WORDS.values(), *PLATES.values()}, key=lambda words: (-len(words), words))
_MASK = re.compile(
    rf"\[(?P<words>{'|'.join(map(re.escape, _LONGEST_FIRST))})(?: : d[ée]partement (?:\d{{2,3}}|2[AB]))?\]",
    re.IGNORECASE,
)
# The secret part of a personal sheet's address: random signs, in which a recogniser may see a number.
SHEET_ADDRESS = re.compile(r"(?<=/fiche/)[A-Za-z0-9_-]{27}(?![\w-])")


@dataclass(frozen=True)
class Mask:
    """A mask's position, the kind of data it replaces, and a plate's format ("" where unknown)."""

    start: int
    end: int
    kind: str
    format: str


def mask(text: str) -> str:
    """The text without personal data; the same text, to the letter, where none is found."""
    plain = plain_text(text)
    found = _find(plain)
    if not found:
        return text
    pieces, position = [], 0
    for each in found:
        pieces += [plain[position : each.start], replacement(each)]
        position = each.end
    return "".join([*pieces, plain[position:]])


def find(text: str) -> tuple[Found, ...]:
    """What ``mask`` replaces, in order; positions are those of the text without invisible characters."""
    return _find(plain_text(text))


def replacement(found: Found) -> str:
    """The mask for a piece of personal data."""
    if found.kind == "plate":
        return f"[{PLATES[found.keeps]}]"
    kept = f" : département {found.keeps.upper()}" if found.keeps else ""
    return f"[{WORDS[found.kind]}{kept}]"


def masks(text: str) -> Iterator[Mask]:
    """The masks that stand in ``text``, in order, accents and case aside."""
    for match in _MASK.finditer(text):
        kind, format_ = _READ[match["words"].lower()]
        yield Mask(match.start(), match.end(), kind, format_)


def plate_formats(text: str) -> Iterator[Mask]:
    """The masks of registration numbers whose format is known."""
    return (mask for mask in masks(text) if mask.format)


def _find(plain: str) -> tuple[Found, ...]:
    left = [match.span() for pattern in (_MASK, SHEET_ADDRESS) for match in pattern.finditer(plain)]
    kept: list[Found] = []
    for each in sorted(_all(plain), key=lambda found: (ORDER.index(found.kind), found.start - found.end)):
        apart = all(each.end <= other.start or other.end <= each.start for other in kept)
        if apart and all(each.end <= start or end <= each.start for start, end in left):
            kept.append(each)
    return tuple(sorted(kept, key=lambda found: found.start))


def _all(plain: str) -> Iterator[Found]:
    for part in (mail, numbers, registrations, places, names, foreign_names):
        yield from part.find(plain)


def plain_text(text: str) -> str:
    """Composed, without invisible characters, full-width letters and unusual spaces made plain."""
    characters = []
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character) == "Cf":
            continue
        plain = unicodedata.normalize("NFKC", character)
        characters.append(plain if len(plain) == 1 else character)
    return "".join(characters)
