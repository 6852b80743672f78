"""Numbers that name a person, an account or a vehicle, recognised by shape and, where they have one, by key.

Check keys are those of python-stdnum, international telephone numbers those of phonenumbers; the shapes
in which French people write them are ours. A number without a key counts where a word announces it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers
from stdnum import iban, luhn
from stdnum.fr import nir

from bot.privacy.found import Found

_APART = r"(?<![\w+@-])"
_END = r"(?![\w@]|-\w|[.,]\d)"
# What people put between the groups of a number.
_SIGN = r"[ \t./_·•\-\u2010-\u2015\u2212]"
_GAP = rf"{_SIGN}{{0,3}}"
_IS = (
    r"\s*(?:(?:est|c'est|=|:|;|n°|nº|no?\.?|num[ée]ro|le|la|mon|ma|du|de|d'|ci-joint|"
    r"suivant)\s*){0,4}[:=n°#]{0,2}\s*"
)

# Looked at more closely by ``_is_reference``.
_REFERENCE = r"[A-Z0-9](?:[./_-]?[A-Z0-9]| (?=[A-Z0-9]{0,4}\d)){4,30}"
_NOT_AN_AMOUNT = r"(?!\*|\s?(?:€|euros?|km|kg|ans|mois|jours|cv|ch)\b)"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_IBAN = _compile(
    rf"{_APART}[A-Z]{{2}}[ ]?\d{{2}}(?:{_GAP}[A-Z0-9]{{4}}){{2,7}}(?:{_GAP}[A-Z0-9]{{1,3}})?{_END}"
)
_NIR = _compile(
    rf"{_APART}[1-478]{_GAP}\d{{2}}{_GAP}(?:0[1-9]|[1-9]\d){_GAP}(?:\d{{2}}|"
    rf"2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?:(?:{_SIGN}|[()cle\u00e9:]){{0,8}}\d{{2}})?{_END}"
)
_SOCIAL_WORD = _compile(r"\bs[ée]cu(?:rit[ée])?\b|\bnir\b|\bsociale\b|\bvitale\b|\bnss\b")
_CARD = _compile(rf"{_APART}[2-6](?:{_GAP}\d){{14,18}}{_END}")
_CARD_GROUPED = _compile(rf"{_APART}\d{{4}}(?:{_SIGN}{{1,3}}\d{{4}}){{3}}{_END}")
_FORMULA = _compile(rf"{_APART}(?:19|20)\d{{2}}{_GAP}[A-Z]{{2}}{_GAP}\d{{5}}{_END}")
_VIN = _compile(rf"{_APART}[A-HJ-NPR-Z0-9]{{17}}{_END}")
_VIN_SPACED = re.compile(
    rf"{_APART}[A-HJ-NPR-Z]{{2,3}}[A-HJ-NPR-Z0-9]?(?:[ -]?[A-HJ-NPR-Z0-9]){{13,15}}{_END}"
)
_FRENCH_PHONE = _compile(
    rf"(?<![\w+@,-])(?<!\d[.])(?:(?:\+|00)\s?\d{{2,3}}{_SIGN}?(?:\(0\))?{_SIGN}?|"
    rf"0{_GAP})[1-9](?:{_GAP}\d){{8}}(?![\w@]|-\d|[.,]\d)"
)
_NINE_DIGITS = _compile(rf"(?<![\w+@.,/-])[67](?:{_SIGN}?\d{{2}}){{4}}(?![\w@]|-\d|[.,/]\d)")
_PHONE_WORD = _compile(
    r"\bt[ée]l\b|t[ée]l[ée]phone|portable|mobile|joindre|joignable|appele[rz]|rappele[rz]|num[ée]ro|\b06\b"
)
_DATE = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d{2}")
_DIGIT_WORD = (
    "z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|"
    "trente|quarante|cinquante|soixante|septante|octante|huitante|nonante|quatre-vingts?|cent"
)
_SPOKEN_PHONE = _compile(
    rf"\bz[ée]ro[ ,-]+(?:un|deux|trois|quatre|cinq|six|sept|huit|"
    rf"neuf)\b(?:[ ,-]+(?:et[ -])?(?:{_DIGIT_WORD})\b){{4,16}}"
)

# (kind, what announces the number, the number's shape): for numbers that have no key, or a mistyped one.
_ANNOUNCED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, _compile(rf"(?<!\w)(?:{words}){_IS}(?P<number>{shape}){_END}{_NOT_AN_AMOUNT}"))
    for kind, words, shape in (
        ("formula", r"(?:num[ée]ro|n°|no)(?: de)? formule|formule(?: n°| num[ée]ro)?", _REFERENCE),
        ("vin", r"vin|ch[âa]ssis|(?:num[ée]ro |n° )?(?:de )?s[ée]rie|"
        r"num[ée]ro d'identification(?: du v[ée]hicule)?|case e",
         r"(?=(?:[ -]?[A-Z]){0,8}(?:[ -]?[A-Z0-9]){0,9}\d)[A-HJ-NPR-Z0-9](?:[ -]?[A-HJ-NPR-Z0-9]){10,16}"),
        ("iban", r"iban|rib|compte(?: bancaire)?", r"(?:[A-Z]{2}\d{2}|\d{5})(?:[ .-]?[A-Z0-9]){8,30}"),
        ("card", r"carte (?:bancaire|bleue|visa|de cr[ée]dit|mastercard)|\bcb|visa|mastercard|bancaire",
         r"\d(?:[ ./-]?\d){11,18}"),
        ("social", r"s[ée]cu(?:rit[ée] sociale)?|carte vitale|\bnir|"
        r"\bnss", r"[1-478](?:[ ./-]?[0-9AB]){10,14}"),
        ("file", r"dossier|d[ée]marche|demande|t[ée]l[ée]proc[ée]dure|r[ée]f(?:[ée]rence)?\.?|suivi|"
        r"r[ée]c[ée]piss[ée]|"
         r"(?:accus[ée] d'enregistrement)|recommand[ée]|ants|cpi|plainte|proc[èe]s[- ]verbal|\bpv|"
         r"d[ée]claration|avis",
         _REFERENCE),
        ("identity", r"permis(?: de conduire)?|passeport|carte (?:nationale )?d'identit[ée]|\bcni|\bneph|"
         r"titre de s[ée]jour|pi[èe]ce d'identit[ée]|contrat|assurance|identifiant|client|fiscal|police",
         _REFERENCE),
        ("secret", r"code (?:confidentiel|de cession|secret|d'acc[èe]s|sms|de v[ée]rification)|"
        r"cryptogramme|cvv",
         r"(?=[A-Z0-9]*\d)[A-Z0-9]{3,12}"),
    )
)  # fmt: skip
_PASSWORD = _compile(
    r"\b(?:mot de passe|mdp)(?: \w+){0,3}\s*(?:est|c'est|:|=)\s*(?P<number>(?=\S*(?:\d|[^\w\s,.?!]))\S{4,40})"
)
_FEWEST_DIGITS = 5
# "13750" and its like are forms everyone fills in.
_FORM = re.compile(r"1\d{4}")
_PHRASE = _compile(r"\d (?:euros?|ans|mois|jours?|fois|semaines?)\b|\b(?:le|la|du|de|en|et|au)\b")


def find(text: str) -> Iterator[Found]:
    """The numbers in ``text``; they may overlap, the surest kinds come first."""
    yield from _checked(text, _IBAN, "iban", lambda number: iban.is_valid(re.sub(r"[\W_]", "", number)))
    yield from _social(text)
    yield from _cards(text)
    yield from _phones(text)
    yield from _checked(text, _FORMULA, "formula", lambda _: True)
    yield from _checked(text, _VIN, "vin", _looks_like_vin)
    yield from _checked(text, _VIN_SPACED, "vin", _looks_like_vin)
    for kind, pattern in _ANNOUNCED:
        for match in pattern.finditer(text):
            if _is_reference(kind, match["number"]):
                yield Found(*match.span("number"), kind)
    for match in _PASSWORD.finditer(text):
        yield Found(*match.span("number"), "secret")


def _checked(text: str, pattern: re.Pattern[str], kind: str, valid: Callable[[str], bool]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        if valid(match[0]):
            yield Found(*match.span(), kind)


def _social(text: str) -> Iterator[Found]:
    for match in _NIR.finditer(text):
        compact = re.sub(r"[^0-9AB]", "", match[0].upper())
        near = text[max(0, match.start() - 60) : match.end() + 20]
        if nir.is_valid(compact) or _SOCIAL_WORD.search(near):
            yield Found(*match.span(), "social")


def _cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) in (15, 16, 19) and luhn.is_valid(digits):
            yield Found(*match.span(), "card")
    for match in _CARD_GROUPED.finditer(text):
        yield Found(*match.span(), "card")


def _phones(text: str) -> Iterator[Found]:
    for match in _FRENCH_PHONE.finditer(text):
        if not _DATE.search(match[0]):
            yield Found(*match.span(), "phone")
    for match in _NINE_DIGITS.finditer(text):
        if _PHONE_WORD.search(text[max(0, match.start() - 40) : match.start()]):
            yield Found(*match.span(), "phone")
    for match in _SPOKEN_PHONE.finditer(text):
        yield Found(*match.span(), "phone")
    if "+" in text or "00" in text:
        for number in phonenumbers.PhoneNumberMatcher(
            re.sub(r"(?<![\d+])00(?=[1-9])", " +", text), "FR", leniency=phonenumbers.Leniency.VALID
        ):
            if number.raw_string.startswith(("+", "(+")):
                yield Found(number.start, number.end, "phone")


def _looks_like_vin(number: str) -> bool:
    compact = re.sub(r"[ -]", "", number)
    digits = sum(character.isdigit() for character in compact)
    # The last four of every European number are digits.
    return len(compact) == 17 and digits >= 4 and digits <= 14 and compact[-4:].isdigit()


def _is_reference(kind: str, number: str) -> bool:
    """Whether the text after an announcing word is such a number, not a date, a form or a word."""
    if _DATE.fullmatch(number) or _PHRASE.search(number) or _FORM.fullmatch(number):
        return False
    digits = sum(character.isdigit() for character in number)
    return digits >= (1 if kind == "secret" else _FEWEST_DIGITS)
