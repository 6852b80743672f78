"""Registration numbers in a text, with the format that the mask keeps: what the answers depend on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.law import plates
from bot.law.plates import PlateFormat
from bot.privacy.found import Found
from bot.privacy.words import AFTER_A_NAME, fold

_SEPARATORS = r"[ ./·•_\-\u2010-\u2015\u2212]{0,3}"
_ANNOUNCED = re.compile(
    r"(?:plaques?|plak\w*|immat\w*|imatric\w*|enregistr[ée]\w* sous|ancien num[ée]ro|num[ée]ro de (?:la |"
    r"ma )?(?:voiture|moto|vehicule|véhicule))"
    r"(?P<between>[\s:=,.n°#]*(?:(?:est|c'est|cest|num[ée]ro|le|la|du|de|en|avec|sous|suivante?|d'|"
    r"v[ée]hicule|voiture|auto|moto|cyclo(?:moteur)?|scooter|min[ée]ralogique|ma|mon|ancienne|vieille|toujours|encore)[\s:=,.n°#]*){0,5})"
    rf"(?P<number>[A-Z0-9](?:{_SEPARATORS}[A-Z0-9]){{3,9}})(?![\w€])",
    re.IGNORECASE,
)  # fmt: skip
# Spelt letter by letter, or cut by signs that the reader of formats does not take.
_SPELT = re.compile(
    r"(?<![\w@-])(?:[A-Z][ .,/-]{1,2}[A-Z][ .,/-]{1,3}\d[ .,/-]{0,2}\d[ .,/-]{0,2}\d[ .,/-]{1,3}"
    r"[A-Z][ .,/-]{1,2}[A-Z]"
    r"|[A-Z]{2}[/|,;*+][ ]?\d{3}[/|,;*+][ ]?[A-Z]{2}"
    r"|[A-Z]{2}[/|;*+]\d{2,3}[/|;*+][A-Z]"
    r"|\d{3,4}[/|;*+][ ]?[A-Z]{2,3}[/|;*+][ ]?(?:\d{2}|2[AB]|97\d)"
    r"|[A-Z0-9]{2}[-\u2010-\u2015][0-9OIL]{3}[-\u2010-\u2015][A-Z0-9]{2})(?![\w-])",
    re.IGNORECASE,
)
# Typed in capitals, it is a number even where its letters are a word: "BD 902 JK", "2854 SW 62".
_IN_CAPITALS = (
    re.compile(r"(?<![\w-])(?P<first>[A-HJ-NP-TV-Z]{2}) ?\d{3} ?(?P<last>[A-HJ-NP-TV-Z]{2})(?![\w-])"),
    re.compile(
        r"(?<![\w-])(?!(?:19|20)\d\d|\d\d00)\d{4} ?(?P<last>[A-HJ-NP-TV-Z]{2,3}) ?"
        r"(?:\d{2}|2[AB]|97\d)(?![\w-])"
    ),
)
# Where a plate is spoken of, two letters, three digits and two letters are one.
_LOOSE = re.compile(r"(?<![\w-])[A-Z]{2}[ -]?\d{3}[ -]?(?P<last>[A-Z]{2})(?![\w-])", re.IGNORECASE)
_NAMED = re.compile(r"plaque|plak|immat|imat", re.IGNORECASE)
_NEAR = 25
_ARTICLES = frozenset("AU CE DE DU EN ET EST LA LE LES MA MES SA SE UN".split())
_UNITS = frozenset("CC CH CM CV DE EN ET HT KG KM MM TTC EUR ANS JRS DES LES".split())
_BELGIAN = re.compile(r"(?<![\w-])[1-9]-[A-Z]{3}-\d{3}(?![\w-])", re.IGNORECASE)
_EDGES = " \t\r\n.,;:!?()[]\"'«»’"


def find(text: str) -> Iterator[Found]:
    """The registration numbers in ``text``, each with its format ("" where the format is not French)."""
    inside = plates.find(text)
    for plate in inside:
        yield Found(plate.start, plate.end, "plate", plate.format.value)
    bare = text.strip(_EDGES)
    if not inside and 5 <= len(bare) <= 16 and not _has_ordinary_word(bare):
        format_ = plates.recognise(bare)
        if format_ is not PlateFormat.UNKNOWN and not _is_doubtful(bare, format_):
            start = text.index(bare)
            yield Found(start, start + len(bare), "plate", format_.value)
    if not text.isupper():
        for pattern in _IN_CAPITALS:
            for match in pattern.finditer(text):
                if match["last"] not in _UNITS and match.groupdict().get("first") not in _ARTICLES:
                    yield Found(
                        *match.span(), "plate", plates.recognise(match[0]).value.replace("unknown", "")
                    )
    for match in _SPELT.finditer(text):
        format_ = plates.recognise(re.sub(r"[^A-Za-z0-9]", "", match[0]))
        if format_ is not PlateFormat.UNKNOWN:
            yield Found(*match.span(), "plate", format_.value)
    for match in _ANNOUNCED.finditer(text):
        yield from _announced(match)
    for match in _LOOSE.finditer(text):
        around = (
            text[max(0, match.start() - _NEAR) : match.start()]
            + " "
            + text[match.end() : match.end() + _NEAR]
        )
        if _NAMED.search(around) and match["last"].upper() not in _UNITS:
            yield Found(*match.span(), "plate", PlateFormat.SIV.value)
    for match in _BELGIAN.finditer(text):
        yield Found(*match.span(), "plate")


def _announced(match: re.Match[str]) -> Iterator[Found]:
    """The longest prefix of the text after the announcing word that reads as a registration number."""
    number, start = match["number"], match.start("number")
    ends = [
        len(number),
        *(gap.start() for gap in reversed(list(re.finditer(_SEPARATORS.replace("{0,3}", "+"), number)))),
    ]
    for end in ends:
        piece = number[:end]
        compact = re.sub(r"[^A-Za-z0-9]", "", piece)
        if _has_ordinary_word(piece):
            continue
        format_ = plates.recognise(compact)
        if format_ is not PlateFormat.UNKNOWN:
            yield Found(start, start + end, "plate", format_.value)
            return
    solid = re.match(r"[A-Z0-9]+(?:-[A-Z0-9]+){0,3}", number, re.IGNORECASE)
    if solid and _is_mixed(solid[0]):
        yield Found(start, start + solid.end(), "plate")


def _is_doubtful(bare: str, format_: PlateFormat) -> bool:
    """Whether a plate alone in a message may be something else: "A 10 B", "y a 50 e", "12 x 37"."""
    if format_ is PlateFormat.MOPED:
        return len(re.sub(r"\W", "", bare)) < len("AA000A")
    return bool(re.fullmatch(r"\d{1,2} x \d{2}", bare, re.IGNORECASE))


def _is_mixed(number: str) -> bool:
    compact = number.replace("-", "")
    digits = sum(character.isdigit() for character in compact)
    return 5 <= len(compact) <= 9 and 2 <= digits < len(compact)


def _has_ordinary_word(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return any(
        word.upper() in plates.NOT_LETTERS or (len(word) > 2 and fold(word) in AFTER_A_NAME) for word in words
    )
