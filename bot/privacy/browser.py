"""``python -m bot.privacy.browser``: the expressions and words of masking, for the widget.

The widget masks in the browser what this package masks on arrival; so that both recognise the same, its
expressions are those of the server, written in JavaScript's syntax to ``bot/widget/src/patterns.js``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.law import plates
from bot.privacy import mail, masking, numbers, registrations, words
from bot.settings import ROOT

FILE = ROOT / "bot" / "widget" / "src" / "patterns.js"
# What the widget masks; the other kinds take lists of words that it does not carry.
KINDS = ("email", "iban", "social", "card", "formula", "vin", "phone", "plate")

_WORD, _DIGIT = r"\p{L}\p{N}_", r"\p{Nd}"
_BOUNDARY = rf"(?:(?<![{_WORD}])(?=[{_WORD}])|(?<=[{_WORD}])(?![{_WORD}]))"
_OUTSIDE = {"w": f"[{_WORD}]", "W": f"[^{_WORD}]", "d": _DIGIT, "D": r"\P{Nd}", "b": _BOUNDARY}
_IN_A_CLASS = {"w": _WORD, "d": _DIGIT}
# What may stand behind a backslash where JavaScript reads Unicode.
_ESCAPED = frozenset(r"^$\.*+?()[]{}|/nrtsSu")


def javascript(pattern: re.Pattern[str]) -> str:
    """The expression as a literal of JavaScript; raises ValueError for what has no counterpart there."""
    if re.search(r"\(\?-?[aiLmsux]+[:)-]|\\[AZBpPx]|\(\?P[=>]", pattern.pattern):
        raise ValueError(f"no counterpart in JavaScript: {pattern.pattern}")
    source = "".join(_translated(pattern.pattern.replace("(?P<", "(?<")))
    return f"/{source}/{'i' if pattern.flags & re.IGNORECASE else ''}u"


def _translated(source: str) -> Iterator[str]:
    in_a_class = False
    position = 0
    while position < len(source):
        character = source[position]
        if character == "\\":
            position += 1
            yield _escape(source[position], in_a_class)
        elif character == "/":
            yield r"\/"
        else:
            if character == "[" and not in_a_class:
                in_a_class = True
            elif character == "]":
                in_a_class = False
            yield character
        position += 1


def _escape(escaped: str, in_a_class: bool) -> str:
    known = (_IN_A_CLASS if in_a_class else _OUTSIDE).get(escaped)
    if known:
        return known
    if in_a_class and escaped in "WDb":
        raise ValueError(f"\\{escaped} in a class")
    return f"\\{escaped}" if escaped in _ESCAPED or (in_a_class and escaped == "-") else escaped


def written() -> str:
    """The content of the file."""
    lines = ["// Written by `python -m bot.privacy.browser` from the expressions of the server: do not edit."]
    for name, value in _exported().items():
        lines.append(f"export const {name} = {_literal(value)};")
    return "\n".join([*lines, ""])


def _literal(value: Any) -> str:
    if isinstance(value, re.Pattern):
        return javascript(value)
    if isinstance(value, (set, frozenset)):
        return f'new Set({json.dumps(" ".join(sorted(value)), ensure_ascii=False)}.split(" "))'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(k))}: {_literal(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _exported() -> dict[str, Any]:
    announced = [(kind, pattern) for kind, pattern in numbers._ANNOUNCED if kind in KINDS]
    formats = [
        [(form.value, pattern) for form, pattern in each] for each in (plates._EXACT, plates._TOLERANT)
    ]
    return {
        "kinds": KINDS,
        "masks": {kind: masking.WORDS[kind] for kind in KINDS if kind != "plate"},
        "plateMasks": masking.PLATES,
        "left": [masking._MASK, masking.SHEET_ADDRESS],
        "email": [mail._PLAIN, mail._SPACED, mail._CUT_SHORT],
        "iban": numbers._IBAN,
        "social": numbers._NIR,
        "socialWord": numbers._SOCIAL_WORD,
        "card": numbers._CARD,
        "cardGrouped": numbers._CARD_GROUPED,
        "formula": numbers._FORMULA,
        "vin": [numbers._VIN, numbers._VIN_SPACED],
        "phone": numbers._FRENCH_PHONE,
        "nineDigits": numbers._NINE_DIGITS,
        "phoneWord": numbers._PHONE_WORD,
        "spokenPhone": numbers._SPOKEN_PHONE,
        "announced": announced,
        "date": numbers._DATE,
        "phrase": numbers._PHRASE,
        "form": numbers._FORM,
        "fewestDigits": numbers._FEWEST_DIGITS,
        "plateFormats": formats,
        "plateInside": [(form.value, pattern) for form, pattern in plates._INSIDE],
        "plateGaps": plates._GAPS,
        "plateDash": plates._DASHED,
        "plateEdges": plates._EDGES,
        "plateNear": plates._NEAR,
        "plateAnnounced": plates._ANNOUNCED,
        "mopedWord": plates._MOPED,
        "partOfABuilding": plates._PART_OF_A_BUILDING,
        "unitAfter": plates._UNIT_AFTER,
        "months": plates._MONTHS,
        "units": plates._UNITS,
        "ordinary": plates._WORDS - plates._UNITS,
        "trims": plates._TRIMS,
        "longNames": plates._LONG_NAMES,
        "motorcycles": plates._MOTORCYCLES,
        "sizes": plates._SIZES,
        "sizeUnits": plates._SIZE_UNITS,
        "numberAnnounced": registrations._ANNOUNCED,
        "separators": re.compile(registrations._SEPARATORS.replace("{0,3}", "+")),
        "spelt": registrations._SPELT,
        "inCapitals": registrations._IN_CAPITALS,
        "loose": registrations._LOOSE,
        "named": registrations._NAMED,
        "near": registrations._NEAR,
        "articles": registrations._ARTICLES,
        "unitsAfter": registrations._UNITS,
        "belgian": registrations._BELGIAN,
        "bareEdges": registrations._EDGES,
        "longerWords": frozenset(word for word in words.AFTER_A_NAME if len(word) > 2 and "'" not in word),
    }


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
