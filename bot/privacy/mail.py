"""E-mail addresses, also those written to escape robots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.found import Found

_PROVIDERS = (
    r"gmail|g mail|hotmail|outlook|yahoo|orange|wanadoo|free|sfr|laposte|la poste|live|icloud|bbox|"
    r"numericable|"
    r"protonmail|proton|aol|gmx|neuf|msn|me|ymail"
)
_DOT = r"(?:\s?\.\s?|\s+(?:point|dot|pt)\s+|\s?\((?:point|dot)\)\s?|\s?\[(?:point|dot)\]\s?)"
_AT = r"(?:\s?@\s?|\s*[(\[]\s?(?:at|arobase?|@|à)\s?[)\]]\s*|\s+(?:arobas?e?|arrobas?e?|at|chez)\s+)"
_LOCAL = r"[\w%+'-]{1,64}(?:(?:\.|\s+(?:point|dot|tiret|underscore)\s+)[\w%+'-]{1,64}){0,6}"
_PLAIN = re.compile(r"[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SPACED = re.compile(
    rf"(?<![\w@.]){_LOCAL}{_AT}[\w-]{{2,40}}(?:{_DOT}[\w-]{{2,40}}){{0,2}}{_DOT}(?:com|fr|net|org|be|ch|"
    rf"eu|re|nc|gouv|info|io|lu|de)\b",
    re.IGNORECASE,
)
_CUT_SHORT = re.compile(
    rf"(?<![\w@.]){_LOCAL}(?! @){_AT}(?:{_PROVIDERS})\b(?:\s(?:com|fr)\b)?", re.IGNORECASE
)


def find(text: str) -> Iterator[Found]:
    """The addresses in ``text``; they may overlap, the longest is meant."""
    for pattern in (_PLAIN, _SPACED, _CUT_SHORT):
        for match in pattern.finditer(text):
            yield Found(*match.span(), "email")
