"""What the format of a registration number says about the vehicle; the number itself is never kept.

Formats: SIV ``AB-123-CD`` (code de la route, art. R322-2, since 15 October 2009), FNI ``1234 AB 56`` and
``123 ABC 01`` before it, ``WW-123-AB`` for a provisional number, ``W-123-AB`` (or three letters) for a
garage. The mopeds of before July 2015 have a series of their own, from ``A 11 A`` to ``ZZ 999 Z``: one or two
letters, two or three digits, one letter.

Decision on the letters I, O and U, which SIV numbers never carry: the question is what the format says and
a reader confuses O with 0 or Q, so ``recognise`` takes them. Inside a sentence they are what tells "du 300
km" from a number, so ``find`` takes them only between dashes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class PlateFormat(StrEnum):
    """The numbering systems a French registration number may belong to."""

    SIV = "siv"
    FNI = "fni"
    MOPED = "moped"
    WW = "ww"
    W_GARAGE = "w_garage"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class FoundPlate:
    """Where a number stands in a text (``end`` excluded) and its format; the number is not kept."""

    start: int
    end: int
    format: PlateFormat


def recognise(text: str) -> PlateFormat:
    """The format of the number typed, or of the only number in the sentence typed; UNKNOWN otherwise."""
    compact = _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()
    for reading in (_EXACT, _TOLERANT):
        for format_, pattern in reading:
            match = pattern.fullmatch(compact)
            if match and _credible(match):
                return format_
    found = find(text)
    return found[0].format if len(found) == 1 else PlateFormat.UNKNOWN


def find(text: str) -> tuple[FoundPlate, ...]:
    """The numbers inside a sentence, in order and apart from each other; doubtful ones are left out."""
    found: list[FoundPlate] = []
    for format_, pattern in _INSIDE:
        for match in pattern.finditer(text):
            start, end = match.span()
            apart = all(end <= other.start or other.end <= start for other in found)
            if apart and _credible(match) and _is_meant(format_, match, text):
                found.append(FoundPlate(start, end, format_))
    return tuple(sorted(found, key=lambda plate: plate.start))


_DASHES = "_\u2010\u2011\u2012\u2013\u2014\u2015\u2212-"
_GAP_CHARACTERS = rf"\s.·•{_DASHES}"
_GAPS = re.compile(f"[{_GAP_CHARACTERS}]+")
_DEPARTMENT = r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8])"
_DEPARTMENT_TYPED = r"(?:[0O][1-9IL]|[1-8IL][0-9OIL]|9[0-5OIL]|2[AB]|97[1-8IL])"

_EXACT = (
    (PlateFormat.WW, re.compile(rf"WW\d{{3}}[A-Z]{{2}}|\d{{1,4}}WW{_DEPARTMENT}")),
    (PlateFormat.W_GARAGE, re.compile(rf"W\d{{3}}[A-Z]{{2,3}}|\d{{1,4}}W{_DEPARTMENT}")),
    (PlateFormat.SIV, re.compile(r"[A-Z]{2}\d{3}[A-Z]{2}")),
    (PlateFormat.MOPED, re.compile(r"[A-Z]{1,2}\d{2,3}[A-Z]")),
    (PlateFormat.FNI, re.compile(rf"\d{{1,4}}[A-Z]{{1,3}}{_DEPARTMENT}")),
)
# "letters" and "digits" name the groups in which a zero, an O, a one or an I may have been confused.
_TOLERANT = (
    (PlateFormat.WW, re.compile(r"WW(?P<digits>[0-9OIL]{3})(?P<letters>[A-Z01]{2})")),
    (PlateFormat.W_GARAGE, re.compile(r"W(?P<digits>[0-9OIL]{3})(?P<letters>[A-Z01]{2,3})")),
    (PlateFormat.SIV, re.compile(r"(?P<letters>[A-Z01]{2})(?P<digits>[0-9OIL]{3})(?P<last>[A-Z01]{2})")),
    (PlateFormat.MOPED, re.compile(r"(?P<letters>[A-Z01]{2})(?P<digits>[0-9OIL]{3})(?P<last>[A-Z])")),
    (
        PlateFormat.FNI,
        re.compile(
            rf"(?P<digits>[0-9OIL]{{1,4}})(?P<letters>[A-Z01]{{1,3}})(?P<department>{_DEPARTMENT_TYPED})"
        ),
    ),
)


def _credible(match: re.Match[str]) -> bool:
    """Whether most digit positions are digits, and each group of letters holds at least one real letter."""
    groups = match.groupdict()
    digits = groups.get("digits")
    if digits is not None and 2 * sum(c.isdigit() for c in digits) <= len(digits):
        return False
    return all(any(c.isalpha() for c in groups[name]) for name in ("letters", "last") if groups.get(name))


def _inside(first: str, middle: str, last: str) -> re.Pattern[str]:
    gap = f"[{_GAP_CHARACTERS}]{{0,3}}"
    before = r"(?<![\w@#€*])(?<!\d[.,/:’'-])(?<!\d[.,/] )"
    after = r"(?![\w@*€%°])(?![.,/:-]\d)"
    pattern = f"{before}{first}(?P<gap>{gap}){middle}(?P<gap2>{gap}){last}{after}"
    return re.compile(pattern, re.IGNORECASE)


_THREE = r"(?P<digits>[0-9OI]{3})"
_INSIDE = (
    (PlateFormat.WW, _inside("WW", _THREE, r"(?P<last>[A-Z]{2})")),
    (PlateFormat.WW, _inside(r"\d{3,4}", "(?P<word>WW)", rf"(?P<department>{_DEPARTMENT})")),
    (PlateFormat.W_GARAGE, _inside("W", _THREE, r"(?P<last>[A-Z]{2,3})")),
    (PlateFormat.SIV, _inside(r"(?P<letters>[A-Z]{2})", _THREE, r"(?P<last>[A-Z]{2})")),
    (
        PlateFormat.FNI,
        _inside(r"(?P<digits>[0-9OI]{1,4})", r"(?P<word>[A-Z]{1,3})", rf"(?P<department>{_DEPARTMENT})"),
    ),
    # No sign before or after: "X-A-12-B" or "A-12-B.fr" is something else.
    (
        PlateFormat.MOPED,
        _inside(
            rf"(?<![/'’{_DASHES}])(?P<letters>[A-Z]{{1,2}})",
            r"(?P<digits>\d{2,3})",
            rf"(?P<last>[A-Z])(?![/.'’{_DASHES}]\w)",
        ),
    ),
)


def _is_meant(format_: PlateFormat, match: re.Match[str], text: str) -> bool:
    """Whether what has the shape of a number is one, rather than a distance, a date or a model's name."""
    announced = bool(_ANNOUNCED.search(text[max(0, match.start() - _NEAR) : match.start()]))
    alone = not text[: match.start()].strip(_EDGES) and not text[match.end() :].strip(_EDGES)
    dashed = all(_DASHED.search(match[gap]) for gap in ("gap", "gap2"))
    if format_ is PlateFormat.FNI:
        return _is_meant_fni(match, dashed, announced, alone)
    if format_ is PlateFormat.MOPED:
        return _is_meant_moped(match, dashed, announced, alone)
    if format_ is PlateFormat.SIV:
        return dashed or not (_starts_a_phrase_or_a_model(match) or _ends_a_phrase(match))
    return dashed or not _ends_a_phrase(match)


def _is_meant_fni(match: re.Match[str], dashed: bool, announced: bool, alone: bool) -> bool:
    word, digits = match["word"].upper(), match["digits"]
    if word in _MONTHS or _is_a_product(match) or _UNIT_AFTER.match(match.string, match.end()):
        return False
    # Four figures before a trim are a capacity ("1600 GTI") or one of the rare names of four figures.
    trims = _TRIMS if len(digits) < 4 or digits.endswith("00") or digits in _LONG_NAMES else frozenset()
    named = word in _WORDS or word in trims
    if len(digits) < 3 or len(word) == 1:
        return announced or (len(word) > 1 and (dashed or (alone and not named)))
    return dashed or announced or not named


def _is_a_product(match: re.Match[str]) -> bool:
    """ "12 x 37", "4 X 45": a single x between figures of one or two digits."""
    return match["word"].upper() == "X" and len(match["digits"]) < 3 and " " in match["gap"]


def _is_meant_moped(match: re.Match[str], dashed: bool, announced: bool, alone: bool) -> bool:
    first, digits, last = match["letters"], match["digits"], match["last"]
    if _PART_OF_A_BUILDING.search(match.string[max(0, match.start() - _NEAR) : match.start()]):
        return False
    if dashed:
        return True
    if len(first) + len(digits) == len("AA000"):
        likely = announced or alone or bool(_MOPED.search(match.string))
        return likely and not _starts_a_phrase_or_a_model(match)
    # The shorter ones have the shape of much else: a room, an engine ("DT 50 R"), "il a 50 l de place".
    capitals = (first + last).isupper()
    if announced:
        return capitals or not _starts_a_phrase_or_a_model(match)
    if _starts_a_phrase_or_a_model(match) or digits in _SIZES or (len(first) == 1 and not capitals):
        return False
    if alone:
        # "E 220 D" is a car, "A 10 B" a room.
        return len(first) == 2 or (len(digits) == 3 and digits[-1] != "0")
    is_word = len(first) == 1 and (match.string.isupper() or last in _SIZE_UNITS)
    return bool(_MOPED.search(match.string)) and not is_word


def _starts_a_phrase_or_a_model(match: re.Match[str]) -> bool:
    first, digits = match["letters"].upper(), match["digits"]
    apart = bool(match["gap"] or match["gap2"])
    if any(letter in "IOU" for letter in first + match["last"].upper()) or (apart and first in _WORDS):
        return True
    return first in _MOTORCYCLES and (digits[-1] == "0" or digits == "125")


def _ends_a_phrase(match: re.Match[str]) -> bool:
    last = match.groupdict().get("last") or ""
    return last.islower() and last.upper() in _UNITS


# How many characters before a number still speak of it.
_NEAR = 40
_EDGES = " \t\r\n\u00a0\u202f.,;:!?()[]\"'«»’"
_DASHED = re.compile(f"[{_DASHES}]")
_ANNOUNCED = re.compile(r"plaque|immat|ancien num[ée]ro|\bfni\b", re.IGNORECASE)
_MOPED = re.compile(r"cyclo|mobylette|\bmob\b|scooter|scoot\b|solex|cinquante", re.IGNORECASE)
_PART_OF_A_BUILDING = re.compile(
    r"\b(?:article|b[âa]t(?:iment)?|porte|place|emplacement|lot|box|appart?(?:ement)?|appt?|salle|bureau|guichet|"
    r"escalier|[ée]tage|parking|all[ée]e|rang[ée]e|si[èe]ge|quai|voie|sortie|ligne|bus|annexe|rubrique|case|"
    r"page|norme|vitamine|cat[ée]gorie|classe|permis|mod[èe]le|type|version)\.?\s*(?:n[°o]|:)?\s*$",
    re.IGNORECASE,
)
_SIZES = frozenset(
    "49 50 51 65 70 80 90 100 101 102 103 110 125 150 200 250 300 350 400 500 530 600 650 750".split()
)
_SIZE_UNITS = frozenset("CEHLMTVW")
_UNIT_AFTER = re.compile(r"\s?(?:€|euros?|km|ch\b|cv\b|ans?\b|mois|jours?|minutes?|h\b)", re.IGNORECASE)
_MONTHS = frozenset("JAN FEV MAR AVR MAI JUI JUN JUL AOU SEP OCT NOV DEC".split())
_UNITS = frozenset("CC CH CL CM CV DB DE EN ET GO GR HZ KG KM KW LE ML MM MN MO OU SW".split())
_WORDS = _UNITS | frozenset(
    """
    AI AN ANS AS AU AUX AV AVE BAC BD BIS CA CE CES CHX CP CS DES DU ELLE ENV ES EST EU EUR EUX EX HRS HT IL
    JE JRS JR KMH KMS LA LES LU MA MAX ME MES MIN MOI MON NE NI NON NOS NUM OK ON OR OUI PAR PAS PLS PR PV
    QUE QUI RD RDV REF RN RUE SA SE SEC SES SI ST SUR TA TE TEL TER TES TTC TU TVA UN UNE VA VIA VOS VS VU
    """.split()
)
# What follows a model's figure ("1.5 DCI 90", "306 XT 92"), what comes before a motorcycle's ("CB 500 F").
_TRIMS = frozenset(
    """
    ABS BVA BVM CDI CRD DCI DDI DPF DTI ESP FAP GL GLX GPL GNV GSI GT GTC GTD GTI GTS GTX HDI HYB JTD RS SD
    SDI SL SLX SR TCE TCI TD TDI TDS THP TSI VTI VTR VTS XE XN XR XS XSI XT
    """.split()
)
_LONG_NAMES = frozenset("1007 2008 3008 4007 4008 5008".split())
_MOTORCYCLES = frozenset(
    "AM BM CB CF CR CX DR DT ER ET FZ GL GS GT KE KX LT MP MT NC PX RC RD RM RS RT SM SR SV SX TT TW TZ VT "
    "WR XB XC XJ XL XR XT YZ ZR ZX".split()
)
# Groups of letters that are rather a month, a unit, an ordinary word or a model's name.
NOT_LETTERS = _MONTHS | _WORDS | _TRIMS | _MOTORCYCLES
